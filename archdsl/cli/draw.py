"""`archdsl draw FILE [FILE2] -o OUT`: the figure of a network, or of two side by side."""

import argparse
import re
import sys

from archdsl.cli import common
from archdsl.figure.theme import THEMES

LEVELS = ("block",)
MISSING = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.spec_arguments(parser)
    parser.add_argument("other", metavar="FILE2[#table]", nargs="?", help="a second network: both are drawn, and what differs is outlined")
    parser.add_argument("-o", "--output", metavar="OUT", help="file to write, ending in .svg, .png, .pdf or .dot (default: NAME.svg)")
    parser.add_argument("--theme", choices=THEMES, default="light", help="auto follows the reader's setting in an svg (default: light)")
    parser.add_argument("--level", choices=LEVELS, default="block", help="how much detail to draw (default: block)")


def run(args: argparse.Namespace) -> int:
    """Draw the network of the command line."""
    from archdsl.figure.draw import EngineMissingError, FigureFormatError, draw, output_format

    try:
        if args.output is not None:
            output_format(args.output)
    except FigureFormatError as fault:
        return _refuse(str(fault), common.USAGE)
    if args.other is not None:
        from archdsl.cli import diff

        return diff.run_draw(args)
    loaded = common.load(args)
    if isinstance(loaded, int):
        return loaded
    network = loaded[1]
    out = args.output or (re.sub(r"[^\w.-]+", "-", network.name).strip("-.") or "network") + ".svg"
    try:
        draw(network, out, args.theme)
    except EngineMissingError as fault:
        return _refuse(str(fault), MISSING)
    except OSError as error:
        return _refuse(f"cannot write {out}: {(error.strerror or 'unknown error').lower()}", common.USAGE)
    print(f"wrote {out}")
    return 0


def _refuse(message: str, code: int) -> int:
    print(f"archdsl: {message}", file=sys.stderr)
    return code
