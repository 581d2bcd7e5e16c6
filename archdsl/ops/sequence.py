"""Ops that put positions in another order or take some of them: sequences of a map, windows, a shift."""

from math import isqrt, prod

from archdsl.ops.base import (
    FIRST,
    Call,
    Calls,
    Op,
    Param,
    Params,
    Shape,
    ShapeFault,
    across,
    rearranged,
    torch_form,
)
from archdsl.ops.windows import axes


def _tokens_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 2:
        raise ShapeFault(f"{across(inputs[0])} has no positions to put in a row")
    return (prod(inputs[0][:-1]), inputs[0][-1])


TOKENS = Op(
    name="tokens",
    family="shape",
    doc="The positions of a map as a sequence, row by row: 14x14x768 becomes 196x768.",
    params=(),
    shape=_tokens_shape,
    keras=lambda params, inputs: Call("layers.Reshape", {"target_shape": _tokens_shape(params, inputs)}),
    torch=torch_form("tokens", "sequence_first"),
    label=lambda params: "to tokens",
    words=("tokens", "to tokens", "flatten positions"),
)


def _grid_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) != 2:
        raise ShapeFault(f"{across(inputs[0])} is no sequence that a map could be made of")
    count, side = inputs[0][0], isqrt(inputs[0][0])
    if side * side != count:
        raise ShapeFault(f"{count} positions are no square map: write `reshape HEIGHTxWIDTHx{inputs[0][1]}`")
    return (side, side, inputs[0][1])


GRID = Op(
    name="grid",
    family="shape",
    doc="A sequence as the square map whose rows it lists: 196x768 becomes 14x14x768.",
    params=(),
    shape=_grid_shape,
    keras=lambda params, inputs: Call("layers.Reshape", {"target_shape": _grid_shape(params, inputs)}),
    torch=lambda params, inputs: Call("", {}, use=f"{{0}}.unflatten(2, {_grid_shape(params, inputs)[:2]})"),
    label=lambda params: "to grid",
    words=("to grid", "tokens to map"),
)


def _order(params: Params, shape: Shape) -> tuple[int, ...]:
    """Give the axes in their new order, counted from 1 as Keras does."""
    rank, order = len(shape), params["order"] or ()
    if rank < 2:
        raise ShapeFault(f"{across(shape)} has one axis, and none to swap it with")
    if order and sorted(order) != list(range(1, rank + 1)):
        raise ShapeFault(f"{across(order)} is no order of the {rank} axes of {across(shape)}")
    return tuple(order) or (*range(1, rank - 1), rank, rank - 1)


def _transpose_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    return tuple(inputs[0][axis - 1] for axis in _order(params, inputs[0]))


def _transpose_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    return Call("layers.Permute", {"dims": _order(params, inputs[0])})


TRANSPOSE = Op(
    name="transpose",
    family="shape",
    doc="Axes in another order: positions and channels swapped, or as the order says.",
    params=(Param("order", None, "the axes as they come in, counted from 1, in their new order: 3x1x2"),),
    shape=_transpose_shape,
    keras=_transpose_keras,
    torch=rearranged(_transpose_keras, _transpose_shape),
    label=lambda params: "transpose",
    words=("transpose", "transposition", "permute"),
)


def _some_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) != 2:
        raise ShapeFault(f"positions are chosen of a sequence, and {across(inputs[0])} is none")
    start, stop, count = params["start"], params["stop"], inputs[0][0]
    stop = count if stop is None else stop
    if not 0 <= start < stop <= count:
        raise ShapeFault(f"positions {start} to {stop} are not among the {count} of the input")
    return (stop - start, inputs[0][1])


def _some_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    count, start = inputs[0][0], params["start"]
    end = start + _some_shape(params, inputs)[0]
    return Call("layers.Cropping1D", {"cropping": (start, count - end)})


def _some_label(params: Params) -> str:
    start, stop = params["start"], params["stop"]
    if stop is None:
        return f"tokens from {start + 1}"
    return f"token {stop}" if stop == start + 1 else f"tokens {start + 1}–{stop}"


SELECT_TOKENS = Op(
    name="select_tokens",
    family="shape",
    doc="Some of the positions of a sequence: a run of them.",
    params=(
        Param("start", 0, "number of positions before the first one that is kept"),
        Param("stop", None, "positions up to here are kept; all that follow where none is given"),
    ),
    shape=_some_shape,
    keras=_some_keras,
    torch=torch_form("select_tokens", "sequence_first"),
    label=_some_label,
    words=("select tokens", "select positions"),
)


def _behind_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs) < 2 or len({shape[1:] for shape in inputs}) > 1 or len(inputs[0]) < 2:
        raise ShapeFault("sequences that follow each other differ: " + " and ".join(map(across, inputs)))
    return (sum(shape[0] for shape in inputs), *inputs[0][1:])


APPEND = Op(
    name="append",
    family="merge",
    doc="Its inputs one behind the other: the positions of the first, then those of the second and so on.",
    params=(),
    shape=_behind_shape,
    keras=lambda params, inputs: Call("layers.Concatenate", {"axis": 1}),
    torch=torch_form("append", "sequence_first"),
    label=lambda params: "append",
    arity=(2, None),
)


def _spread_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    vector, over = inputs
    if len(vector) != 1 or len(over) < 2:
        raise ShapeFault(
            f"a vector is spread over the positions of a map, not {across(vector)} over {across(over)}"
        )
    return (*over[:-1], *vector)


def _spread_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    made = _spread_shape(params, inputs)
    repeated = Call("layers.RepeatVector", {"n": prod(made[:-1])}, "", (FIRST,))
    if len(made) == 2:
        return repeated
    return repeated._replace(suffix="repeat"), Call("layers.Reshape", {"target_shape": made})


SPREAD = Op(
    name="spread",
    family="merge",
    doc="A vector at every position of the second input, of which only the size is used.",
    params=(),
    shape=_spread_shape,
    keras=_spread_keras,
    torch=torch_form("spread", "sequence_first"),
    label=lambda params: "spread",
    arity=(2, 2),
)


def _windows_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    sides, (*sizes, channels) = params["window"], inputs[0]
    axes(len(sides), "window", inputs[0])
    if any(n % side for n, side in zip(sizes, sides, strict=True)):
        raise ShapeFault(f"windows of {across(sides)} do not part {across(tuple(sizes))}")
    return (*(n // side for n, side in zip(sizes, sides, strict=True)), prod(sides), channels)


def _windows_keras(params: Params, inputs: tuple[Shape, ...]) -> tuple[Call, ...]:
    sides, (*sizes, channels), rank = params["window"], inputs[0], len(params["window"])
    halves = [part for n, side in zip(sizes, sides, strict=True) for part in (n // side, side)]
    order = (*range(1, 2 * rank, 2), *range(2, 2 * rank + 1, 2), 2 * rank + 1)
    return (
        Call("layers.Reshape", {"target_shape": (*halves, channels)}, "split"),
        Call("layers.Permute", {"dims": order}, "swap"),
        Call("layers.Reshape", {"target_shape": _windows_shape(params, inputs)}),
    )


_SIDES = Param("window", None, "size of a window, one number per axis", ("size", "kernel", "patch"))
WINDOWS = Op(
    name="windows",
    family="shape",
    doc="A map parted into windows that do not overlap: 56x56x96 becomes 8x8 windows x 49 positions x 96.",
    params=(_SIDES,),
    shape=_windows_shape,
    keras=_windows_keras,
    torch=rearranged(_windows_keras, _windows_shape),
    label=lambda params: f"{across(params['window'])} windows",
    words=("windows", "window partition", "to windows", "unfold"),
)


def _together_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    sides, shape = params["window"], inputs[0]
    if len(shape) != len(sides) + 2 or shape[-2] != prod(sides):
        raise ShapeFault(f"{across(shape)} is not what `windows {across(sides)}` makes")
    return (*(n * side for n, side in zip(shape, sides, strict=False)), shape[-1])


def _together_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    sides, (*counts, _, channels), rank = params["window"], inputs[0], len(params["window"])
    order = (*(axis for i in range(1, rank + 1) for axis in (i, rank + i)), 2 * rank + 1)
    return (
        Call("layers.Reshape", {"target_shape": (*counts, *sides, channels)}, "split"),
        Call("layers.Permute", {"dims": order}, "swap"),
        Call("layers.Reshape", {"target_shape": _together_shape(params, inputs)}),
    )


JOIN_WINDOWS = Op(
    name="join_windows",
    family="shape",
    doc="Windows put together to the map that `windows` parted.",
    params=(_SIDES,),
    shape=_together_shape,
    keras=_together_keras,
    torch=rearranged(_together_keras, _together_shape),
    label=lambda params: "join windows",
    words=("join windows", "merge windows", "window reverse", "fold"),
)


def _depth_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    *counts, inside, channels = _windows_shape({"window": params["block"]}, inputs)
    return (*counts, inside * channels)


def _depth_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    before = _windows_keras({"window": params["block"]}, inputs)[:-1]
    return (*before, Call("layers.Reshape", {"target_shape": _depth_shape(params, inputs)}))


SPACE_TO_DEPTH = Op(
    name="space_to_depth",
    family="resize",
    doc=(
        "Positions as channels: those of each block side by side, row by row (patch merging; the opposite of "
        "`depth to space`)."
    ),
    params=(Param("block", None, "size of a block, one number per axis", ("stride", "factor", "size")),),
    shape=_depth_shape,
    keras=_depth_keras,
    torch=rearranged(_depth_keras, _depth_shape),
    label=lambda params: "space to depth",
    sees="part",
    words=("space to depth", "pixel unshuffle", "pixelunshuffle", "reorg", "focus"),
)


def _roll_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    count = len(params["shift"])
    return Call("ops.roll", {"shift": params["shift"], "axis": tuple(range(1, count + 1))})


def _roll_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    axes(len(params["shift"]), "shift", inputs[0])
    return inputs[0]


ROLL = Op(
    name="roll",
    family="shape",
    doc="A map shifted along its axes; what leaves it at an end comes in at the other.",
    params=(
        Param("shift", None, "positions towards the end, one number per axis; negative towards the start"),
    ),
    shape=_roll_shape,
    keras=_roll_keras,
    torch=torch_form("roll", "sequence_first"),
    label=lambda params: f"shift {'×'.join(map(str, dict.fromkeys(params['shift'])))}",
    words=("roll", "cyclic shift"),
)
