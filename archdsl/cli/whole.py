"""All commands as one parser: what the manual page and the completion of a shell are made of."""

import argparse
from collections.abc import Iterator
from importlib import import_module

from archdsl.cli.main import COMMANDS
from archdsl.cli.options import parser as command_parser


def parsers() -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Return each command: its name, what it does, its parser."""
    for name, about in COMMANDS.items():
        yield name, about, command_parser(import_module(f"archdsl.cli.{name.replace('-', '_')}"), name, about)


def parser() -> argparse.ArgumentParser:
    """Make one parser of all commands."""
    from archdsl import __version__

    whole = argparse.ArgumentParser("archdsl", description="architecture tables as programs")
    whole.add_argument("--version", action="version", version=f"archdsl {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for name, about, made in parsers():
        own = [action for action in made._actions if action.dest != "help"]
        added = commands.add_parser(name, help=about, description=about)
        for action in own:
            added._add_action(action)
    return whole
