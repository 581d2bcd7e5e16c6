"""Layers at each frame of a sequence of maps: their windows are one frame long and go over the maps alone."""

from collections.abc import Mapping

from archdsl.ops import OPS
from archdsl.resolve.specs import LayerSpec
from archdsl.syntax.ast import Option
from archdsl.syntax.bag import at_frames

Axes = tuple[int, ...]


def over_frames(spec: LayerSpec, options: Mapping[str, Option], rank: int) -> LayerSpec:
    """Return a layer that works at each frame as one over all axes of the network, the frames first; any
    other layer as it is."""
    said = options.get("each")
    if said is None or said.value == "no" or not at_frames(spec.op) or rank < 2:
        return spec
    if OPS[spec.op].collapses:  # a map is flattened into the channels of its frame
        return spec._replace(op="to_sequence", more={"axis": 1})
    kernel = spec.kernel or ((2,) * rank if OPS[spec.op].is_pool else None)
    padding = (0, *spec.padding[-(rank - 1) :]) if isinstance(spec.padding, tuple) else spec.padding
    return spec._replace(
        kernel=_framed(kernel, rank),
        stride=_framed(spec.stride, rank),
        padding=padding,
        dilation=_framed(spec.dilation, rank) or spec.dilation,
    )


def _framed(axes: Axes | None, rank: int) -> Axes | None:
    """Put one frame before the axes of a map; one number was said for all of them."""
    return None if axes is None else (1, *axes[-(rank - 1) :])
