"""What several commands share: the arguments of a spec, loading it, telling its problems."""

import os
import sys

from archdsl.diagnostics import Diagnostic
from archdsl.light import TYPE_CHECKING, Any
from archdsl.loading import compile_path
from archdsl.network import Network, Spec, SpecError
from archdsl.pipeline import Compilation
from archdsl.resolve.settings import Overrides

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SPEC_ERROR, USAGE, INTERNAL = 1, 2, 70
UNREADABLE = "E0115"


def spec_arguments(parser: "ArgumentParser", *, many: bool = False, optional: bool = False) -> None:
    """Add the arguments that say which table is meant and how it is read."""
    files: dict[str, Any] = {"nargs": "+"} if many else {"nargs": "?"} if optional else {}
    text = "a spec or a document with tables, `-` for standard input" + (
        ", or a directory: all files below it" if many else ""
    )
    parser.add_argument("file", metavar="FILE[#table]", help=text, **files)
    reading_arguments(parser)


def reading_arguments(parser: "ArgumentParser", side: str = "") -> None:
    """Add the arguments that say how a table is read; `side` (a, b) makes them those of one of two
    networks."""
    define, end = (f"--define-{side}", f"-{side}") if side else ("-D", "")
    whose = f"{side.upper()} alone" if side else "the spec"
    parser.add_argument(
        define, metavar="name=value", dest=f"define{end}".replace("-", "_"),
        action="append", default=[], type=_definition,
        help=f"set a parameter of {whose}",
    )  # fmt: skip
    parser.add_argument(
        f"--variant{end}", metavar="NAME", help=f"the network of {whose} to use, if a table has several"
    )
    parser.add_argument(
        f"--style{end}", metavar="STYLE", help=f"conventions for reading {whose}, instead of the file's"
    )
    parser.add_argument(
        f"--input{end}",
        metavar="HxWxC",
        help=f"input shape of {whose}, like 32x32x3, instead of the file's; table-2=32x32x3 sets one table's",
    )


def layers_argument(parser: "ArgumentParser") -> None:
    """Add the argument for implementations of the layers that a spec declares."""
    parser.add_argument(
        "--layers",
        metavar="FILE.py",
        help="a Python file that registers the layers which the spec declares (archdsl.register)",
    )


def _definition(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    for kind in (int, float):
        try:
            return name.strip(), kind(value)
        except ValueError:
            continue
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(f"`{text}` is not of the form name=number")


def overrides(args: "Namespace") -> Overrides:
    """Return what the command line sets."""
    return Overrides(dict(args.define), args.style, args.input, args.variant)


def compilation(args: "Namespace", path: str) -> Compilation:
    """Compile one of the files of the command line."""
    return compile_path(path, overrides(args), printed=getattr(args, "explain", False))


def load(args: "Namespace") -> tuple[Compilation, Network] | int:
    """Return the one network that a command is about; where there is none, tell why and give the exit
    code."""
    found = compilation(args, args.file)
    tell(found.diagnostics)
    if found.failed:
        return failure(found.diagnostics)
    network = only(found)
    return network if isinstance(network, int) else (found, network)


def only(found: Compilation) -> Network | int:
    """Return the only network of a compilation without errors; where there are several, tell so and give the
    exit code."""
    try:
        return Spec(found).network()
    except SpecError as fault:
        tell(fault.diagnostics)
        return SPEC_ERROR


def tell(diagnostics: tuple[Diagnostic, ...]) -> None:
    """Write diagnostics for a person to standard error."""
    if not diagnostics:
        return
    if diagnostics[0].code == UNREADABLE:
        say(f"archdsl: {diagnostics[0].message}")
        return
    from archdsl.render.text import render_all

    print(render_all(diagnostics, color=colored(sys.stderr)), file=sys.stderr, end="")


def say(text: str) -> None:
    """Write a line to standard error, without characters that a terminal would obey."""
    if not text.isprintable():
        from archdsl.render.glyphs import plain

        text = plain(text)
    print(text, file=sys.stderr)


def tell_briefly(diagnostics: tuple[Diagnostic, ...]) -> None:
    """Write diagnostics where `check` is not what was asked for: errors in full, of warnings how many there
    are."""
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        tell(diagnostics)
    elif diagnostics:
        from shlex import quote

        path, count = diagnostics[0].source.path, len(diagnostics)
        command = f"archdsl check {quote(path)}"
        print(
            (
                f"warning: {count} warning{'s' * (count != 1)} in {path}; `{command}` shows "
                f"{'them' if count != 1 else 'it'}"
            ),
            file=sys.stderr,
        )


def failure(diagnostics: tuple[Diagnostic, ...]) -> int:
    """Return the exit code of a spec with errors: 2 where the file could not be read, else 1."""
    return USAGE if any(diagnostic.code == UNREADABLE for diagnostic in diagnostics) else SPEC_ERROR


def colored(stream: object) -> bool:
    """Return whether to write colours: on a terminal, unless NO_COLOR, FORCE_COLOR or TERM say else."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR", "")
    if forced:
        return forced not in ("0", "false")
    terminal = bool(getattr(stream, "isatty", lambda: False)())
    return terminal and os.environ.get("TERM") != "dumb"


def choose_colors(when: str) -> None:
    """Do as `--color` says, here and in what this process starts."""
    for name in ("NO_COLOR", "FORCE_COLOR") if when != "auto" else ():
        os.environ.pop(name, None)
    if when != "auto":
        os.environ["FORCE_COLOR" if when == "always" else "NO_COLOR"] = "1"


def write_bytes(data: bytes) -> None:
    """Write data to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
