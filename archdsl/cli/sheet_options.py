"""The options of a figure in print: its width and least type, its title, its ground, its dots per inch."""

import argparse

from archdsl.figure.sheet import Sheet, length

FORMATS = ("svg", "png", "pdf", "tex", "dot", "mmd", "html")
_DPI = range(36, 1201)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--format", choices=FORMATS, default="svg", help="what `-o -` writes (default: svg)")
    parser.add_argument(
        "--width",
        type=_length,
        metavar="LENGTH",
        help="lay the figure out for this width in print (3.5in, 89mm), at most 9.5 inches high",
    )
    parser.add_argument(
        "--min-font",
        type=_length,
        metavar="LENGTH",
        help="the smallest type that is allowed at --width (default: 7pt)",
    )
    title = parser.add_mutually_exclusive_group()
    title.add_argument("--title", metavar="TEXT", help="title above the figure (default: the network's name)")
    title.add_argument("--no-title", action="store_true", help="omit title and counts above the figure")
    parser.add_argument("--transparent", action="store_true", help="make the background transparent")
    parser.add_argument("--dpi", type=_dpi, help="dots per inch of a png (default: 144)")


def sheet(args: argparse.Namespace) -> Sheet:
    """Return the sheet that the command line asks for."""
    plain = Sheet()
    return Sheet(
        args.width,
        plain.least if args.min_font is None else args.min_font,
        "" if args.no_title else args.title,
        args.transparent,
        args.dpi or plain.dpi,
    )


def unfit(args: argparse.Namespace) -> str:
    """Say which option cannot be had for a comparison of two networks; nothing where none was given."""
    given = {
        "--width": args.width,
        "--min-font": args.min_font,
        "--title": args.title,
        "--no-title": args.no_title,
        "--transparent": args.transparent,
        "--dpi": args.dpi,
        "-o -": args.output == "-",
    }
    names = [name for name, value in given.items() if value]
    return f"{names[0]} is for the figure of one network, not for a comparison" if names else ""


def _length(text: str) -> float:
    try:
        return length(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def _dpi(text: str) -> int:
    if not text.isdecimal() or int(text) not in _DPI:
        raise argparse.ArgumentTypeError(
            f"`{text}` is not a whole number from {_DPI.start} to {_DPI.stop - 1}"
        )
    return int(text)
