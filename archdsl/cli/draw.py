"""`archdsl draw FILE [FILE2] -o OUT`: the figure of a network, of two side by side, or of the rows of a
broken table."""

import argparse
import os
import re
from collections.abc import Callable
from typing import Any

from archdsl.cli import common, sheet_options
from archdsl.figure.theme import THEMES
from archdsl.loading import divided
from archdsl.network import Network
from archdsl.pipeline import Compilation

LEVELS = ("auto", "stage", "block", "layer", "paper")
MISSING = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.spec_arguments(parser)
    parser.add_argument(
        "other",
        metavar="FILE2[#table]",
        nargs="?",
        help="a second network: both are drawn, and what differs is outlined",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help=(
            "file to write, ending in .svg, .png, .pdf, .tex (TikZ), .dot, .mmd, or .html (a page to zoom, "
            "search and click); default: FILE.svg; `-` is standard output"
        ),
    )
    sheet_options.arguments(parser)
    parser.add_argument(
        "--theme",
        choices=THEMES,
        help="auto follows the reader's setting in an svg or a page (default: light; auto for a page)",
    )
    parser.add_argument(
        "--level",
        choices=LEVELS,
        default="auto",
        help="how much detail to draw (default: blocks if they fit a page)",
    )


def run(args: argparse.Namespace) -> int:
    """Draw the network of the command line; draw what there is of a broken one, and give the exit code of its
    errors."""
    from archdsl.figure.draw import FigureFormatError, default_theme, draw, output_format, render

    piped = args.output == "-"
    try:
        if args.output is not None and not piped:
            output_format(args.output)
    except FigureFormatError as fault:
        return _refuse(str(fault), common.USAGE)
    if args.other is not None:
        if refused := sheet_options.unfit(args):
            return _refuse(refused, common.USAGE)
        from archdsl.cli import diff

        return diff.run_draw(args)
    found = common.compilation(args, args.file)
    common.tell_briefly(found.diagnostics)
    if found.failed:
        _draw_broken(args, found)
        return common.failure(found.diagnostics)
    network = common.only(found)
    if isinstance(network, int):
        return network
    sheet = sheet_options.sheet(args)
    if piped:
        theme = args.theme or default_theme(args.format)
        return _drawn(lambda: common.write_bytes(render(network, args.format, theme, args.level, sheet)))
    return _written(
        args.output or _named(args), lambda out: draw(network, out, args.theme, args.level, sheet)
    )


def draw_to(network: Network, out: str) -> int:
    """Draw a network, every layer of it, into a file; give the exit code."""
    from archdsl.figure.draw import FigureFormatError, draw, output_format

    try:
        output_format(out)
    except FigureFormatError as fault:
        return _refuse(str(fault), common.USAGE)
    return _written(out, lambda path: draw(network, path, "light", "layer"))


def _draw_broken(args: argparse.Namespace, found: Compilation) -> None:
    """Draw the rows of the only table, or of the first one with a fault, as far as they were understood."""
    from archdsl.figure.broken import broken
    from archdsl.figure.draw import draw_sketch, render_sketch

    drawn = broken(found, args.level)
    if not drawn:
        return
    sheet = sheet_options.sheet(args)
    if args.output == "-":
        _drawn(
            lambda: common.write_bytes(
                render_sketch(drawn.model, args.format, args.theme, drawn.facts, sheet)
            )
        )
    else:
        out = args.output or _named(args)
        _written(out, lambda path: draw_sketch(drawn.model, path, args.theme, drawn.facts, sheet))


def _named(args: argparse.Namespace) -> str:
    """Name the figure after the file, and the network of it that is asked for: what a spec calls itself never
    names a file."""
    path, table = divided(args.file)
    stem = os.path.basename(path).partition(".")[0] or "network"
    words = "-".join(filter(None, (stem if path != "-" else "network", table, args.variant)))
    return (re.sub(r"[^\w.-]+", "-", words).strip("-.") or "network") + ".svg"


def _written(out: str, write: Callable[[str], Any]) -> int:
    def writing() -> None:
        write(out)
        print(f"wrote {out}")

    return _drawn(writing, out)


def _drawn(draw: Callable[[], Any], out: str = "standard output") -> int:
    """Draw, and give the exit code; say what cannot be drawn, and why."""
    from archdsl.figure.engine import EngineMissingError, LayoutError
    from archdsl.figure.levels import TooManyLayersError
    from archdsl.figure.sheet import TypeTooSmallError

    try:
        draw()
    except EngineMissingError as fault:
        return _refuse(str(fault), MISSING)
    except (TooManyLayersError, TypeTooSmallError, LayoutError) as fault:
        return _refuse(str(fault), common.USAGE)
    except OSError as error:
        return _refuse(f"cannot write {out}: {(error.strerror or 'unknown error').lower()}", common.USAGE)
    return 0


def _refuse(message: str, code: int) -> int:
    common.say(f"archdsl: {message}")
    return code
