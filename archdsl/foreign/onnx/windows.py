"""Operators of ONNX with windows: convolutions, pools, zeros around a map."""

from math import prod
from typing import TYPE_CHECKING, Any

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.onnx.dense import dense
from archdsl.foreign.onnx.program import Step
from archdsl.foreign.onnx.values import Maker, Value, first
from archdsl.graph.graph import Shape
from archdsl.ops.windows import same_zeros

if TYPE_CHECKING:
    import numpy as np

Pairs = tuple[tuple[int, int], ...]


def conv(maker: Maker, step: Step, value: Value, kernel: "np.ndarray", *bias: "np.ndarray") -> Value:
    """Lower a convolution; one over a map of one position, or of one position of a sequence, is a dense
    layer."""
    rank, groups = kernel.ndim - 2, int(step.said.get("group", 1))
    alone = value.order[0] is not None and set(value.order[1:]) == {None}
    single = prod(kernel.shape[2:]) == groups == 1
    if single and (alone or rank == 1) and set(_numbers(step, "strides", rank, 1)) == {1}:
        own = value._replace(order=(0,)) if alone else value
        made = dense(maker, step, own, kernel.reshape(kernel.shape[:2]).T, *bias, axis=1)
        return made._replace(order=value.order)
    _must_be_map(maker, step, value, rank)
    params = _window(step, kernel.shape[2:]) | {"dilation": _numbers(step, "dilations", rank, 1)}
    around = _around(step, rank, params, maker.shape(value))
    node = _zeros(maker, step, value, params, "conv", around)
    entering, leaving = maker.shape(value)[-1], kernel.shape[0]
    params |= {"bias": bool(bias), "initializer": "glorot_uniform"}
    if groups == entering == leaving > 1 and rank < 3:
        moved = kernel.transpose(*range(2, rank + 2), 0, 1)
        return value._replace(node=maker.add(step, "depthwise", params, (node,), (moved, *bias)))
    params |= {"channels": leaving, "groups": groups}
    moved = kernel.transpose(*range(2, rank + 2), 1, 0)
    return value._replace(node=maker.add(step, "conv", params, (node,), (moved, *bias)))


def transposed(maker: Maker, step: Step, value: Value, kernel: "np.ndarray", *bias: "np.ndarray") -> Value:
    """Lower a transposed convolution: all its windows, and a crop of what ONNX leaves away."""
    rank = kernel.ndim - 2
    _must_be_map(maker, step, value, rank)
    dilation = _numbers(step, "dilations", rank, 1)
    if step.said.get("group", 1) != 1 or step.said.get("output_shape"):
        raise Unsaid(step.name, "a transposed convolution with groups or with a size of its own is not said")
    stride = _numbers(step, "strides", rank, 1)
    said = {"kernel": tuple(kernel.shape[2:]), "stride": stride, "padding": "valid", "dilation": dilation}
    params = said | {"channels": kernel.shape[1], "bias": bool(bias), "initializer": "glorot_uniform"}
    if set(dilation) == {1}:
        params.pop("dilation")
    moved = kernel.transpose(*range(2, rank + 2), 1, 0)
    node = maker.add(step, "conv_transpose", params, (value.node,), (moved, *bias))
    extra = _numbers(step, "output_padding", rank, 0)
    cut, full = _around(step, rank), maker.nodes[node].shape
    wanted = tuple(
        (n - 1) * s - low - high + (k - 1) * d + 1 + e
        for n, s, (low, high), k, d, e in zip(
            maker.shape(value), stride, cut, said["kernel"], dilation, extra, strict=False
        )
    )
    ends = tuple((low, n - low - size) for (low, _), n, size in zip(cut, full, wanted, strict=False))
    if any(high < 0 for _, high in ends):
        raise Unsaid(step.name, "its output is larger than all of its windows")
    if any(map(any, ends)):
        node = maker.add(step, "crop", {"amount": ends}, (node,))
    return value._replace(node=node)


def pool(maker: Maker, step: Step, value: Value) -> Value:
    """Lower a pool over windows; one of a single position is nothing."""
    kernel = tuple(step.said["kernel_shape"])
    op = "max_pool" if step.kind == "MaxPool" else "avg_pool"
    if set(value.order[1:]) == {None}:
        return value
    _must_be_map(maker, step, value, len(kernel))
    if set(_numbers(step, "dilations", len(kernel), 1)) != {1} or len(step.outputs) > 1:
        raise Unsaid(
            step.name, "a dilated pool, or one that hands on where its values come from, is not said"
        )
    params = _window(step, kernel)
    size, around = maker.shape(value)[:-1], _around(step, len(kernel), params, maker.shape(value))
    if value.edge:
        pairs = zip(around, value.edge, strict=True)
        around = tuple((low + before, high + behind) for (low, high), (before, behind) in pairs)
        value = value._replace(edge=())
    if step.said.get("ceil_mode"):
        around = _rounded_up(size, params, around)
    if kernel == size and not any(map(any, around)):
        name = op.replace("_pool", "")
        node = maker.add(step, f"global_{name}_pool", {}, (value.node,))
        return Value(node, (0, *(None,) * len(kernel)))
    if op == "avg_pool" and any(map(any, around)) and not step.said.get("count_include_pad"):
        _must_be_same(step, params, maker.shape(value), around)
        return value._replace(node=maker.add(step, op, params | {"padding": "same"}, (value.node,)))
    node = _zeros(maker, step, value, params, op, around)
    return value._replace(node=maker.add(step, op, params, (node,)))


def padded(maker: Maker, step: Step, value: Value, *given: "np.ndarray") -> Value:
    """Lower zeros around a map."""
    amounts = [int(n) for n in (given[0] if given else step.said.get("pads", ()))]
    fill = (
        float(given[1].reshape(-1)[0])
        if len(given) > 1 and given[1] is not None
        else step.said.get("value", 0)
    )
    rank = len(value.order) + 1
    axes = [int(n) % rank for n in given[2]] if len(given) > 2 else list(range(rank))
    lowest = fill < -1e30
    if (
        step.said.get("mode", "constant") != "constant"
        or (fill and not lowest)
        or len(amounts) != 2 * len(axes)
    ):
        raise Unsaid(step.name, "only zeros around a map are said")
    around = [(0, 0)] * len(maker.shape(value))
    for axis, low, high in zip(axes, amounts, amounts[len(axes) :], strict=False):
        own = value.order[axis - 1] if axis else None
        if own is None and (low or high):
            raise Unsaid(step.name, "zeros before or behind what is no axis of a map")
        if own is not None:
            around[own] = (low, high)
    if lowest and around[-1] == (0, 0):
        return value._replace(edge=tuple(around[:-1]))
    node = value.node
    if around[-1][1] and not around[-1][0]:
        node = maker.add(step, "pad_channels", {"amount": around[-1][1]}, (node,))
    elif around[-1][0]:
        raise Unsaid(step.name, "zero channels before the first one are not said")
    if min(low for low, _ in around) < 0 or min(high for _, high in around) < 0:
        node = maker.add(step, "crop", {"amount": tuple((-low, -high) for low, high in around[:-1])}, (node,))
    elif any(map(any, around[:-1])):
        node = maker.add(step, "pad", {"amount": tuple(around[:-1])}, (node,))
    return value._replace(node=node)


def _zeros(maker: Maker, step: Step, value: Value, params: dict[str, Any], op: str, around: Pairs) -> int:
    """Settle the padding of a window: `same` where its zeros are just those, else zeros in front of it."""
    size = maker.shape(value)
    if not any(map(any, around)):
        return value.node
    if around == same_zeros(params, size):
        params["padding"] = "same"
        return value.node
    if op == "max_pool" and not _is_positive(maker, value.node):
        raise Unsaid(step.name, "a maximum of values below zero with zeros around them is not said")
    return maker.add(step, "pad", {"amount": around}, (value.node,))


def _is_positive(maker: Maker, node: int) -> bool:
    """Return whether no value is below zero, so that a zero is as good as nothing in a maximum."""
    found = maker.nodes[node]
    if found.op in ("max_pool", "concat", "pad", "dropout"):
        return all(_is_positive(maker, i) for i in found.inputs)
    return found.op == "activation" and found.params["function"] in ("relu", "relu6", "sigmoid", "softmax")


def _must_be_same(step: Step, params: dict[str, Any], size: Shape, around: Pairs) -> None:
    if around != same_zeros(params, size):
        raise Unsaid(step.name, "a mean that leaves out these zeros is not said")


def _rounded_up(size: Shape, params: dict[str, Any], around: Pairs) -> Pairs:
    """Return the zeros with those of a last window that sticks out."""
    found = []
    for n, k, s, (low, high) in zip(size, params["kernel"], params["stride"], around, strict=True):
        count = -(-(n + low + high - k) // s) + 1
        count -= (count - 1) * s >= n + low  # no window begins behind the map
        found.append((low, max((count - 1) * s + k - n - low, high)))
    return tuple(found)


def _window(step: Step, kernel: tuple[int, ...]) -> dict[str, Any]:
    stride = _numbers(step, "strides", len(kernel), 1)
    return {"kernel": tuple(map(int, kernel)), "stride": stride, "padding": "valid"}


def _around(step: Step, rank: int, params: dict[str, Any] | None = None, size: Shape = ()) -> Pairs:
    said = step.said.get("auto_pad", "NOTSET")
    if said in ("SAME_UPPER", "SAME_LOWER") and params:
        pairs = same_zeros(params, size)
        return pairs if said == "SAME_UPPER" else tuple((high, low) for low, high in pairs)
    pads = _numbers(step, "pads", 2 * rank, 0)
    return tuple(zip(pads[:rank], pads[rank:], strict=True))


def _numbers(step: Step, key: str, count: int, default: int) -> tuple[int, ...]:
    found = tuple(int(n) for n in step.said.get(key, ()))
    return found if len(found) == count else (default,) * count


def _must_be_map(maker: Maker, step: Step, value: Value, rank: int) -> None:
    if value.order != first(rank + 1):
        raise Unsaid(step.name, f"its input is no map of {rank} axes with the channels first")
