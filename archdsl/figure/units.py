"""Named blocks that stand several times in another block -> one pill each, and what is in it drawn once.

A cell of NASNet has the same chain of layers five times. Its nodes are marked as those of an attention are;
the last one stands for all, under the name of the block and the window that tells the uses apart.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from archdsl.figure.attention import UNIT, WITHIN
from archdsl.graph.graph import Graph
from archdsl.ops import OPS

_LEAST = 2  # layers with weights that a chain needs, and times that it stands in one block
_OPEN = ("kernel", "stride", "channels", "padding")  # what a use may choose


class Unit(NamedTuple):
    """A chain of layers that stands several times in a block: its name, and the nodes of each use."""

    name: str
    uses: tuple[tuple[int, ...], ...]


def units(graph: Graph) -> list[Unit]:
    """Find the chains of named blocks that stand several times in one block."""
    users = Counter(source for node in graph.nodes for source in node.inputs)
    found: dict[object, list[tuple[int, ...]]] = {}
    often: Counter[object] = Counter()
    for _, run in groupby(range(len(graph.nodes)), lambda i: (graph.nodes[i].stage, graph.nodes[i].frames)):
        ids = tuple(run)
        frames = graph.nodes[ids[0]].frames
        if len(frames) > 1 and frames[-1].name and frames[-1].count == 1 and _chain(graph, users, ids):
            key = (frames[-1].name, *(_look(graph, i) for i in ids))
            found.setdefault(key, []).append(ids)
            often[key, graph.nodes[ids[0]].stage, frames[:-1]] += 1
    several = {place[0] for place, count in often.items() if count >= _LEAST}  # type: ignore[index]
    return [Unit(str(key[0]), tuple(uses)) for key, uses in found.items() if key in several]  # type: ignore[index]


def folded(graph: Graph, found: Sequence[Unit]) -> Graph:
    """Return a graph in which the last node of each use stands for all of it."""
    nodes = list(graph.nodes)
    for unit in found:
        for use in unit.uses:
            for i in use:
                nodes[i] = nodes[i]._replace(branch=WITHIN if i != use[-1] else f"{UNIT}{unit.name}")
    return graph._replace(nodes=tuple(nodes))


def _chain(graph: Graph, users: Counter[int], ids: Sequence[int]) -> bool:
    """Return whether nodes follow each other, with nothing else that reads what is inside."""
    nodes = [graph.nodes[i] for i in ids]
    linked = all(graph.nodes[i].inputs == (i - 1,) and users[i - 1] == 1 for i in ids[1:])
    own = all(node.shares < 0 and node.branch == "main" for node in nodes)
    return linked and own and sum(OPS[node.op].weighted for node in nodes) > _LEAST


def _look(graph: Graph, i: int) -> object:
    node = graph.nodes[i]
    return node.op, *sorted((name, repr(value)) for name, value in node.params.items() if name not in _OPEN)
