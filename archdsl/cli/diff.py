"""`archdsl diff A B`: what is the same in two networks and what differs, as text, JSON or a figure."""

import argparse
import shutil
import sys

from archdsl.cli import common
from archdsl.compare.networks import compare
from archdsl.compare.result import Comparison
from archdsl.figure.theme import THEMES
from archdsl.loading import compile_path
from archdsl.network import Network, Spec, SpecError
from archdsl.pipeline import Compilation
from archdsl.resolve.settings import Overrides

SAME, DIFFERENT, MISSING = 0, 1, 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("a", metavar="A", help="FILE[#table], `-` for standard input")
    parser.add_argument("b", metavar="B", help="the network to compare it with")
    common.reading_arguments(parser)
    for side in ("a", "b"):
        common.reading_arguments(parser, side)
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how to write the comparison (default: text)",
    )
    parser.add_argument(
        "--figure", metavar="OUT", help="draw both side by side too, into a .svg, .png, .pdf or .dot file"
    )
    parser.add_argument(
        "--theme", choices=THEMES, default="light", help="colours of the figure (default: light)"
    )


def run(args: argparse.Namespace) -> int:
    """Compare the networks of the command line."""
    if args.figure and (refused := _refused(args.figure)):
        return refused
    comparison = compared(args, args.a, args.b)
    if isinstance(comparison, int):
        return comparison
    if args.figure and (failed := draw(comparison, args.figure, args.theme)):
        return failed
    _write(comparison, args.format)
    return SAME if comparison.same else DIFFERENT


def run_draw(args: argparse.Namespace) -> int:
    """Draw the two networks of `archdsl draw FILE FILE2`."""
    if refused := _refused(args.output or "comparison.svg"):
        return refused
    comparison = compared(args, args.file, args.other)
    if isinstance(comparison, int):
        return comparison
    out = args.output or "comparison.svg"
    failed = draw(comparison, out, args.theme or "light")
    if not failed:
        print(f"wrote {out}")
    return failed


def compared(args: argparse.Namespace, a: str, b: str) -> Comparison | int:
    """Load and compare two networks; where one is broken, tell why (once for one file) and give the exit
    code."""
    found = [compile_path(path, _overrides(args, side)) for path, side in ((a, "a"), (b, "b"))]
    told: set[tuple[object, ...]] = set()
    loaded = [_network(compilation, told) for compilation in found]
    codes = [code for code in loaded if isinstance(code, int)]
    one, other = loaded
    return max(codes) if isinstance(one, int) or isinstance(other, int) else compare(one, other)


def _network(found: Compilation, told: set[tuple[object, ...]]) -> Network | int:
    try:
        problems, network = found.diagnostics, None if found.failed else Spec(found).network()
    except SpecError as fault:
        problems, network = fault.diagnostics, None
    keys = [(problem.code, problem.message, problem.source.path, problem.span) for problem in problems]
    common.tell_briefly(
        tuple(problem for problem, key in zip(problems, keys, strict=True) if key not in told)
    )
    told.update(keys)
    return network or common.failure(problems)


def _overrides(args: argparse.Namespace, side: str) -> Overrides:
    """Return what the command line sets for one of the two networks: what is said of it alone wins."""
    own = {name: getattr(args, f"{name}_{side}", None) for name in ("define", "style", "input", "variant")}
    said = (own[name] or getattr(args, name) for name in ("style", "input", "variant"))
    return Overrides(dict(args.define) | dict(own["define"] or ()), *said)


def draw(comparison: Comparison, out: str, theme: str) -> int:
    """Draw a comparison; tell what went wrong and give the exit code, 0 where nothing did."""
    from archdsl.figure.compare_dot import draw_comparison
    from archdsl.figure.draw import FigureFormatError
    from archdsl.figure.engine import EngineMissingError

    try:
        draw_comparison(comparison, out, theme)
    except FigureFormatError as fault:
        return _refuse(str(fault), common.USAGE)
    except EngineMissingError as fault:
        return _refuse(str(fault), MISSING)
    except OSError as error:
        return _refuse(f"cannot write {out}: {(error.strerror or 'unknown error').lower()}", common.USAGE)
    return 0


def _refused(out: str) -> int:
    """Report a figure that cannot be drawn before anything is compared."""
    from archdsl.figure.compare_dot import FORMATS
    from archdsl.figure.draw import FigureFormatError, output_format

    try:
        output_format(out, FORMATS)
    except FigureFormatError as fault:
        return _refuse(str(fault), common.USAGE)
    return 0


def _refuse(message: str, code: int) -> int:
    common.say(f"archdsl: {message}")
    return code


def _write(comparison: Comparison, kind: str) -> None:
    if kind == "text":
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(comparison.text(color=common.colored(sys.stdout), width=width))
        return
    import json

    json.dump(comparison.as_json(), sys.stdout, indent=2, ensure_ascii=False)
    print()
