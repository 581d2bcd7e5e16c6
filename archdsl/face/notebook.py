"""The cell magic `%%arch`: a table in a cell is checked and shown, and its networks get a name.

%load_ext archdsl

%%arch net --input 32x32x3
conv1  32x32  3x3, 64
       1x1    average pool, 10-d fc, softmax
"""

import argparse
import shlex
from typing import Any, NoReturn, Protocol

from archdsl.cli.common import overrides, reading_arguments
from archdsl.face.diagnostics import Diagnostics
from archdsl.face.given import NAME
from archdsl.network import Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source


class Shell(Protocol):
    """What is used of IPython's shell."""

    user_ns: dict[str, Any]

    def register_magic_function(self, func: Any, magic_kind: str, magic_name: str) -> None:
        """Make a function known as a magic."""


class _Parser(argparse.ArgumentParser):
    """Raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"%%arch: {message}")


def load(shell: Shell) -> None:
    """Make `%%arch` known to a notebook."""

    def arch(line: str, cell: str) -> Spec | Diagnostics:
        """Check the table of a cell; `%%arch NAME` keeps the networks in a variable."""
        name, shown = run(line, cell)
        if name and isinstance(shown, Spec):
            shell.user_ns[name] = shown
        return shown

    shell.register_magic_function(arch, "cell", "arch")


def run(line: str, cell: str) -> tuple[str | None, Spec | Diagnostics]:
    """Compile a cell; give the name of the variable, and the networks, or what is wrong with them."""
    parser = _Parser("%%arch", add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?", type=_name)
    reading_arguments(parser)
    args = parser.parse_args(shlex.split(line))
    found = compile_source(Source(NAME, cell), overrides(args))
    return args.name, Diagnostics(found.diagnostics) if found.failed else Spec(found)


def _name(text: str) -> str:
    if not text.isidentifier():
        raise argparse.ArgumentTypeError(f"`{text}` cannot be the name of a variable")
    return text
