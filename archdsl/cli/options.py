"""The parser of a command's options: argparse, without what is slow or silent in it."""

import argparse
import sys

from archdsl.cli.common import choose_colors
from archdsl.light import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NoReturn


class _Formatter(argparse.HelpFormatter):
    """Of a fixed width: argparse makes a formatter for each argument, and would import shutil to ask the
    terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> "NoReturn":
        """Say what is wrong first, and where all options are; the usage of a command has many lines."""
        self.exit(2, f"archdsl: {message}{self._meant(message)}; `{self.prog} --help` shows the options\n")

    def _meant(self, message: str) -> str:
        """Name the option that an unknown one is most like."""
        word = message.removeprefix("unrecognized arguments: ").split(" ")[0].partition("=")[0]
        if not message.startswith("unrecognized") or not word.startswith("--"):
            return ""
        from difflib import get_close_matches

        close = get_close_matches(word, self._option_string_actions, 1)
        return f" (did you mean `{close[0]}`?)" if close else ""

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
