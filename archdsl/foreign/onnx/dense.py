"""Products with constants: dense layers, at one position or at each."""

from typing import TYPE_CHECKING

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.onnx.program import Step
from archdsl.foreign.onnx.values import Maker, Value, is_channels

if TYPE_CHECKING:
    import numpy as np


def gemm(maker: Maker, step: Step, value: Value, kernel: "np.ndarray", *bias: "np.ndarray") -> Value:
    """Lower a product with a bias."""
    if step.said.get("transA") or step.said.get("alpha", 1.0) != 1 or step.said.get("beta", 1.0) != 1:
        raise Unsaid(step.name, "a product of another form than a dense layer's is not said")
    return dense(maker, step, value, kernel.T if step.said.get("transB") else kernel, *bias)


def dense(
    maker: Maker, step: Step, value: Value, kernel: "np.ndarray", *bias: "np.ndarray", axis: int = -1
) -> Value:
    """Append a dense layer over an axis, which must hold the channels."""
    if kernel.ndim != 2 or not is_channels(maker, value, axis):
        raise Unsaid(step.name, "a product over another axis than that of the channels is not said")
    kernel = unmixed(kernel, value)
    flat = tuple(one.reshape(-1) for one in bias if one is not None)
    params = {"channels": kernel.shape[1], "bias": bool(flat), "initializer": "glorot_uniform"}
    return Value(maker.add(step, "dense", params, (value.node,), (kernel, *flat)), value.order)


def product(maker: Maker, step: Step, one: Value, other: Value) -> Value:
    """Lower a product of two values, as attention has it; the second may be transposed."""
    rank = len(one.order)
    if one.order != tuple(range(rank)) or len(other.order) != rank:
        raise Unsaid(step.name, "a product of values in this order of their axes is not said")
    node = other.node
    if other.order != tuple(range(rank)):
        if other.order != (*range(rank - 2), rank - 1, rank - 2):
            raise Unsaid(step.name, "a product of values in this order of their axes is not said")
        node = maker.add(step, "transpose", {"order": None}, (node,))
    return Value(maker.add(step, "matmul", {}, (one.node, node)), one.order)


def unmixed(array: "np.ndarray", value: Value) -> "np.ndarray":
    """Return numbers for flat values whose channels came first in the order of those whose channels come
    last."""
    if not value.mixed:
        return array
    *sizes, channels = value.mixed
    rest = array.shape[1:]
    moved = array.reshape(channels, *sizes, *rest)
    return moved.transpose(*range(1, len(sizes) + 1), 0, *range(len(sizes) + 1, moved.ndim)).reshape(
        -1, *rest
    )


def added(maker: Maker, value: Value, bias: "np.ndarray") -> Value | None:
    """Make a constant behind a layer that nothing else reads its bias; None where it is none."""
    node = maker.nodes[value.node]
    if node.params.get("bias") is not False or not per_channel(maker, value, bias):
        return None
    maker.nodes[value.node] = node._replace(params={**node.params, "bias": True})
    maker.weights[value.node] = (*maker.weights[value.node], bias.reshape(-1))
    return value


def per_channel(maker: Maker, value: Value, numbers: "np.ndarray") -> bool:
    """Return whether constants are one for each channel."""
    channels = maker.shape(value)[-1]
    axes = [axis - numbers.ndim for axis, size in enumerate(numbers.shape) if size > 1]
    if channels == 1:
        return numbers.size == 1 and numbers.ndim > 0
    return numbers.size == channels and len(axes) == 1 and is_channels(maker, value, axes[0])
