"""Which values of a graph end a row, so that others can name them, and which rows do again what others do."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archdsl.foreign.again import Again, agains, is_tied
from archdsl.foreign.far import far
from archdsl.foreign.regions import Element, Named, elements
from archdsl.graph.graph import Graph
from archdsl.ops import OPS


class Apart(NamedTuple):
    """The values that end a row, and the runs that apply layers again, each of which is a row."""

    values: frozenset[int]
    again: tuple[Again, ...]

    def whole(self) -> list[Element]:
        """Return the runs of nodes that are one row each: those applied again, and what they repeat."""
        spans = [(start, one.stop - one.start) for one in self.again for start in (one.start, one.first)]
        return [Element(start, start + length) for start, length in spans]


def apart(graph: Graph, named: Mapping[int, Named]) -> Apart:
    """Find the values that end a row of a graph, some of whose nodes have words of their own."""
    values = far(graph)
    while True:
        again = [one for one in agains(graph, values) if not _within(one, named)]
        more = {*_bounds(again), *_inside(graph, values, named), *_turned(graph, values)}
        found = far(graph, {*values, *more, *_tied(graph, values)})
        if found == values:
            return Apart(values, tuple(again))
        values = found


def _within(one: Again, named: Mapping[int, Named]) -> bool:
    """Return whether a run and what it repeats have words together."""
    return any(start <= one.first and one.stop <= match.stop for start, match in named.items())


def _bounds(again: list[Again]) -> Iterator[int]:
    for one in again:
        for start in (one.start, one.first):
            yield from (start - 1, start + one.stop - one.start - 1)


def _inside(graph: Graph, values: frozenset[int], named: Mapping[int, Named]) -> Iterator[int]:
    """Return the values within regions that read several from outside, which no block can be made of."""
    for one in elements(graph, values, named):
        read = {j for i in range(one.start, one.stop) for j in graph.nodes[i].inputs if j < one.start}
        said = any(start <= one.start and one.stop <= match.stop for start, match in named.items())
        if one.stop - one.start > 1 and len(read) > 1 and not said:
            yield from read
            for i in range(one.start, one.stop - 1):
                if any(i in node.inputs for node in graph.nodes[i + 2 : one.stop]):
                    yield i


def _tied(graph: Graph, values: frozenset[int]) -> Iterator[int]:
    """Return the embeddings that a layer in the same row would be tied to: it names another row."""
    for i, node in enumerate(graph.nodes):
        if is_tied(graph, i) and values.isdisjoint(range(node.shares, i)):
            yield node.shares


def _turned(graph: Graph, values: frozenset[int]) -> Iterator[int]:
    """Return the values that the node behind them reads in a later place, of those that joins are made of."""
    for i, node in enumerate(graph.nodes):
        others = set(node.inputs) - {i - 1}
        turned = not OPS[node.op].commutes and others and node.inputs[0] != i - 1 in node.inputs
        if turned and values.issuperset(others):
            yield i - 1
