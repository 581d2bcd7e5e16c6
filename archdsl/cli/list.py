"""`archdsl list FILE...`: the networks of files, by the names that take one; of no file, the specs that come
along."""

import argparse
import json
import os
from typing import Any

from archdsl import specs
from archdsl.cli import common
from archdsl.evaluate.table import Table, text
from archdsl.format.table import first_sentence
from archdsl.loading import files_below
from archdsl.network import Network
from archdsl.pipeline import Compilation
from archdsl.pipeline.networks import Compiled
from archdsl.problems.base import short
from archdsl.render.summary import amount, size
from archdsl.source import Source

_HEAD = ("network", "line", "input", "parameters", "MACs")
VERSION = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="*",
        help="specs, documents with tables, directories (default: the specs that come with archdsl)",
    )
    common.reading_arguments(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="a table, or JSON (default: text)"
    )


def run(args: argparse.Namespace) -> int:
    """List what the command line names."""
    if not args.file:
        return _specs(args.format)
    paths = [
        path for given in args.file for path in (files_below(given) if os.path.isdir(given) else [given])
    ]
    results = [common.compilation(args, path) for path in paths]
    shown = [result for result in results if result.compiled]
    if args.format == "json":
        _print({"version": VERSION, "files": [_file(result) for result in shown]})
    else:
        print("\n\n".join(map(_text, shown)), end="\n" if shown else "")
    return _without(results, args)


def _without(results: list[Compilation], args: argparse.Namespace) -> int:
    """Tell of the files that were named and have no table; give the exit code."""
    named = [result for result in results if not result.compiled and result.source.path in args.file]
    for result in named:
        common.tell(result.diagnostics)
    return max((common.failure(result.diagnostics) for result in named), default=0)


def _text(result: Compilation) -> str:
    rows = tuple(_row(result, one) for one in result.compiled)
    example = f"{result.source.path}#{result.compiled[0].settings.name}"
    return f"{text(Table('', _HEAD, rows))}\n\nuse one as '{example}'"


def _row(result: Compilation, one: Compiled) -> tuple[str, ...]:
    name, line = one.settings.name, str(_line(result, one))
    if one.graph is None:
        return name, line, size(one.settings.input), "has errors", "-"
    network = Network(one, result.source)
    return name, line, size(network.input), f"{network.params.total:,}", amount(network.macs)


def _line(result: Compilation, one: Compiled) -> int:
    return result.source.position(one.table.span.start)[0]


def _file(result: Compilation) -> dict[str, Any]:
    return {"path": result.source.path, "networks": [_network(result, one) for one in result.compiled]}


def _network(result: Compilation, one: Compiled) -> dict[str, Any]:
    known = {
        "name": one.settings.name,
        "address": f"{result.source.path}#{one.settings.name}",
        "table": one.table.name,
        "variant": one.settings.variant or None,
        "line": _line(result, one),
        "ok": one.graph is not None,
    }
    if one.graph is None:
        return known | {"input": list(one.settings.input), "output": None, "params": None, "macs": None}
    network = Network(one, result.source)
    counts = {"params": network.params._asdict(), "macs": network.macs}
    return known | {"input": list(network.input), "output": list(network.output), **counts}


def _specs(form: str) -> int:
    """List the specs that come with archdsl."""
    listed = [{"name": name, "about": _about(name)} for name in specs.names()]
    if form == "json":
        _print({"version": VERSION, "specs": listed})
        return 0
    rows = tuple((one["name"], one["about"]) for one in listed)
    print(text(Table("", ("spec", "what it is"), rows, names=2)))
    print("\nuse one by its name: archdsl check papers/resnet#50-layer")
    return 0


def _about(name: str) -> str:
    """Return the first sentence of the comment at the top of a spec."""
    path = specs.find(name)
    if path is None or not path.endswith(".arch"):
        return f"a {name.rpartition('.')[2]} document"
    with open(path, encoding="utf-8") as file:
        return short(first_sentence(Source(path, file.read())).rstrip("."), 100)


def _print(document: dict[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))
