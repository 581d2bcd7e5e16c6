"""Maps as sequences: one axis stays, the others go into the channels."""

from math import prod

from archdsl.ops.base import Call, Calls, Op, Param, Params, Shape, ShapeFault, across, rearranged


def _kept(params: Params, shape: Shape) -> int:
    """Return the axis that stays: the one that is said, else the only one that is longer than 1, else of two
    axes the second (the columns of an image), of three the first (the frames of a video)."""
    axes = len(shape) - 1
    if axes < 2:
        raise ShapeFault(f"a sequence is made of a map of two axes or three, and {across(shape)} is none")
    if params["axis"] > axes:
        raise ShapeFault(f"{across(shape)} has {axes} axes, and no axis {params['axis']}")
    long = [axis for axis in range(axes) if shape[axis] > 1]
    if params["axis"]:
        return int(params["axis"]) - 1
    return long[0] if len(long) == 1 else (1 if axes == 2 else 0)


def _shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    length = inputs[0][_kept(params, inputs[0])]
    return (length, prod(inputs[0]) // length)


def _keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    shape, kept = inputs[0], _kept(params, inputs[0])
    reshape = Call("layers.Reshape", {"target_shape": _shape(params, inputs)})
    if max(shape[:kept], default=1) == 1:  # nothing changes its place
        return reshape
    order = (kept, *(axis for axis in range(len(shape)) if axis != kept))
    return (Call("layers.Permute", {"dims": tuple(axis + 1 for axis in order)}, "turned"), reshape)


TO_SEQUENCE = Op(
    name="to_sequence",
    family="shape",
    doc="A map as a sequence along one of its axes; the values of the other axes become channels.",
    params=(
        Param(
            "axis",
            0,
            "the axis that stays, counted from 1; 0: the only long one, else the columns of an image, the "
            "frames of a video",
        ),
    ),
    shape=_shape,
    keras=_keras,
    torch=rearranged(_keras, _shape),
    label=lambda params: "to sequence",
    words=("map to sequence", "columns to sequence", "map2seq"),
)
