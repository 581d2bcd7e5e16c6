"""The place of each layer with weights among the others: what is computed before it and behind it.

Layers without weights are passed over, so that two networks may differ in their activations or in a softmax
at the end.
"""

from collections.abc import Hashable
from typing import NamedTuple

from archdsl.foreign.slots import bare
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

_COMMUTATIVE = ("add", "multiply", "maximum", "average")


class Place(NamedTuple):
    """Numbers for what is before a layer (with itself) and for what is behind it."""

    before: int
    behind: int


class Numbers:
    """Gives equal things equal numbers; one instance serves both networks."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def places(self, graph: Graph) -> list[Place]:
        """Return the place of each node."""
        before = self._before(graph)
        behind = self._behind(graph, before)
        return [Place(*pair) for pair in zip(before, behind, strict=True)]

    def _before(self, graph: Graph) -> list[int]:
        found: list[int] = []
        for node in graph.nodes:
            read = [found[i] for i in node.inputs]
            own = _own(graph, node)
            if own is None and len(read) == 1:
                found.append(read[0])
                continue
            read = sorted(read) if node.op in _COMMUTATIVE else read
            found.append(self._number(("before", own or node.op, *read)))
        return found

    def _behind(self, graph: Graph, before: list[int]) -> list[int]:
        heard: list[list[int]] = [[] for _ in graph.nodes]
        for place, i in enumerate(graph.outputs):
            heard[i].append(self._number(("output", place)))
        found = [0] * len(graph.nodes)
        for i in reversed(range(len(graph.nodes))):
            node = graph.nodes[i]
            found[i] = self._number(("behind", *sorted(heard[i])))
            own = _own(graph, node)
            for place, j in enumerate(node.inputs):
                if own is None and len(node.inputs) == 1:
                    heard[j] += heard[i]
                    continue
                slot = 0 if node.op in _COMMUTATIVE else place
                heard[j].append(self._number(("reader", own or node.op, slot, before[i], found[i])))
        return found

    def _number(self, key: Hashable) -> int:
        return self._known.setdefault(key, len(self._known))


def _own(graph: Graph, node: Node) -> Hashable:
    """Return what a layer with weights shares only with layers of the same ones; None for other layers."""
    weights = OPS[node.op].weights(node.params, graph.input_shapes(node))
    return tuple(bare(weight.shape) for weight in weights) or None
