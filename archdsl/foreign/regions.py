"""A graph of one trunk -> its elements in order: single layers, and regions that branch and join again."""

from collections.abc import Iterable, Mapping, Set
from types import MappingProxyType
from typing import NamedTuple, Protocol

from archdsl.foreign.far import far
from archdsl.graph.graph import Graph
from archdsl.ops import OPS

_WHILE_TRAINING = ("dropout", "drop_path")


class Named(Protocol):
    """Nodes that have words of their own: `[start, stop)`, by the first of them."""

    @property
    def stop(self) -> int:
        """The node behind the last one."""


NOTHING: Mapping[int, Named] = MappingProxyType({})


class Element(NamedTuple):
    """Nodes `[start, stop)`; several are a region, whose value is that of the last one."""

    start: int
    stop: int


def elements(graph: Graph, apart: Iterable[int] = (), named: Mapping[int, Named] = NOTHING) -> list[Element]:
    """Part a graph at the nodes that every way passes; an activation behind a sum belongs to the region.

    Values that are read from far, and those `apart`, are read by their names: no way is theirs. Nodes that
    begin what has words of its own are `named`.
    """
    known = far(graph, apart)
    cuts = _cuts(graph, known)
    found: list[Element] = []
    start = 0
    for cut in cuts:
        found.append(Element(start, cut + 1))
        start = cut + 1
    return _alike(graph, _finished(graph, found, known), known, named)


def _alike(graph: Graph, found: list[Element], known: Set[int], named: Mapping[int, Named]) -> list[Element]:
    """Join elements that are a residual block without its sum: the block that changes the size of the map."""
    bodies = {_body(graph, one) for one in found}
    bodies = {body for body in bodies if sum(OPS[op].weighted for op in body) > 1}
    done: list[Element] = []
    at = 0
    while at < len(found):
        stop = max((stop for body in bodies if (stop := _end(graph, found, at, body))), default=at + 1)
        ended = not known.isdisjoint(range(found[at].start, found[stop - 1].stop - 1))
        end = found[stop - 1].stop
        if ended or any(named[one.start].stop >= end for one in found[at:stop] if one.start in named):
            stop = at + 1
        done.append(Element(found[at].start, found[stop - 1].stop))
        at = stop
    return done


def _body(graph: Graph, one: Element) -> tuple[str, ...]:
    """Return the ops of a block that is added to its input, without the sum; none of another one."""
    last = graph.nodes[one.stop - 1]
    if last.op != "add" or one.start - 1 not in last.inputs or one.start + 1 == one.stop:
        return ()
    ops = [graph.nodes[i].op for i in range(one.start, one.stop - 1)]
    return tuple(ops[:-1] if ops[-1] in _WHILE_TRAINING else ops)


def _end(graph: Graph, found: list[Element], at: int, body: tuple[str, ...]) -> int:
    """Return the element behind those that do what a body does, 0 where they do not."""
    start, stop = found[at].start, found[at].start + len(body)
    ops = tuple(node.op for node in graph.nodes[start:stop])
    if ops != body or not any(OPS[node.op].is_filter for node in graph.nodes[:start]):  # a stem is no block
        return 0
    return next((number + 1 for number in range(at, len(found)) if found[number].stop == stop), 0)


def _cuts(graph: Graph, known: Set[int]) -> list[int]:
    """Find the nodes that are read from behind them alone: no edge leads past them but of known values."""
    farthest = [0] * len(graph.nodes)
    for i, node in enumerate(graph.nodes):
        for j in node.inputs:
            farthest[j] = j if j in known else max(farthest[j], i)
    for i in set(graph.outputs) - known:
        farthest[i] = len(graph.nodes)
    cuts, reach = [], 0
    for i in range(len(graph.nodes)):
        if reach <= i:
            cuts.append(i)
        reach = max(reach, farthest[i])
    return cuts


def _finished(graph: Graph, found: list[Element], known: Set[int]) -> list[Element]:
    done: list[Element] = []
    for element in found:
        last = done[-1] if done else None
        activates = element.stop - element.start == 1 and graph.nodes[element.start].op == "activation"
        if last and activates and last.stop - 1 not in known and _is_sum(graph, last):
            done[-1] = Element(last.start, element.stop)
        else:
            done.append(element)
    return done


def _is_sum(graph: Graph, element: Element) -> bool:
    return element.stop - element.start > 1 and graph.nodes[element.stop - 1].op == "add"


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
