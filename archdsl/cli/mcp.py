"""`archdsl mcp`: tools for assistants, on standard input and output."""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command: there are none."""
    parser.epilog = "Assistants start it themselves: see docs/editors.md. It reads no files."


def run(args: argparse.Namespace) -> int:
    """Serve until the assistant ends."""
    from archdsl.assistant.server import serve

    serve()
    return 0
