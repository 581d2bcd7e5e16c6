"""`archdsl check FILE...`: the table with what was computed, or the diagnostics; a line per network of a
directory."""

import gc
import os
import sys
from collections.abc import Iterator

from archdsl.cli import common
from archdsl.light import TYPE_CHECKING
from archdsl.loading import files_below
from archdsl.network import Spec, SpecError
from archdsl.pipeline import Compilation
from archdsl.render import summary

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

NO_TABLE = ("E0110", "E0111")
FORMATS = ("text", "concise", "json", "github", "sarif", "junit")
WHOLE = ("json", "sarif", "junit")  # documents of all files


def arguments(parser: "ArgumentParser") -> None:
    """Declare the arguments of the command."""
    common.spec_arguments(parser, many=True)
    parser.epilog = (
        "exit code: 0 no errors (with --strict, no warnings either), 1 errors in a table, "
        "2 wrong command line or unreadable file"
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how to write the result (default: text)"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="list what was inferred and why, and where each value was read",
    )
    parser.add_argument(
        "--fix", action="store_true", help="apply the fixes that need no judgement, then check"
    )
    parser.add_argument("--diff", action="store_true", help="change nothing; show what --fix would change")
    parser.add_argument("--tables-only", action="store_true", help="skip documents without a network table")
    parser.add_argument("--one", action="store_true", help="fail if a file holds several tables")
    parser.add_argument("--strict", action="store_true", help="exit with 1 on warnings too")


def run(args: "Namespace") -> int:
    """Check the files of the command line."""
    # Nothing here makes cycles, and the collector would walk all nodes again and again: time stays linear
    # without it.
    gc.disable()
    if args.fix or args.diff:
        from archdsl.cli import check_fix

        failed = check_fix.diff(args) if args.diff else check_fix.fix(args)
        if args.diff or failed:
            return failed
    if args.format in WHOLE:
        return _whole(args)
    code = warned = files = networks = errors = 0
    folder = any(map(os.path.isdir, args.file))
    for result in _results(args):
        _write(result, args, files > 0, folder)
        files += 1
        networks += len(result.compiled)
        errors += sum(diagnostic.severity == "error" for diagnostic in result.diagnostics)
        code = max(code, common.failure(result.diagnostics) if result.failed else 0)
        warned |= bool(result.diagnostics)
    if folder:
        print(_total(files, networks, errors), file=sys.stdout if args.format == "text" else sys.stderr)
    return code or int(args.strict and warned)


def _results(args: "Namespace") -> Iterator[Compilation]:
    """Compile the files one by one; below a directory, a document without a table of a network is passed
    over."""
    for given in args.file:
        folder = os.path.isdir(given)
        for path in files_below(given) if folder else [given]:
            result = common.compilation(args, path)
            passing = (folder or args.tables_only) and not path.endswith(".arch")
            if not (passing and _without_table(result)):
                yield _only(result) if args.one else result


def _without_table(result: Compilation) -> bool:
    return any(diagnostic.code in NO_TABLE for diagnostic in result.diagnostics)


def _total(files: int, networks: int, errors: int) -> str:
    counts = ((files, "file"), (networks, "network"), (errors, "error"))
    return ", ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in counts)


def _whole(args: "Namespace") -> int:
    results = list(_results(args))
    _write_whole(results, args)
    codes = [common.failure(result.diagnostics) for result in results if result.failed]
    return max(codes, default=int(args.strict and any(result.diagnostics for result in results)))


def _only(result: Compilation) -> Compilation:
    if result.failed:
        return result
    try:
        Spec(result).network()
    except SpecError as fault:
        return result._replace(diagnostics=(*result.diagnostics, *fault.diagnostics))
    return result


def _write(result: Compilation, args: "Namespace", further: bool, folder: bool) -> None:
    if args.format == "text":
        common.tell(result.diagnostics)
        _hint(result)
        for index, network in enumerate(Spec(result).networks if not result.failed else ()):
            if folder:
                print(summary.line(network, result.source.path))
            else:
                print(("\n" if further or index else "") + summary.text(network, args.explain))
        return
    if args.format == "concise":
        from archdsl.render.concise import render
    else:
        from archdsl.render.github import render
    for diagnostic in result.diagnostics:
        print(render(diagnostic), end="")


def _hint(result: Compilation) -> None:
    """Say that `--fix` would mend something."""
    sure = sum(diagnostic.is_sure for diagnostic in result.diagnostics)
    if sure and result.source.path != "<stdin>":
        from shlex import quote

        common.say(f"help: `archdsl check --fix {quote(result.source.path)}` fixes {sure} of them")


def _write_whole(results: list[Compilation], args: "Namespace") -> None:
    if args.format == "junit":
        from archdsl.render.junit import document as junit

        print(junit(results, args.strict), end="")
        return
    import json

    if args.format == "sarif":
        from archdsl import __version__
        from archdsl.render.sarif import document as sarif

        found = sarif(results, __version__)
    else:
        from archdsl.render.document import document

        found = document(results)
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    print()
