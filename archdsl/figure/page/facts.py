"""A network and its figure -> what a reader of the page can ask for, as plain data: rows, layers, lines.

Rows and layers have the names of the classes in the SVG: `rows[3]` is what `row-3` shows, `layers["12"]` what
`node-12` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archdsl.figure.page.drawn import layers
from archdsl.figure.parts import Figure, Paper
from archdsl.figure.pills import Layer, settings_of
from archdsl.graph.graph import Graph, Node, SketchStage, Stage
from archdsl.graph.measure import Counts, graph_counts, stage_total
from archdsl.source import Source

Facts = dict[str, Any]
_MOST_LINES = 1000
_LONGEST = 1000  # letters of a line
_MOST_NAMES = 12


def network_facts(graph: Graph, model: Figure | Paper, source: Source | None) -> Facts:
    """Return the facts of a sound network."""
    counts = graph_counts(graph)
    rows = [_row(graph, stage, stage_total(graph, counts, index)) for index, stage in enumerate(graph.stages)]
    drawn = {str(layer[0]): _layer(graph, layer, counts, source) for layer in layers(model)}
    return {"rows": rows, "layers": drawn, "source": _excerpt(source, [stage.line for stage in graph.stages])}


def sketch_facts(
    stages: Sequence[SketchStage], said: Mapping[int, Sequence[str]], source: Source | None
) -> Facts:
    """Return the facts of a broken table: of each row what was declared, computed, and is wrong."""
    rows = [
        {
            "name": stage.label or stage.text,
            "text": stage.text,
            "line": stage.line,
            "declared": _shape(stage.declared),
            "computed": _shape(stage.computed),
            "params": stage.params,
            "faulty": stage.faulty,
            "said": list(said.get(stage.line, ())),
        }
        for stage in stages
    ]
    return {"rows": rows, "layers": {}, "source": _excerpt(source, [stage.line for stage in stages])}


def _row(graph: Graph, stage: Stage, counts: Counts) -> Facts:
    nodes = graph.nodes[stage.start : stage.stop]
    return {
        "name": stage.label or stage.name,
        "text": stage.text,
        "line": stage.line,
        "declared": _shape(stage.declared),
        "computed": _shape(nodes[-1].shape if nodes else None),
        "blocks": len({node.frames[0][:2] for node in nodes if node.frames}),
        "params": counts.trainable,
        "total": counts.total,
        "macs": counts.macs,
        "depth": counts.depth,
        "inferred": [list(fact) for fact in stage.inferred],
    }


def _layer(graph: Graph, layer: Layer, counts: Sequence[Counts], source: Source | None) -> Facts:
    node, own = graph.nodes[layer[0]], counts[layer[0]]
    return {
        "name": node.name,
        "op": node.op.replace("_", " "),
        "settings": [list(pair) for pair in settings_of(graph, layer[0])],
        "inputs": [_shape(shape) for shape in graph.input_shapes(node)],
        "output": _shape(node.shape),
        "params": own.trainable,
        "total": own.total,
        "macs": own.macs,
        "row": node.stage,
        "names": [graph.nodes[i].name for i in layer[:_MOST_NAMES]],
        "times": len(layer),
        "place": _place(node, source),
    }


def _shape(shape: Sequence[int] | None) -> str:
    return "×".join(map(str, shape)) if shape else ""


def _place(node: Node, source: Source | None) -> list[int]:
    """Return line, first column and the column behind the end of a layer's words, all from 1; nothing where
    they are not known or not in one line."""
    if source is None or not node.origin:
        return []
    (line, start), (last, end) = (source.position(offset) for offset in node.origin[0])
    return [line, start, end] if line == last else []


def _excerpt(source: Source | None, rows: Sequence[int]) -> Facts:
    """Return the text around a table: all of it where it is short, else the lines of its rows."""
    if source is None:
        return {"file": "", "first": 1, "lines": []}
    low, high = 1, len(source.starts) - (not source.line(len(source.starts)))
    if high > _MOST_LINES:
        low, high = min(rows, default=1), max(rows, default=1)
    lines = list(_lines(source, low, min(high, low + _MOST_LINES - 1)))
    return {"file": source.path.replace("\\", "/").rpartition("/")[2], "first": low, "lines": lines}


def _lines(source: Source, low: int, high: int) -> Iterator[str]:
    for number in range(low, high + 1):
        yield source.line(number)[:_LONGEST]
