"""A run of nodes as a network of its own, and a line of a spec compiled as one, so that the two can be
compared."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from archdsl.compare.canonical import Numbers, canonical
from archdsl.foreign.order import ordered
from archdsl.foreign.padding import settled
from archdsl.foreign.words import text
from archdsl.graph.graph import Graph, Node, Shape, Stage
from archdsl.pipeline import unexplained
from archdsl.source import Source, Span

OTHER = "other"  # what a value that is read by its name is called, with its number
_NOWHERE = Span(0, 0)
_INPUT = Node("input", {}, (), (), "input", -1, (), "main", (_NOWHERE, _NOWHERE))


class Run(NamedTuple):
    """Nodes `[start, stop)` that go on from one value, read `others`, which have names, and hand on their
    last one only."""

    start: int
    stop: int
    source: int
    others: tuple[int, ...] = ()


def run(
    graph: Graph, start: int, stop: int, readers: Sequence[Sequence[int]], known: frozenset[int] = frozenset()
) -> Run | None:
    """Return the run of these nodes, None where they are none; `known` are values that have names."""
    outer = dict.fromkeys(i for node in graph.nodes[start:stop] for i in node.inputs if i < start)
    seen = any(max(readers[i], default=i) >= stop for i in range(start, stop - 1))
    source = graph.nodes[start].inputs[0] if graph.nodes[start].inputs else -1
    others = tuple(i for i in outer if i != source)
    if not outer or seen or any(start <= i < stop - 1 for i in graph.outputs):
        return None
    return Run(start, stop, source, others) if known.issuperset(others) else None


def cut(graph: Graph, one: Run) -> Graph:
    """Return a run as a network; what drops paths while training is left out of it."""
    read = (one.source, *one.others)
    shapes = [graph.nodes[i].shape for i in read]
    nodes = [_INPUT._replace(shape=shape, params={"shape": shape}) for shape in shapes]
    place = {old: new for new, old in enumerate(read)}
    for i in range(one.start, one.stop):
        node = graph.nodes[i]
        if node.op == "drop_path":
            place[i] = place[node.inputs[0]]
            continue
        place[i] = len(nodes)
        inputs, shares = tuple(place[j] for j in node.inputs), place.get(node.shares, -1)
        nodes.append(node._replace(inputs=inputs, stage=0, frames=(), shares=shares))
    stage = Stage("net", "", None, 0, len(nodes), _NOWHERE, 1, "", ())
    return Graph("net", "plain", tuple(nodes), (stage,), tuple(range(len(read))), (place[one.stop - 1],))


@lru_cache(maxsize=20_000)
def compiled(
    lines: tuple[str, ...], entering: Shape, row: str, others: tuple[Shape, ...] = ()
) -> Graph | None:
    """Compile one row for maps of a size, in the order of decompiled graphs; None where it has errors.

    `others` are the shapes of values that the row reads by the names `other1`, `other2`.
    """
    names = [f"input {OTHER}{number}: {text(shape)}" for number, shape in enumerate(others, 1)]
    first = f"input entering: {text(entering)}" if others else f"input {text(entering)}"
    said = "\n".join((first, *names, *lines, row))
    found = unexplained(Source("piece.arch", said))
    graph = found.compiled[0].graph if found.compiled and not found.failed else None
    begin = 1 + len(others)
    if graph is None or len(graph.outputs) != 1 or len(graph.nodes) <= begin:
        return None
    return settled(ordered(cut(graph, Run(begin, len(graph.nodes), 0, tuple(range(1, begin))))))


def same(one: Graph, other: Graph) -> bool:
    """Return whether two networks compute the same."""
    if one.nodes[one.outputs[0]].shape != other.nodes[other.outputs[0]].shape:
        return False
    numbers = Numbers()
    first, second = (set(numbers.network(canonical(graph))) for graph in (one, other))
    return first == second


def ops(graph: Graph) -> tuple[str, ...]:
    """Return the ops of a network in order, but for its input."""
    return tuple(node.op for node in graph.nodes if node.op != "input")
