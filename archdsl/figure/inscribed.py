"""A chain of layers that stands several times in blocks -> its card, with what the uses choose left open."""

from collections.abc import Sequence

from archdsl.figure.collapse import Body, Wiring, shown
from archdsl.figure.inside import contents
from archdsl.figure.merge import merge_group
from archdsl.figure.parts import Group
from archdsl.figure.pills import Cell, Pill, shape_label
from archdsl.figure.units import Unit
from archdsl.graph.graph import Graph


def unit_group(graph: Graph, unit: Unit) -> Group:
    """Return the card of a chain: `k×k` where windows differ, `/s` where strides do, no channels where those
    do."""
    wiring = Wiring(graph, {}, {}, set())
    uses = [shown(graph, use) for use in unit.uses]
    inside = contents(wiring, merge_group(wiring, [Body(tuple(uses[0]), (), uses[0][-1])]))
    places = iter(zip(*uses, strict=True))
    steps = tuple(
        step._replace(cells=tuple(_open(graph, cell, next(places)) for cell in step.cells), layers=())
        if isinstance(step, Pill)
        else step
        for step in inside.steps
    )
    return Group("", 1, "", (), steps, inside.arcs, unit.name, unit.name)


def _open(graph: Graph, cell: Cell, nodes: Sequence[int]) -> Cell:
    """Leave open what differs between the uses of a layer."""
    chosen = {
        name: {repr(graph.nodes[i].params.get(name)) for i in nodes}
        for name in ("kernel", "stride", "channels")
    }
    window = graph.nodes[nodes[0]].params.get("kernel", ())
    if len(chosen["kernel"]) > 1:
        cell = cell._replace(text=cell.text.replace(shape_label(window), "×".join("k" * len(window)), 1))
    if len(chosen["stride"]) > 1:
        cell = cell._replace(note="/s")
    return cell._replace(detail="") if len(chosen["channels"]) > 1 else cell
