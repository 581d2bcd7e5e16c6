"""What an editor asks of a text: every feature works on a `Document` and gives plain data; `server` alone
speaks the Language Server Protocol."""
