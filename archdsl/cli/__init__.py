"""The command line: one module per command, the only code that prints, reads argv and returns exit codes."""
