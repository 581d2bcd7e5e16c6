"""Operators of ONNX that move values: transpositions, other shapes, parts and concatenations."""

from math import isqrt, prod
from typing import TYPE_CHECKING

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.onnx.program import Step
from archdsl.foreign.onnx.values import Maker, Value, along, is_channels, last, plain

if TYPE_CHECKING:
    import numpy as np

Sizes = tuple[int, ...]


def transpose(maker: Maker, step: Step, value: Value) -> Value:
    """Give the axes another order: no layer, only another reading of the same node."""
    rank = len(value.order) + 1
    order = [int(axis) % rank for axis in step.said.get("perm", reversed(range(rank)))]
    if len(order) != rank or order[0] != 0:
        raise Unsaid(step.name, "the examples of a batch are mixed, which is not said")
    return value._replace(order=tuple(value.order[axis - 1] for axis in order[1:]))


def flatten(maker: Maker, step: Step, value: Value) -> Value:
    """Lower a flattening behind the batch."""
    if step.said.get("axis", 1) not in (1, -len(value.order)):
        raise Unsaid(step.name, "flattening some of the axes is not said")
    return reshaped(maker, step, value, (prod(maker.sizes(value)),))


def squeeze(maker: Maker, step: Step, value: Value, axes: "np.ndarray | None" = None) -> Value:
    """Leave out axes of one position."""
    sizes = maker.sizes(value)
    said = step.said.get("axes") if axes is None else axes
    gone = [int(n) % (len(sizes) + 1) - 1 for n in said] if said is not None else []
    gone = gone or [i for i, size in enumerate(sizes) if size == 1]
    return reshaped(maker, step, value, tuple(n for i, n in enumerate(sizes) if i not in gone))


def unsqueeze(maker: Maker, step: Step, value: Value, axes: "np.ndarray | None" = None) -> Value:
    """Put in axes of one position."""
    said = [int(n) for n in (step.said["axes"] if axes is None else axes)]
    rank = len(value.order) + 1 + len(said)
    sizes = list(maker.sizes(value))
    for axis in sorted(n % rank for n in said):
        sizes.insert(axis - 1, 1)
    return reshaped(maker, step, value, tuple(sizes))


def reshape(maker: Maker, step: Step, value: Value, target: "np.ndarray") -> Value:
    """Lower another shape; 0 leaves an axis as it is, -1 is what is left."""
    old = (maker.batch, *maker.sizes(value))
    sizes = [int(n) for n in target.reshape(-1)]
    if not step.said.get("allowzero"):
        sizes = [old[i] if n == 0 and i < len(old) else n for i, n in enumerate(sizes)]
    known = -prod(sizes) if -1 in sizes else prod(sizes)
    sizes = [prod(old) // max(known, 1) if n == -1 else n for n in sizes]
    if prod(sizes) != prod(old) or not sizes or sizes[0] != maker.batch:
        raise Unsaid(step.name, "the examples of a batch are mixed, which is not said")
    return reshaped(maker, step, value, tuple(sizes[1:]))


def reshaped(maker: Maker, step: Step, value: Value, sizes: Sizes) -> Value:
    """Give a value another shape behind the batch; where only axes of one position differ, nothing is to be
    done."""
    long = [axis for axis, size in zip(value.order, maker.sizes(value), strict=True) if size > 1]
    if [n for n in sizes if n > 1] == [n for n in maker.sizes(value) if n > 1]:
        return _bare(maker, step, value, long, sizes)
    if value.mixed:
        raise Unsaid(step.name, "flat values in PyTorch's order made a map again: not said")
    if len(sizes) == 1:
        return _flat(maker, step, value)
    joined = _tokens(maker, step, value, sizes) or _heads(maker, step, value, sizes)
    if joined:
        return joined
    if not plain(maker, value):
        raise Unsaid(step.name, "other sizes for a map whose channels come first are not said")
    return Value(maker.add(step, "reshape", {"shape": sizes}, (value.node,)), last(len(sizes)))


def _bare(maker: Maker, step: Step, value: Value, long: list[int | None], sizes: Sizes) -> Value:
    """Give long axes their places among others of one position."""
    rest, shape = iter(long), maker.shape(value)
    order: list[int | None] = [next(rest) if n > 1 else None for n in sizes]
    kept = [axis for axis in order if axis is not None]
    missing = [axis for axis in range(len(shape)) if axis not in kept]
    if not missing or len(shape) == 1:
        return value._replace(order=tuple(order) if kept else (0, *(None,) * (len(order) - 1)))
    if len(kept) == 1 and kept[0] == len(shape) - 1:  # channels alone
        return Value(
            maker.add(step, "flatten", {}, (value.node,)), tuple(0 if n is not None else None for n in order)
        )
    if not plain(maker, value):
        raise Unsaid(step.name, "axes of one position among others are not said")
    return Value(maker.add(step, "reshape", {"shape": sizes}, (value.node,)), last(len(sizes)))


def _flat(maker: Maker, step: Step, value: Value) -> Value:
    node = maker.add(step, "flatten", {}, (value.node,))
    if plain(maker, value):
        return Value(node, (0,))
    shape = maker.shape(value)
    if [axis for axis in value.order if axis is not None] != [len(shape) - 1, *range(len(shape) - 1)]:
        raise Unsaid(step.name, "flat values in this order are not said")
    return Value(node, (0,), shape)


def _tokens(maker: Maker, step: Step, value: Value, sizes: Sizes) -> Value | None:
    """Make all positions of a map one axis, or a square map of them; the channels stay where they are."""
    shape, at = maker.shape(value), _channels_at(maker, value)
    if at is None or at not in (0, len(value.order) - 1):
        return None
    new = 0 if at == 0 else len(sizes) - 1
    positions = [axis for axis in value.order if axis != len(shape) - 1]
    if sizes[new] != shape[-1] or positions != list(range(len(shape) - 1)):
        return None
    if len(sizes) == 2 and len(shape) > 2:
        node = maker.add(step, "tokens", {}, (value.node,))
    elif (
        len(sizes) == 3
        and len(shape) == 2
        and isqrt(shape[0]) ** 2 == shape[0]
        and len({*sizes} - {shape[-1]}) <= 1
    ):
        node = maker.add(step, "grid", {}, (value.node,))
    else:
        return None
    rank = len(sizes)
    return Value(node, (rank - 1, *range(rank - 1)) if new == 0 else last(rank))


def _channels_at(maker: Maker, value: Value) -> int | None:
    last_axis = len(maker.shape(value)) - 1
    return value.order.index(last_axis) if last_axis in value.order else None


def _heads(maker: Maker, step: Step, value: Value, sizes: Sizes) -> Value | None:
    """Part the channels of a sequence among heads, or put them together again: the axes keep ONNX' order, and
    a transposition that follows is none of ours."""
    shape = maker.shape(value)
    if value.order == (0, 1) and len(sizes) == 3 and sizes[0] == shape[0]:
        return Value(maker.add(step, "heads", {"heads": sizes[1]}, (value.node,)), (1, 0, 2))
    if value.order == (1, 0, 2) and sizes == (shape[1], shape[0] * shape[2]):
        return Value(maker.add(step, "join_heads", {}, (value.node,)), (0, 1))
    return None


def concat(maker: Maker, step: Step, *given: "Value | np.ndarray") -> Value:
    """Lower a concatenation over the channels, or over the positions of a sequence."""
    one = next(value for value in given if isinstance(value, Value))
    values = [value if isinstance(value, Value) else _learned(maker, step, one, value) for value in given]
    if len(values) == 1:
        return values[0]
    axis = int(step.said["axis"])
    alike = all(value.order == one.order and not value.mixed for value in values)
    if not alike:
        raise Unsaid(step.name, "its inputs have their axes in different orders, which is not said")
    ids = [value.node for value in values]
    if is_channels(maker, one, axis):
        return one._replace(node=maker.add(step, "concat", {}, ids))
    if along(maker, one, axis) == 0 and len(maker.shape(one)) > 1:
        return one._replace(node=maker.add(step, "append", {}, ids))
    raise Unsaid(step.name, "a concatenation over this axis is not said")


def _learned(maker: Maker, step: Step, beside: Value, numbers: "np.ndarray") -> Value:
    """Make a value that is trained of constants that are the same for every example: a class token."""
    if numbers.ndim != 3 or numbers.shape[0] not in (1, maker.batch) or None in beside.order:
        raise Unsaid(step.name, "a concatenation with constants of this shape is not said")
    table = numbers[0].transpose([beside.order.index(axis) for axis in range(len(beside.order))])
    params = {"shape": table.shape, "initializer": "glorot_uniform"}
    return beside._replace(node=maker.add(step, "learned", params, (beside.node,), (table,)))


def part(maker: Maker, step: Step, value: Value, axis: int, start: int, stop: int) -> Value:
    """Lower a run of the channels, or of the positions along an axis."""
    own = along(maker, value, axis)
    if own is None:
        raise Unsaid(step.name, "a part of an axis of one position is not said")
    length = maker.shape(value)[own]
    start, stop = (min(n + length if n < 0 else n, length) for n in (start, stop))
    if (start, stop) == (0, length):
        return value
    rank = len(maker.shape(value))
    if own == rank - 1 and not value.mixed:
        return maker.pointwise(step, "select", {"start": start, "stop": stop}, value)
    if rank == 2:
        return maker.pointwise(step, "select_tokens", {"start": start, "stop": stop}, value)
    amount = tuple((start, length - stop) if i == own else (0, 0) for i in range(rank - 1))
    return maker.pointwise(step, "crop", {"amount": amount}, value)


def sliced(maker: Maker, step: Step, value: Value, *given: "np.ndarray | None") -> Value:
    """Lower runs along some axes, one after the other."""
    starts, stops, axes, steps = (
        [] if one is None else [int(n) for n in one] for one in (*given, None, None)[:4]
    )
    starts, stops = starts or list(step.said.get("starts", ())), stops or list(step.said.get("ends", ()))
    axes = axes or list(step.said.get("axes", range(len(starts))))
    if any(n != 1 for n in steps):
        raise Unsaid(step.name, "each so many positions alone are not said")
    for axis, start, stop in zip(axes, starts, stops, strict=True):
        value = part(maker, step, value, axis, start, stop)
    return value


def split(maker: Maker, step: Step, value: Value, sizes: "np.ndarray | None" = None) -> tuple[Value, ...]:
    """Lower runs that part an axis."""
    axis = int(step.said.get("axis", 0))
    length = (maker.batch, *maker.sizes(value))[axis]
    said = step.said.get("split") if sizes is None else sizes
    count = len(step.outputs)
    widths = [int(n) for n in said] if said is not None else [-(-length // count)] * count
    found, at = [], 0
    for width in widths:
        found.append(part(maker, step, value, axis, at, min(at + width, length)))
        at += width
    return tuple(found)


def gather(maker: Maker, step: Step, value: Value, indices: "np.ndarray") -> Value:
    """Lower one position of an axis: a run of one, without its axis."""
    axis = int(step.said.get("axis", 0)) % (len(value.order) + 1)
    if indices.size != 1 or axis == 0:
        raise Unsaid(step.name, "some positions of an axis in another order are not said")
    at, length = int(indices.reshape(-1)[0]), maker.sizes(value)[axis - 1]
    at += length if at < 0 else 0
    one = part(maker, step, value, axis, at, at + 1)
    if indices.ndim:
        return one
    sizes = list(maker.sizes(one))
    del sizes[axis - 1]
    return reshaped(maker, step, one, tuple(sizes))
