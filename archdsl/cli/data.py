"""`archdsl data SOURCE --out DIR` writes images as TFRecords; `verify`, `info` and `show` look at what is
there."""

import argparse
import os
import sys
from shlex import quote
from typing import Any

from archdsl.cli import common
from archdsl.cli.data_options import positive
from archdsl.data.catalogue import NAMES, Choice, opened, sized
from archdsl.data.faults import DataError, MissingPackage
from archdsl.data.resize import RULES

MISSING, FAILED = 3, 4
ACTIONS = ("verify", "info", "show")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "words", metavar="SOURCE", nargs="+",
        help=(f"{', '.join(NAMES)}, a folder of records or of class folders, an .npz file; put "
             f"`verify`, `info` or `show` before it to look at what it holds"),
    )  # fmt: skip
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="folder to write records to; the same command continues where it stopped",
    )
    parser.add_argument(
        "--from",
        dest="directory",
        metavar="DIR",
        help="folder of the official files or archives (default: download them)",
    )
    parser.add_argument(
        "--cache", metavar="DIR", help="folder to download to (default: archdsl in the user's cache)"
    )
    parser.add_argument(
        "--mirror", metavar="URL", help="server to download from, instead of the authors' own"
    )
    parser.add_argument(
        "--size", type=_size, metavar="HxW[xC]", help="size to resize images to (default: their own)"
    )
    parser.add_argument("--resize", choices=RULES, help="how to resize them (default: crop)")
    parser.add_argument("--compress", action="store_true", help="compress the records (gzip)")
    parser.add_argument(
        "--shard-mb", type=positive, default=32, metavar="MB", help="size of a file of records (default: 32)"
    )
    parser.add_argument(
        "--accept-altered", action="store_true", help="accept files that are not the official ones"
    )
    parser.add_argument(
        "-o",
        dest="sheet",
        metavar="FILE.png",
        default="sheet.png",
        help="picture that `show` writes (default: sheet.png)",
    )


def _size(text: str) -> tuple[int, ...]:
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):
        size = tuple(map(int, parts))
        if all(1 <= n <= 4096 for n in size[:2]) and size[2:] in ((), (1,), (3,)):
            return size
    raise argparse.ArgumentTypeError(f"`{text}` is not of the form 64x64, 64x64x1 or 64x64x3")


def run(args: argparse.Namespace) -> int:
    """Write records, or look at data."""
    action, words = (args.words[0], args.words[1:]) if args.words[0] in ACTIONS else ("write", args.words)
    if len(words) != 1:
        print(
            (
                f"archdsl: `archdsl data{' ' + action if action in ACTIONS else ''}` takes one source, like "
                f"data/cifar10"
            ),
            file=sys.stderr,
        )
        return common.USAGE
    args.source = words[0]
    acts = {"write": _write, "verify": _verify, "info": _info, "show": _show}
    try:
        return acts[action](args)
    except MissingPackage as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return MISSING
    except DataError as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return common.USAGE


def _opened(args: argparse.Namespace) -> Any:
    _refuse_idle(args)
    directory = args.directory
    if directory is None and args.source in NAMES and args.source != "digits":
        directory = _downloaded(args)
    # Where no channels are said, image files are read in colour, and the others keep theirs.
    size = args.size and args.source not in NAMES and (*args.size, 3)[:3]
    data = opened(Choice(args.source, directory, args.resize, altered=args.accept_altered), size=size or None)
    return sized(data, args.size and (*args.size, data.shape[2])[:3], args.resize)


def _refuse_idle(args: argparse.Namespace) -> None:
    """Raise DataError for an option that would have no effect."""
    downloads = args.directory is None and args.source in NAMES and args.source != "digits"
    for option, given in (("--mirror", args.mirror), ("--cache", args.cache)):
        if given and not downloads:
            raise DataError(f"{option} has no effect: nothing is downloaded here; remove it")
    if args.resize and not args.size:
        raise DataError("--resize has no effect without a size: add one, like --size 32x32")


def _downloaded(args: argparse.Namespace) -> str:
    from archdsl.cli.progress import counting
    from archdsl.data.download import fetch

    with counting("downloading", "B") as tell:
        return fetch(args.source, args.cache, args.mirror, tell)


def _write(args: argparse.Namespace) -> int:
    from archdsl.cli.progress import counting
    from archdsl.data.records.writing import Options, write

    if not args.out:
        raise DataError("say where to write the records: --out DIR")
    data = _opened(args)
    options = Options(args.shard_mb * 2**20, "GZIP" if args.compress else None)
    with counting("writing", "images") as tell:
        tell(0, sum(split.count for split in data.splits.values()))
        manifest = write(data, args.out, options, tell)
    for name, split in manifest.splits.items():
        size, number = sum(shard.bytes for shard in split.shards), len(split.shards)
        print(
            f"{name:<11}{sum(split.counts):>10,} images  {number:>4} file{'s' * (number != 1):<1}  "
            f"{size / 1e6:>8,.1f} MB  {split.note}"
        )
    print(f"written: {args.out}; train with `archdsl train SPEC --data {quote(args.out)}`")
    return 0


def _verify(args: argparse.Namespace) -> int:
    from archdsl.data.records.verify import verified

    if not os.path.isdir(args.source):
        raise DataError(f"{args.source} is not a folder of records")
    found = verified(args.source)
    for problem in found.problems:
        print(problem)
    if found.problems:
        print(
            f"archdsl: files of {args.source} that are damaged: {len(found.problems)} of {found.files}",
            file=sys.stderr,
        )
        return FAILED
    print(f"{args.source}: every checksum is right ({found.records:,} records, files: {found.files})")
    return 0


def _info(args: argparse.Namespace) -> int:
    data = _opened(args)
    print(f"{data.name}: images of {'x'.join(map(str, data.shape))}, {len(data.classes)} classes")
    print(
        f"mean {_numbers(data.mean)}   deviation {_numbers(data.deviation)}   (per channel, on pixels / 255)"
    )
    for name, split in data.splits.items():
        print(f"{name:<11}{split.count:>10,}  {split.note}")
    _table(data)
    return 0


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:.4f}" for value in values)


def _table(data: Any) -> None:
    width = max(len("class"), *(len(name) for name in data.classes)) + 2
    counts = [split.counts(len(data.classes)) for split in data.splits.values()]
    print("\n" + "class".ljust(width) + "".join(f"{name:>12}" for name in data.splits))
    for row, name in enumerate(data.classes):
        print(name.ljust(width) + "".join(f"{count[row]:>12,}" for count in counts))


def _show(args: argparse.Namespace) -> int:
    from archdsl.data.sheet import draw

    data = _opened(args)
    drawn = draw(data, args.sheet)
    print(f"{args.sheet}: {drawn} images of {data.name}, a row for each class")
    return 0
