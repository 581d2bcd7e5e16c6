"""Operators of ONNX that make a map larger, or positions of channels."""

from typing import TYPE_CHECKING

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.onnx.program import Step
from archdsl.foreign.onnx.values import Maker, Value, first

if TYPE_CHECKING:
    import numpy as np

_HOW = {"nearest": "nearest", "linear": "bilinear"}


def resize(maker: Maker, step: Step, value: Value, *given: "np.ndarray | None") -> Value:
    """Lower a larger map: each value repeated, or interpolated between its neighbours."""
    rank = len(maker.shape(value))
    factors = _factors(maker, step, value, given)
    mode = _HOW.get(str(step.said.get("mode", "nearest")))
    corners = step.said.get("coordinate_transformation_mode", "half_pixel")
    if value.order != first(rank) or factors is None or mode is None:
        raise Unsaid(step.name, "only maps that grow by whole factors are said")
    if mode == "bilinear" and corners not in ("half_pixel", "pytorch_half_pixel"):
        raise Unsaid(step.name, f"an interpolation with {corners} is not said")
    params = {"stride": factors, "interpolation": mode}
    return maker.pointwise(step, "upsample", params, value)


def _factors(
    maker: Maker, step: Step, value: Value, given: "tuple[np.ndarray | None, ...]"
) -> tuple[int, ...] | None:
    """Return by how much each spatial axis grows; None where a factor is no whole number.

    `Resize` has factors behind a region, and sizes behind those, `Upsample` factors alone.
    """
    sizes = maker.sizes(value)
    scales, target = (*(given if step.kind == "Upsample" else given[1:]), None, None)[:2]
    found = [float(n) for n in scales[1:]] if scales is not None and scales.size else []
    if target is not None and target.size:
        found = [int(n) / size for n, size in zip(target[1:], sizes, strict=True)]
    whole = len(found) == len(sizes) and all(n == int(n) and n >= 1 for n in found) and found[0] == 1
    return tuple(int(n) for n in found[1:]) if whole else None


def depth_to_space(maker: Maker, step: Step, value: Value) -> Value:
    """Lower channels as positions, in TensorFlow's order."""
    size, rank = int(step.said["blocksize"]), len(maker.shape(value))
    if value.order != first(rank) or step.said.get("mode", "DCR") != "DCR":
        raise Unsaid(step.name, "PyTorch's order of channels in a pixel shuffle is not said")
    return maker.pointwise(step, "depth_to_space", {"stride": (size,) * (rank - 1)}, value)
