"""A network and the columns of a comparison -> which columns feed which, as its graph has it."""

from collections.abc import Sequence
from typing import NamedTuple

from archdsl.graph.graph import Graph
from archdsl.graph.padding import unmasked


class Wire(NamedTuple):
    """An edge from the box of a column to that of a later one."""

    tail: int
    head: int


def wires(graph: Graph, lines: Sequence[int]) -> list[Wire]:
    """List the edges between columns, each once; `lines` are the lines of their rows (0: there is none), and
    the input comes first. A column may stand for several rows."""
    first = {line: column for column, line in enumerate(lines) if line}
    columns: list[int] = []
    for stage in graph.stages:
        columns.append(first.get(stage.line, columns[-1] if columns else 0))
    owner = [columns[node.stage] if node.stage >= 0 else 0 for node in graph.nodes]
    nodes = enumerate(unmasked(graph).nodes)
    found = {Wire(owner[source], owner[i]) for i, node in nodes for source in node.inputs}
    return sorted(wire for wire in found if wire.tail != wire.head)


def moved(found: Sequence[Wire], places: Sequence[int]) -> tuple[Wire, ...]:
    """Return the edges between columns that were put together; `places` says where each column went."""
    told = {Wire(places[wire.tail], places[wire.head]) for wire in found}
    return tuple(sorted(wire for wire in told if wire.tail != wire.head))
