"""`archdsl fmt FILE...`: lays specs out, in place; `-` formats standard input to standard output."""

import argparse
import sys

from archdsl.cli import common
from archdsl.format.spec import NotNativeError, format_source
from archdsl.loading import read_source
from archdsl.source import Source

WOULD_CHANGE = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", metavar="FILE", nargs="+", help="a .arch file, `-` for standard input")
    common.reading_arguments(parser)
    parser.add_argument("--check", action="store_true", help="change nothing; list the files that would change, and exit with 1")
    parser.add_argument("--diff", action="store_true", help="change nothing; show what would change")


def run(args: argparse.Namespace) -> int:
    """Format the files of the command line."""
    return max(_one(args, path) for path in args.file)


def _one(args: argparse.Namespace, path: str) -> int:
    source, problem = read_source(path)
    if problem:
        common.tell((problem,))
        return common.failure((problem,))
    try:
        text, diagnostics = format_source(source, common.overrides(args))
    except NotNativeError:
        print(f"archdsl: {source.path} is a document, not a native spec: only .arch tables are formatted", file=sys.stderr)
        return common.USAGE
    if text is None:
        common.tell(diagnostics)
        return common.SPEC_ERROR
    if args.diff:
        _show(source, text)
    if args.check:
        return _told(source, text)
    return 0 if args.diff else _write(path, source, text)


def _told(source: Source, text: str) -> int:
    if text == source.text:
        return 0
    print(f"would reformat {source.path}", file=sys.stderr)
    return WOULD_CHANGE


def _write(path: str, source: Source, text: str) -> int:
    if path == "-":
        sys.stdout.write(text)
        return 0
    if text == source.text:
        return 0
    try:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        print(f"archdsl: cannot write {path}: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return common.USAGE
    print(f"reformatted {path}", file=sys.stderr)
    return 0


def _show(source: Source, text: str) -> None:
    from difflib import unified_diff

    before, after = (version.splitlines(keepends=True) for version in (source.text, text))
    for line in unified_diff(before, after, source.path, f"{source.path} (formatted)"):
        print(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n", end="")
