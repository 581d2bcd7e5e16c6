"""What scores of attention are told of where positions lie to each other: biases, logits, windows that were
shifted."""

from math import isqrt, prod

from archdsl.light import Any
from archdsl.ops.attention import MASKED
from archdsl.ops.base import (
    FIRST,
    Call,
    Calls,
    Op,
    Param,
    Params,
    Shape,
    ShapeFault,
    Weight,
    across,
    torch_form,
)
from archdsl.ops.initial import initializer
from archdsl.ops.tokens import one, trained

_WINDOW = Param(
    "window",
    None,
    "size of the map or window that is attended to, one number per axis; a square where none is given",
    ("size",),
)
_INITIALIZER = Param("initializer", "uniform 0.05", "how it is initialised, as `initializer` says it")


def sides(params: Params, shape: Shape) -> tuple[int, int]:
    """Give the window as rows x columns; one axis is a single row."""
    window: Shape = params["window"] or (isqrt(shape[-2]),) * 2
    if len(window) > 2 or shape[-2] != prod(window):
        raise ShapeFault(f"a window of {across(window)} has {prod(window)} positions, the input {shape[-2]}")
    rows, columns = (1, *window) if len(window) == 1 else window
    return rows, columns


def _bias_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 3 or inputs[0][-1] != inputs[0][-2]:
        raise ShapeFault(f"{across(inputs[0])} is not heads x positions x positions, the scores of attention")
    sides(params, inputs[0])
    return inputs[0]


def _bias_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    rows, columns = sides(params, inputs[0])
    return (Weight("kernel", (2 * rows - 1, 2 * columns - 1, inputs[0][-3])),)


def _bias_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """A table of distances, of which each position has its own cut: the patches of the table, backwards."""
    rows, columns = sides(params, inputs[0])
    heads, count = inputs[0][-3], inputs[0][-1]
    table = (2 * rows - 1, 2 * columns - 1, heads)
    patches = {"size": (rows, columns), "strides": 1, "padding": "valid", "data_format": "channels_last"}
    return (
        *one(),
        trained(table, params["initializer"], "ecd", "table"),
        Call("ops.reshape", {"newshape": (heads, *table[:2], 1)}, "image"),
        Call("ops.image.extract_patches", patches, "patches"),
        Call("ops.reshape", {"newshape": (heads, count, count)}, "backwards"),
        Call("ops.flip", {"axis": 1}, "keys"),
        Call("ops.swapaxes", {"axis1": 1, "axis2": 2}, "bias"),
        Call("ops.add", {}, "", (FIRST, 8)),
    )


RELATIVE_BIAS = Op(
    name="relative_bias",
    family="attention",
    doc="Adds to the scores of each head a trained number for how far a key lies from the query (Swin).",
    params=(_WINDOW, _INITIALIZER),
    shape=_bias_shape,
    weights=_bias_weights,
    keras=_bias_keras,
    torch=torch_form("relative_bias", "relative_first"),
    label=lambda params: "relative bias",
    words=("relative position bias", "relative positional bias", "relative bias"),
)


def _mask_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    window, shape = params["window"], inputs[0]
    if len(shape) != len(window) + 3 or shape[-2:] != (prod(window),) * 2:
        raise ShapeFault(
            f"{across(shape)} is not windows x heads x positions x positions of {across(window)}"
        )
    if len(params["shift"]) != len(window) or any(
        not 0 < s < w for s, w in zip(params["shift"], window, strict=True)
    ):
        raise ShapeFault(
            f"a shift of {across(params['shift'])} is not inside of a window of {across(window)}"
        )
    return shape


def _mask_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Number the regions of the map that came together by the shift; scores between two of them are masked.

    Along each axis the positions that came in from the other end have a bit of their own.
    """
    window, count = params["window"], prod(params["window"])
    windows = inputs[0][: len(window)]
    calls = list(one())
    bits: list[int] = []
    for axis, (n, side, shift) in enumerate(zip(windows, window, params["shift"], strict=True)):
        laid = [1] * (2 * len(window))
        laid[axis], laid[len(window) + axis] = n, side
        calls += [
            Call("ops.multiply", {"x2": 2.0**axis}, f"bit{axis}", (2,)),
            Call("ops.repeat", {"repeats": shift, "axis": 0}, f"end{axis}"),
            Call("ops.pad", {"pad_width": ((n * side - shift, 0),)}, f"side{axis}"),
            Call("ops.reshape", {"newshape": tuple(laid)}, f"axis{axis}"),
        ]
        bits.append(len(calls) - 1)
        if axis:
            calls.append(Call("ops.add", {}, f"region{axis}", (bits[-2], bits[-1])))
            bits[-1] = len(calls) - 1
    region = len(calls) - 1
    return (
        *calls,
        Call("ops.reshape", {"newshape": (*windows, 1, count, 1)}, "queries", (region,)),
        Call("ops.reshape", {"newshape": (*windows, 1, 1, count)}, "keys", (region,)),
        Call("ops.equal", {}, "together", (region + 1, region + 2)),
        Call("ops.where", {"x2": MASKED}, "", (region + 3, FIRST)),
    )


SHIFT_MASK = Op(
    name="shift_mask",
    family="activation",
    doc=(
        "Scores within windows of a shifted map; those between positions that only the shift brought "
        "together become so low that softmax gives them nothing."
    ),
    params=(_WINDOW, Param("shift", None, "how far the map was shifted, one number per axis")),
    shape=_mask_shape,
    keras=_mask_keras,
    torch=torch_form("shift_mask", "relative_first"),
    label=lambda params: "shift mask",
    words=("shift mask", "shifted window mask"),
)


def _logits_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 3:
        raise ShapeFault(f"{across(inputs[0])} is not heads x positions x channels, the queries of attention")
    sides(params, inputs[0])
    return (*inputs[0][:-1], inputs[0][-2])


def _logits_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    rows, columns = sides(params, inputs[0])
    width = inputs[0][-1]
    return Weight("columns", (width, 2 * columns - 1)), Weight("rows", (width, 2 * rows - 1))


def _logits_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    rows, columns = sides(params, inputs[0])
    *apart, count, width = inputs[0]
    lead = prod(apart)
    across_, down = (
        _distances("columns", lead * rows, columns, params),
        _distances("rows", lead * columns, rows, params),
    )
    along = (
        Call("layers.Reshape", {"target_shape": (lead * rows, columns, width)}, "lines", (FIRST,)),
        *across_,
        Call("layers.Reshape", {"target_shape": (lead, rows, columns, 1, columns)}, "along"),
    )
    upright = (
        Call("layers.Reshape", {"target_shape": (lead, rows, columns, width)}, "map", (FIRST,)),
        Call("layers.Permute", {"dims": (1, 3, 2, 4)}, "upright"),
        Call("layers.Reshape", {"target_shape": (lead * columns, rows, width)}, "files"),
        *down,
        Call("layers.Reshape", {"target_shape": (lead, columns, rows, rows)}, "turned"),
        Call("layers.Permute", {"dims": (1, 3, 2, 4)}, "back"),
        Call("layers.Reshape", {"target_shape": (lead, rows, columns, rows, 1)}, "down"),
    )
    ends = len(along) - 1, len(along) + len(upright) - 1
    return (
        *along,
        *upright,
        Call("ops.add", {}, "both", ends),
        Call("layers.Reshape", {"target_shape": (*apart, count, count)}),
    )


def _distances(name: str, lines: int, count: int, params: Params) -> tuple[Call, ...]:
    """Compare queries in lines of so many positions with all distances, and turn these into positions.

    Read with one distance more in each line, and again without it, every next line begins one distance
    earlier.
    """
    kwargs: dict[str, Any] = {"units": 2 * count - 1, "use_bias": False}
    if params["initializer"] != "glorot_uniform":
        kwargs["kernel_initializer"] = initializer(params["initializer"])
    first = {"data_format": "channels_first"}
    cut = {"cropping": ((0, 1), (count - 1, 0))} | first
    return (
        Call("layers.Dense", kwargs, name),
        Call("layers.ZeroPadding2D", {"padding": ((0, 0), (0, 1))} | first, f"{name}_pad"),
        Call("layers.Reshape", {"target_shape": (lines, 1, 2 * count * count)}, f"{name}_row"),
        Call("layers.ZeroPadding2D", {"padding": ((0, 0), (0, count - 1))} | first, f"{name}_end"),
        Call("layers.Reshape", {"target_shape": (lines, count + 1, 2 * count - 1)}, f"{name}_skew"),
        Call("layers.Cropping2D", cut, f"{name}_cut"),
    )


def _logits_macs(params: Params, inputs: tuple[Shape, ...], output: Shape) -> int:
    rows, columns = sides(params, inputs[0])
    return prod(inputs[0]) * (2 * rows + 2 * columns - 2)


RELATIVE_LOGITS = Op(
    name="relative_logits",
    family="attention",
    doc=(
        "Products of queries with trained vectors for the distances to each key, along rows and columns; the "
        "heads share them (BoTNet)."
    ),
    params=(_WINDOW, _INITIALIZER),
    shape=_logits_shape,
    weights=_logits_weights,
    macs=_logits_macs,
    keras=_logits_keras,
    torch=torch_form("relative_logits", "relative_first"),
    label=lambda params: "relative logits",
    words=("relative logits", "relative position logits", "relative position encoding"),
)
