"""The options that say which images a command is about: `--data` and what goes with it."""

import argparse
from typing import Any

from archdsl.data.catalogue import NAMES, Choice
from archdsl.data.resize import RULES


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a command that opens data."""
    parser.add_argument(
        "--data", default="digits", metavar="DATA",
        help=(f"images: {', '.join(NAMES)}, a folder of records or of class folders, an .npz file "
             f"(default: digits)"),
    )  # fmt: skip
    reopening(parser)
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="use only the first N images of each split"
    )


def reopening(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say how data is opened, whichever it is."""
    parser.add_argument(
        "--data-dir", metavar="DIR", help="folder of the official files or archives of a named data set"
    )
    parser.add_argument("--resize", choices=RULES, help="how to resize images to the network's input")
    parser.add_argument(
        "--data-memory",
        type=_gibibytes,
        metavar="GIB",
        help="memory for images (default: a quarter of what is free)",
    )
    parser.add_argument(
        "--accept-altered", action="store_true", help="accept files that are not the official ones"
    )


def choice(args: argparse.Namespace) -> Choice:
    """Return what the command line says."""
    return Choice(args.data, args.data_dir, args.resize, args.data_memory, args.accept_altered, args.limit)


def changes(args: argparse.Namespace) -> dict[str, Any]:
    """Return what the command line changes of data that was chosen before: the fields of `Choice` that it
    names."""
    given = {
        "directory": args.data_dir,
        "resize": args.resize,
        "memory": args.data_memory,
        "altered": args.accept_altered or None,
    }
    return {key: value for key, value in given.items() if value is not None}


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= 1_000_000_000:
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number of at least 1")
    return value


def _gibibytes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1e6:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of GiB, of at least 0")
    return value


def told(error: Exception, found: Any, args: argparse.Namespace) -> str:
    """Write what is wrong with the data for a spec that was compiled from a command line."""
    from archdsl.data.fit import Mismatch

    if not isinstance(error, Mismatch):
        return str(error)
    from archdsl.cli import mismatch

    return mismatch.told(error, found, args)
