"""`archdsl completion SHELL`: a script that completes commands, options, choices and files in a shell."""

import argparse
from collections.abc import Iterator
from typing import Any

SHELLS = ("bash", "zsh")
_FILES = ("FILE", "OUT", "IMAGE", "A", "B")
_FOLDERS = ("DIR", "RUN")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("shell", choices=SHELLS, help="the shell to complete in")
    parser.epilog = (
        'bash: add `eval "$(archdsl completion bash)"` to ~/.bashrc; zsh: write it as `_archdsl` into a '
        "folder of $fpath"
    )


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from archdsl.cli.whole import parser

    whole = parser()
    for action in _actions(whole):
        kind = _kind(action)
        if kind:
            action.complete = kind  # type: ignore[attr-defined]  # where shtab looks for it
    print(shtab.complete(whole, args.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """List the arguments of a parser and of its commands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
        else:
            yield action


def _kind(action: argparse.Action) -> Any:
    """Say what completes an argument: files, folders, or nothing."""
    import shtab

    words = str(action.metavar or "").replace("[", "|").replace(".", "|").split("|")
    if action.choices or not words[0]:
        return None
    files, folders = (any(word in known for word in words) for known in (_FILES, _FOLDERS))
    return shtab.FILE if files else shtab.DIRECTORY if folders else None
