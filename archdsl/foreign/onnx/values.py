"""What a value of an ONNX graph is in a graph of ours: a node, and which of its axes each axis stands for.

ONNX has no layout: where the channels are, the operators tell. So a transposition changes only which axis is
which, and none is left where a network was written channels first, channels last, or both.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.onnx.program import Step
from archdsl.graph.graph import Node, Shape
from archdsl.ops import OPS, ShapeFault
from archdsl.source import Span

if TYPE_CHECKING:
    import numpy as np

_NOWHERE = Span(0, 0)


class Value(NamedTuple):
    """A node, and for each axis behind the batch the axis of the node, None where it has one position only.

    `mixed` is the map that was flattened with its channels first, where the values are still in that order.
    `edge` counts what stands before and behind each spatial axis without counting in a maximum.
    """

    node: int
    order: tuple[int | None, ...]
    mixed: Shape = ()
    edge: tuple[tuple[int, int], ...] = ()


class Maker:
    """The nodes so far, their names, and their weights in Keras' axes; `batch` is the number that stands for
    the batch, `counts` say how often each value of the file is read."""

    def __init__(self, batch: int, counts: Mapping[str, int]) -> None:
        self.batch = batch
        self.counts = counts
        self._taken: set[str] = set()
        self.nodes: list[Node] = []
        self.layers: list[str] = []
        self.weights: dict[int, tuple[np.ndarray, ...]] = {}
        self.notes: set[str] = set()

    def add(
        self,
        step: Step,
        op: str,
        params: dict[str, Any],
        inputs: Sequence[int],
        weights: "Sequence[np.ndarray]" = (),
    ) -> int:
        """Append a node; raise Unsaid where it cannot take what it reads."""
        try:
            shape = OPS[op].shape(params, tuple(self.nodes[i].shape for i in inputs))
        except ShapeFault as fault:
            raise Unsaid(step.name, str(fault)) from None
        name = step.name if step.name not in self._taken else f"{step.name}/{op}{len(self.nodes)}"
        self._taken.add(name)
        self.nodes.append(Node(op, params, tuple(inputs), shape, name, 0, (), "main", (_NOWHERE, _NOWHERE)))
        self.layers.append(step.name)
        if weights:
            self.weights[len(self.nodes) - 1] = tuple(weights)
        return len(self.nodes) - 1

    def alone(self, step: Step) -> bool:
        """Return whether nothing else reads the values that a step reads."""
        return all(self.counts[name] == 1 for name in step.inputs if name)

    def shape(self, value: Value) -> Shape:
        """Return the shape of the node of a value."""
        return self.nodes[value.node].shape

    def sizes(self, value: Value) -> Shape:
        """Return the shape that ONNX gives a value, without the batch."""
        shape = self.shape(value)
        return tuple(1 if axis is None else shape[axis] for axis in value.order)

    def pointwise(
        self, step: Step, op: str, params: dict[str, Any], value: Value, weights: "Sequence[np.ndarray]" = ()
    ) -> Value:
        """Append a node that leaves all axes where they are."""
        return value._replace(node=self.add(step, op, params, (value.node,), weights))


def first(rank: int) -> tuple[int, ...]:
    """Return the order of a value whose channels come first."""
    return (rank - 1, *range(rank - 1))


def last(rank: int) -> tuple[int, ...]:
    """Return the order of a value whose channels come last."""
    return tuple(range(rank))


def plain(maker: Maker, value: Value) -> bool:
    """Return whether the values of a node stand in memory as ONNX has them."""
    order = [axis for axis, size in zip(value.order, maker.sizes(value), strict=True) if size > 1]
    return order == sorted(order, key=lambda axis: -1 if axis is None else axis) and not value.mixed


def along(maker: Maker, value: Value, axis: int) -> int | None:
    """Return the axis of the node that an axis of ONNX (0 is the batch) stands for."""
    at = axis if axis >= 0 else len(value.order) + 1 + axis
    return value.order[at - 1] if 1 <= at <= len(value.order) else None


def is_channels(maker: Maker, value: Value, axis: int) -> bool:
    """Return whether an axis of ONNX is that of the channels."""
    return along(maker, value, axis) == len(maker.shape(value)) - 1
