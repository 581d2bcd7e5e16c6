"""Layers that a graph applies more than once -> runs of nodes that do again what another run does: rows, and
`reuse` of them."""

from collections.abc import Iterator
from typing import NamedTuple

from archdsl.graph.graph import Graph
from archdsl.ops import OPS


class Again(NamedTuple):
    """Nodes `[start, stop)` that apply the layers of as many nodes from `first` on."""

    start: int
    stop: int
    first: int


def agains(graph: Graph, apart: frozenset[int]) -> list[Again]:
    """Return the runs that apply layers again; none passes a value that is in `apart`, on either side.

    A run that would begin or end within another one is cut where that one is, so that each is a row.
    """
    cuts = {*apart}
    while True:
        found = list(_runs(graph, cuts))
        more = set(_bounds(found)) - cuts
        if not more:
            return found
        cuts |= more


def _bounds(found: list[Again]) -> Iterator[int]:
    """Return the last node before each run, and its last one, on both sides."""
    for one in found:
        length = one.stop - one.start
        for start in (one.start, one.first):
            yield start - 1
            yield start + length - 1


def _runs(graph: Graph, cuts: set[int]) -> Iterator[Again]:
    at = 0
    while at < len(graph.nodes):
        first = graph.nodes[at].shares
        if first < 0 or not _weights(graph, at) or is_tied(graph, at):
            at += 1
            continue
        stop = at + 1
        while _goes_on(graph, at, stop, first, cuts):
            stop += 1
        yield Again(at, stop, first)
        at = stop


def _goes_on(graph: Graph, start: int, at: int, first: int, cuts: set[int]) -> bool:
    """Return whether a node does to the run before it what its counterpart does."""
    other = first + at - start
    if at >= len(graph.nodes) or other >= start or at - 1 in cuts or other - 1 in cuts:
        return False
    mine, theirs = graph.nodes[at], graph.nodes[other]
    if (mine.op, mine.params) != (theirs.op, theirs.params) or len(mine.inputs) != len(theirs.inputs):
        return False
    own = mine.shares < 0 or mine.shares not in (other, theirs.shares)
    if own and _weights(graph, at):
        return False
    return mine.inputs == tuple(_moved(graph, j, start, first) for j in theirs.inputs)


def _moved(graph: Graph, read: int, start: int, first: int) -> int:
    """Return what a run reads where the one that it repeats reads a value: its own, what it goes on from, or
    the same value."""
    if read >= first:
        return read - first + start
    return graph.nodes[start].inputs[0] if read == graph.nodes[first].inputs[0] else read


def is_tied(graph: Graph, i: int) -> bool:
    """Return whether a node applies the weights of another kind of layer: the matrix of an embedding."""
    node = graph.nodes[i]
    return node.shares >= 0 and graph.nodes[node.shares].op != node.op


def _weights(graph: Graph, i: int) -> bool:
    node = graph.nodes[i]
    return bool(OPS[node.op].weights(node.params, graph.input_shapes(node)))
