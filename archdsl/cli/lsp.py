"""`archdsl lsp`: the language server of editors, on standard input and output."""

import argparse
import os
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--stdio", action="store_true", help="use standard input and output (the default)")
    parser.add_argument(
        "--port", type=int, metavar="N", help="listen on this port of 127.0.0.1 instead, for one editor"
    )
    parser.epilog = "Editors start it themselves: see docs/editors.md."


def run(args: argparse.Namespace) -> int:
    """Serve until the editor ends."""
    from archdsl.editor.server import serve

    serve(args.port)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - the server closed it with the session
    return 0
