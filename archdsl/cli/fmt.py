"""`archdsl fmt FILE...`: lays specs out, in place; `--to FORM` writes a table in another form."""

import argparse
import sys

from archdsl.cli import common
from archdsl.diagnostics import InternalError
from archdsl.format.convert import FORMS, convert
from archdsl.format.spec import NotNativeError, format_source
from archdsl.loading import divided, read_source
from archdsl.source import Source
from archdsl.writing import write_whole

WOULD_CHANGE = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="+",
        help="a .arch file, `-` for standard input; with --to any file, or FILE#table",
    )
    common.reading_arguments(parser)
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; list the files that would change, and exit with 1",
    )
    parser.add_argument("--diff", action="store_true", help="change nothing; show what would change")
    parser.add_argument(
        "--to", metavar="FORM", choices=FORMS, help=f"write the tables in another form: {', '.join(FORMS)}"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="file to write that to (default: standard output); its ending sets the form",
    )
    parser.add_argument(
        "--standalone", action="store_true", help="write LaTeX as a document of its own, which compiles"
    )


def run(args: argparse.Namespace) -> int:
    """Format the files of the command line, or write one of them in another form."""
    form = args.to or _form(args.output)
    if form or args.output or args.standalone:
        return _misused(args, form) or _convert(args, form or "native")
    return max([_guarded(args, path) for path in args.file])


def _guarded(args: argparse.Namespace, path: str) -> int:
    """Format a file; a bug in archdsl is reported, and does not keep the other files from being
    formatted."""
    if len(args.file) == 1 or args.debug:
        return _one(args, path)
    try:
        return _one(args, path)
    except InternalError as error:
        common.say(f"archdsl: internal error: {error}")
        return common.INTERNAL


def _form(path: str | None) -> str | None:
    ending = (path or "").rpartition(".")[2].lower()
    return next((form for form, own in FORMS.items() if own == ending), None)


def _misused(args: argparse.Namespace, form: str | None) -> int:
    wrong = ""
    if form is None:
        wrong = "say which form to write: --to native, markdown or latex"
    elif len(args.file) > 1:
        wrong = "only one file at a time can be written in another form"
    elif args.check or args.diff:
        wrong = "--check and --diff are for formatting in place"
    elif args.variant or ":" in args.file[0].rpartition("#")[2] * ("#" in args.file[0]):
        wrong = "a table is written with all of its networks; omit the network's name"
    elif args.standalone and form != "latex":
        wrong = "--standalone is for LaTeX"
    if wrong:
        common.say(f"archdsl: {wrong}")
    return common.USAGE if wrong else 0


def _convert(args: argparse.Namespace, form: str) -> int:
    path, wanted = divided(args.file[0])
    source, problem = read_source(path)
    if problem:
        common.tell((problem,))
        return common.failure((problem,))
    done = convert(source, form, wanted, common.overrides(args), args.standalone)
    common.tell(done.diagnostics)
    if done.text is None:
        if done.why:
            common.say(f"archdsl: {source.path}: {done.why}; nothing is written")
        return common.SPEC_ERROR
    if args.output and args.output != "-":
        return _saved(args.output, done.text) or (common.SPEC_ERROR if done.failed else 0)
    sys.stdout.write(done.text)
    return common.SPEC_ERROR if done.failed else 0


def _one(args: argparse.Namespace, path: str) -> int:
    source, problem = read_source(path)
    if problem:
        common.tell((problem,))
        return common.failure((problem,))
    try:
        text, diagnostics = format_source(source, common.overrides(args))
    except NotNativeError:
        common.say(
            f"archdsl: {source.path} is a document, not a native spec: --to writes its tables in another form"
        )
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
    common.say(f"would reformat {source.path}")
    return WOULD_CHANGE


def _write(path: str, source: Source, text: str) -> int:
    if path == "-":
        sys.stdout.write(text)
        return 0
    if text == source.text:
        return 0
    code = _saved(path, text)
    if not code:
        common.say(f"reformatted {path}")
    return code


def _saved(path: str, text: str) -> int:
    try:
        write_whole(path, text)
    except OSError as error:
        common.say(f"archdsl: cannot write {path}: {(error.strerror or str(error)).lower()}")
        return common.USAGE
    return 0


def _show(source: Source, text: str) -> None:
    from difflib import unified_diff

    from archdsl.render.glyphs import plain

    before, after = (version.splitlines(keepends=True) for version in (source.text, text))
    for line in unified_diff(before, after, source.path, f"{source.path} (formatted)"):
        print("\t".join(map(plain, line.rstrip("\r\n").split("\t"))))
        if not line.endswith("\n"):
            print("\\ No newline at end of file")
