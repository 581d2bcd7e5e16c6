"""The values of a graph that a person would give a name: they are read from far behind.

Such are the ends of a network that has several, what several heads go on from, what an encoder hands over to
the layers that grow its maps again. Where none is, a network is a trunk of regions.
"""

from collections.abc import Iterable, Iterator
from math import prod

from archdsl.compare.canonical import one_position
from archdsl.graph.graph import Graph
from archdsl.ops import OPS


def far(graph: Graph, more: Iterable[int] = ()) -> frozenset[int]:
    """Return the values that need a name, and those in `more`."""
    ends = {*graph.inputs, *graph.outputs} if len(graph.inputs) + len(graph.outputs) > 2 else set()
    found = {*ends, *more, *_skips(graph)}
    if not found:
        return frozenset()
    last = _last_readers(graph)
    waiting = sorted(found)
    while waiting:
        at = waiting.pop()
        crossing = {i for i in range(at) if last[i] > at} - found
        found |= crossing
        waiting += sorted(crossing)
        waiting += [i - 1 for i in _begins(graph, found) if i - 1 not in found]
        found.update(waiting)
    return frozenset(found)


def _begins(graph: Graph, found: set[int]) -> Iterator[int]:
    """Return the nodes that begin anew: they read far values alone, and not the one before them."""
    for i, node in enumerate(graph.nodes):
        if node.inputs and i - 1 not in node.inputs and found.issuperset(node.inputs):
            yield i


def _last_readers(graph: Graph) -> list[int]:
    last = list(range(len(graph.nodes)))
    for i, node in enumerate(graph.nodes):
        for j in node.inputs:
            last[j] = i
    return last


def _skips(graph: Graph) -> Iterator[int]:
    """Return the maps that wait for others to shrink and to grow again, as in a U."""
    if not any(_grows(graph, i) for i in range(len(graph.nodes))):
        return
    last = _last_readers(graph)
    for i in range(len(graph.nodes)):
        passed = range(i + 1, last[i])
        size = _size(graph, i)
        shrinks = any(1 < _size(graph, j) < size for j in passed)
        if shrinks and any(_grows(graph, j) for j in (*passed, last[i])):
            yield i


def _grows(graph: Graph, i: int) -> bool:
    """Return whether a node makes a larger map of a map."""
    op = OPS[graph.nodes[i].op]
    grows = op.grows or op.family == "resize"
    return grows and _size(graph, i) > max(_size(graph, j) for j in graph.nodes[i].inputs) > 1


def _size(graph: Graph, i: int) -> int:
    shape = graph.nodes[i].shape
    return 1 if one_position(shape) else prod(shape[:-1])
