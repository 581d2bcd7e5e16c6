"""`archdsl facts FILE`: the fact sheet of a network: counts, memory and receptive field of each row."""

import argparse
import json
from fractions import Fraction
from typing import Any

from archdsl.cli import common
from archdsl.evaluate.table import Table, latex, markdown, text
from archdsl.graph.activations import peak, stage_values
from archdsl.graph.receptive import Field, fields
from archdsl.network import Network
from archdsl.render.summary import amount, size, totals

VERSION = 1
FLOAT32 = 4
FORMATS = ("text", "markdown", "latex", "json")
_HEAD = ("row", "output", "parameters", "MACs", "activations", "receptive field", "step")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.spec_arguments(parser)
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how the sheet is printed (default: text)"
    )
    parser.epilog = (
        "activations: memory of what the layers of a row compute, for one example in float32; receptive "
        "field: positions of the input that a value depends on, gates left out; step: from one value to the "
        "next"
    )


def run(args: argparse.Namespace) -> int:
    """Print the facts of the network of the command line."""
    loaded = common.load(args)
    if isinstance(loaded, int):
        return loaded
    network = loaded[1]
    if args.format == "json":
        print(json.dumps(document(network), indent=2, ensure_ascii=False))
    elif args.format == "latex":
        print(latex(_table(network), f"tab:{network.name}"), end="")
    else:
        print(_written(network, args.format == "markdown"))
    return 0


def _written(network: Network, in_markdown: bool) -> str:
    style = f"{network.name}  input {size(network.input)}, style {network.graph.style}"
    table = markdown(_table(network)) if in_markdown else f"{text(_table(network))}\n"
    head = f"**{network.name}**, input {size(network.input)}\n" if in_markdown else f"{style}\n"
    return f"{head}\n{table}\n{totals(network)}\n{_memory(network)}"


def _memory(network: Network) -> str:
    """Write the memory of the whole network in one line."""
    weights, activations = network.params.total * FLOAT32, _activations(network) * FLOAT32
    return (
        f"in float32: weights {_bytes(weights)}   activations of one example {_bytes(activations)}, "
        f"at most {_bytes(peak(network.graph) * FLOAT32)} at once where it predicts"
    )


def _activations(network: Network) -> int:
    return sum(stage_values(network.graph, index) for index in range(len(network.stages)))


def _bytes(count: int) -> str:
    return f"{amount(count)}B".replace(" B", " bytes") if count >= 1000 else f"{count} bytes"


def _table(network: Network) -> Table:
    rows = tuple(
        (
            row["name"] or "-",
            size(tuple(row["output"])),
            f"{row['params']:,}",
            amount(row["macs"]),
            _bytes(row["activation_bytes"]),
            _positions(row["receptive_field"]),
            _positions(row["step"]),
        )
        for row in document(network)["rows"]
    )
    return Table(f"The network {network.name}, row by row.", _HEAD, rows, names=2)


def _positions(numbers: list[float] | None) -> str:
    return "all" if numbers is None else "x".join(f"{number:g}" for number in numbers)


def document(network: Network) -> dict[str, Any]:
    """Return the facts as plain data."""
    graph = network.graph
    seen = fields(graph)
    return {
        "version": VERSION,
        "path": network.path,
        "name": network.name,
        "style": graph.style,
        "input": list(network.input),
        "output": list(network.output),
        "params": network.params._asdict(),
        "macs": network.macs,
        "depth": network.counts.depth,
        "weight_bytes": network.params.total * FLOAT32,
        "activation_bytes": _activations(network) * FLOAT32,
        "peak_bytes": peak(graph) * FLOAT32,
        "rows": [_row(network, index, seen) for index in range(len(network.stages))],
    }


def _row(network: Network, index: int, seen: list[Field | None]) -> dict[str, Any]:
    row, stage = network.stages[index], network.graph.stages[index]
    field = seen[stage.stop - 1] if stage.stop > stage.start else None
    return {
        "name": row.name,
        "line": row.line,
        "output": list(row.computed),
        "params": row.params.trainable,
        "total_params": row.params.total,
        "macs": row.macs,
        "activation_bytes": stage_values(network.graph, index) * FLOAT32,
        "receptive_field": _numbers(field.size) if field else None,
        "step": _numbers(field.step) if field else None,
    }


def _numbers(values: tuple[Fraction, ...]) -> list[float]:
    return [int(value) if value.denominator == 1 else float(value) for value in values]
