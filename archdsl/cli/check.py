"""`archdsl check FILE...`: the table with what was computed, or the diagnostics."""

import argparse
import gc
import sys

from archdsl.cli import common
from archdsl.network import Spec, SpecError
from archdsl.pipeline import Compilation
from archdsl.render import summary

FORMATS = ("text", "concise", "json", "github")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.spec_arguments(parser, many=True)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write the result (default: text)")
    parser.add_argument("--explain", action="store_true", help="list what was inferred, and why")
    parser.add_argument("--one", action="store_true", help="fail where a file holds several tables")
    parser.add_argument("--strict", action="store_true", help="exit with 1 on warnings too")


def run(args: argparse.Namespace) -> int:
    """Check the files of the command line."""
    # Nothing here makes cycles, and the collector would walk all nodes again and again: time stays linear without it.
    gc.disable()
    results = [common.compilation(args, path) for path in args.file]
    if args.one:
        results = [_only(result) for result in results]
    if args.format == "json":
        _write_json(results)
    else:
        for index, result in enumerate(results):
            _write(result, args, index > 0)
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


def _write(result: Compilation, args: argparse.Namespace, further: bool) -> None:
    if args.format == "text":
        common.tell(result.diagnostics)
        for index, network in enumerate(Spec(result).networks if not result.failed else ()):
            print(("\n" if further or index else "") + summary.text(network, args.explain))
        return
    if args.format == "concise":
        from archdsl.render.concise import render
    else:
        from archdsl.render.github import render
    for diagnostic in result.diagnostics:
        print(render(diagnostic), end="")


def _write_json(results: list[Compilation]) -> None:
    import json

    from archdsl.render.document import document

    json.dump(document(results), sys.stdout, indent=2, ensure_ascii=False)
    print()
