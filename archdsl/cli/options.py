"""The parser of a command's options: argparse, without what is slow or silent in it."""

import argparse
import sys

from archdsl.cli.common import choose_colors
from archdsl.light import Any


class _Formatter(argparse.HelpFormatter):
    """Of a fixed width: argparse makes a formatter for each argument, and would import shutil to ask the
    terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: Any = None) -> None:
        """Write a message; argparse itself drops one that cannot be written without a word."""
        (file or sys.stderr).write(message or "")


def parsed(command: Any, name: str, description: str, argv: list[str]) -> argparse.Namespace:
    """Parse the options of a command."""
    try:
        args = parser(command, name, description).parse_args(argv)
    except SystemExit:
        sys.stdout.flush()  # a help text that nobody could take in is told as any other output
        raise
    choose_colors(args.color)
    return args


def parser(command: Any, name: str, description: str) -> argparse.ArgumentParser:
    """Make the parser of a command."""
    made = _Parser(f"archdsl {name}", description=description, allow_abbrev=False, formatter_class=_Formatter)
    command.arguments(made)
    made.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours in messages; auto follows NO_COLOR, FORCE_COLOR and the terminal (default: auto)",
    )
    made.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    return made
