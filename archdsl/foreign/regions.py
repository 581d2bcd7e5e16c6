"""A graph of one trunk -> its elements in order: single layers, and regions that branch and join again."""

from typing import NamedTuple

from archdsl.graph.graph import Graph
from archdsl.ops import OPS


class Element(NamedTuple):
    """Nodes `[start, stop)`; several are a region, whose value is that of the last one."""

    start: int
    stop: int


def elements(graph: Graph) -> list[Element]:
    """Part a graph at the nodes that every way passes; an activation behind a sum belongs to the region."""
    cuts = _cuts(graph)
    found: list[Element] = []
    start = 0
    for cut in cuts:
        found.append(Element(start, cut + 1))
        start = cut + 1
    return _finished(graph, found)


def _cuts(graph: Graph) -> list[int]:
    """Find the nodes that are read from behind them alone: no edge leads past them."""
    farthest = [0] * len(graph.nodes)
    for i, node in enumerate(graph.nodes):
        for j in node.inputs:
            farthest[j] = max(farthest[j], i)
    for i in graph.outputs:
        farthest[i] = len(graph.nodes)
    cuts, reach = [], 0
    for i in range(len(graph.nodes)):
        if reach <= i:
            cuts.append(i)
        reach = max(reach, farthest[i])
    return cuts


def _finished(graph: Graph, found: list[Element]) -> list[Element]:
    done: list[Element] = []
    for element in found:
        single = element.stop - element.start == 1
        last = done[-1] if done else None
        if (
            last
            and single
            and graph.nodes[element.start].op == "activation"
            and last.stop - last.start > 1
            and graph.nodes[last.stop - 1].op == "add"
        ):
            done[-1] = Element(last.start, element.stop)
        else:
            done.append(element)
    return done


def beside(graph: Graph, element: Element) -> set[int]:
    """Return the nodes of a region that only the shorter ways to its sum pass: its shortcut."""
    sums = [i for i in range(element.start, element.stop) if graph.nodes[i].op == "add"]
    if not sums:
        return set()
    ways = [_behind(graph, i, element.start) for i in graph.nodes[sums[-1]].inputs]
    main = max(ways, key=lambda way: sum(OPS[graph.nodes[i].op].weighted for i in way))
    return {i for way in ways if way is not main for i in way} - main


def _behind(graph: Graph, end: int, start: int) -> set[int]:
    """Return the nodes of a region that a value depends on, with itself."""
    found: set[int] = set()
    waiting = [end]
    while waiting:
        i = waiting.pop()
        if i >= start and i not in found:
            found.add(i)
            waiting += graph.nodes[i].inputs
    return found
