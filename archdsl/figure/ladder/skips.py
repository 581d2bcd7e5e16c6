"""Graph -> how coarse each map is, and the long skips from an encoder to a decoder."""

from fractions import Fraction
from math import prod

from archdsl.graph.graph import Graph
from archdsl.graph.receptive import fields
from archdsl.ops import OPS

Skip = tuple[int, int]  # the node that is read again, and the one that joins it with what was enlarged


def coarseness(graph: Graph) -> list[Fraction]:
    """Return for each node how many positions of the input lie between two of its own (along all axes
    together); where that cannot be said, as for what was read."""
    found: list[Fraction] = []
    for node, field in zip(graph.nodes, fields(graph), strict=True):
        inherited = found[node.inputs[0]] if node.inputs else Fraction(1)
        found.append(prod(field.step, start=Fraction(1)) if field else inherited)
    return found


def long_skips(graph: Graph, coarse: list[Fraction]) -> list[Skip]:
    """List the skips that are joined with an enlarged map, each way to the join being a chain."""
    readers = graph.readers()
    found: list[Skip] = []
    for i, node in enumerate(graph.nodes):
        if OPS[node.op].family != "merge":
            continue
        starts = [_start(graph, readers, coarse, source) for source in node.inputs]
        if any(start is None for start in starts):
            found += [(start, i) for start in starts if start is not None and coarse[start] == coarse[i]]
    return found


def _start(graph: Graph, readers: list[list[int]], coarse: list[Fraction], source: int) -> int | None:
    """Follow a chain back to the node that others read, too; None where the chain enlarges its map."""
    while len(readers[source]) == 1 and len(graph.nodes[source].inputs) == 1:
        before = graph.nodes[source].inputs[0]
        if coarse[before] > coarse[source]:
            return None
        source = before
    return source


def encodes_and_decodes(graph: Graph) -> bool:
    """Return whether a network makes its map smaller, then larger again with skips between equal sizes that
    nest."""
    if not any(OPS[node.op].grows for node in graph.nodes):
        return False
    coarse = coarseness(graph)
    return _nested(long_skips(graph, coarse), coarse)


def _nested(skips: list[Skip], coarse: list[Fraction]) -> bool:
    """Return whether one skip leads around another one between coarser maps."""
    return any(
        start < inner and end < join and coarse[start] < coarse[inner]
        for start, join in skips
        for inner, end in skips
    )
