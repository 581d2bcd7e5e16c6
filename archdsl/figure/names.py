"""A row -> what it is called in a figure, where the table prints no name."""

from collections.abc import Iterable, Sequence

from archdsl.figure.collapse import Bracket
from archdsl.figure.pills import main_layer
from archdsl.figure.trunk import Row
from archdsl.graph.graph import Graph
from archdsl.ops import OPS

NAME_LIMIT = 44


def block_name(row: Row) -> str:
    """Return what the first blocks of a row are called; empty for a row without any."""
    return next((part.name or "block" for part in row.body.parts if isinstance(part, Bracket)), "")


def layer_name(graph: Graph, ids: Iterable[int]) -> str:
    """Return the name of the layer that stands for others: `3×3 conv`."""
    node = main_layer(graph, ids)
    return OPS[node.op].label(node.params)


def row_name(graph: Graph, row: Row) -> str:
    """Name a row as printed, by its block or by its layer; a bare number stands in front of those."""
    label = row.stage.label
    if label and not label.isdigit():
        return label
    return f"{label} {block_name(row) or layer_name(graph, row.ids)}".strip()


def card_name(graph: Graph, row: Row, ids: Sequence[int], layers: Sequence[str]) -> str:
    """Name the card of a row that prints no name by the layers that stand in it, or where those take more
    than a heading, by what it is."""
    if len(layers) == 1 and len(layers[0]) <= NAME_LIMIT and not block_name(row):
        return layers[0]
    if graph.nodes[ids[0]].branch == "aux":
        return "auxiliary head"
    return (block_name(row) or layer_name(graph, ids)) if layers else row.stage.name
