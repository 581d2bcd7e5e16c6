"""Which part of the input a value of a map depends on: its receptive field, in theory, by the windows passed.

Gates (squeeze-and-excitation) are left out, as is usual: through them every value depends on the whole input.
"""

from collections.abc import Sequence
from fractions import Fraction

from archdsl.graph.graph import Graph, Node
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.ops.windows import spread

# Ops without a window whose values depend on the same place alone; statistics of norms are left out, too.
_POINTWISE = ("norm", "activation", "regularisation")


class Field(NamedTuple):
    """Positions of the input along each spatial axis: the `size` that a value sees, and the `step` from one
    value to the next."""

    size: tuple[Fraction, ...]
    step: tuple[Fraction, ...]


def fields(graph: Graph) -> list[Field | None]:
    """Return the field behind each node; None where a value depends on the whole input, or has no axes."""
    found: list[Field | None] = []
    gates: list[bool] = []  # what a product scales its other input by
    for node in graph.nodes:
        rank = len(node.shape) - 1
        gates.append(node.branch == "gate" or (bool(node.inputs) and all(gates[i] for i in node.inputs)))
        seen = [found[i] for i in node.inputs if gates[-1] or not gates[i]]
        if not node.inputs:
            found.append(Field((Fraction(1),) * rank, (Fraction(1),) * rank) if rank else None)
        else:
            found.append(_behind(graph, node, _joined(seen)))
    return found


def _joined(seen: Sequence[Field | None]) -> Field | None:
    """Return the largest of the fields that flow into a node."""
    known = [field for field in seen if field is not None]
    if len(known) < len(seen) or not known:
        return None
    if len({len(field.size) for field in known}) > 1:
        return None
    sizes = zip(*(field.size for field in known), strict=True)
    steps = zip(*(field.step for field in known), strict=True)
    return Field(tuple(max(size) for size in sizes), tuple(max(step) for step in steps))


def _behind(graph: Graph, node: Node, field: Field | None) -> Field | None:
    """Return the field behind an op."""
    if field is None or len(node.shape) - 1 != len(field.size) or not _keeps_places(node):
        return None
    windows = _windows(graph, node, len(field.size))
    axes = list(zip(field.size, field.step, windows, strict=True))
    sizes = tuple(size + (window - 1) * step for size, step, (window, _) in axes)
    return Field(sizes, tuple(step * stride for _, step, (_, stride) in axes))


def _keeps_places(node: Node) -> bool:
    """Return whether an op that keeps the axes makes a value of those around its place; attention takes all.

    A dense layer that keeps them is one at each position.
    """
    op = OPS[node.op]
    return op.takes_stride or op.collapses or op.family in _POINTWISE or op.sees != ""


def _windows(graph: Graph, node: Node, rank: int) -> list[tuple[int, Fraction]]:
    """Return for each axis of how many values of the input one of the output is made, and the step to the
    next."""
    op, params = OPS[node.op], node.params
    if op.sees == "part":
        parts = [n // size for n, size in zip(graph.input_shapes(node)[0], node.shape[:-1], strict=False)]
        return [(part, Fraction(part)) for part in parts]
    strides = params["stride"] if op.takes_stride else (1,) * rank
    kernels = [spread(params, axis) if type(params.get("kernel")) is tuple else 1 for axis in range(rank)]
    if not op.grows:
        return [(kernel, Fraction(stride)) for kernel, stride in zip(kernels, strides, strict=True)]
    blended = params.get("interpolation", "nearest") != "nearest"
    return [
        (2 if blended else max(-(-kernel // stride), 1), Fraction(1, stride))
        for kernel, stride in zip(kernels, strides, strict=True)
    ]
