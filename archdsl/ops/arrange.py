"""Ops without arithmetic of their own: the input, merging branches, padding, flattening."""

from math import prod

from archdsl.ops.base import Call, Op, Param, Params, Shape, ShapeFault


def _input_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    shape: Shape = params["shape"]
    return shape


INPUT = Op(
    name="input",
    family="input",
    doc="The network's input.",
    params=(Param("shape", None, "shape of one example, channels last"),),
    shape=_input_shape,
    keras=lambda params, inputs: Call("Input", {"shape": params["shape"]}),
    label=lambda params: "input",
)


def _add_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(set(inputs)) != 1:
        raise ShapeFault("the inputs of an addition differ: " + " and ".join("x".join(map(str, s)) for s in inputs))
    return inputs[0]


ADD = Op(
    name="add",
    family="merge",
    doc="Sum of its inputs, which have one shape.",
    params=(),
    shape=_add_shape,
    keras=lambda params, inputs: Call("layers.Add", {}),
    label=lambda params: "+",
)


def _concat_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len({shape[:-1] for shape in inputs}) != 1:
        raise ShapeFault("the inputs of a concatenation differ: " + " and ".join("x".join(map(str, s)) for s in inputs))
    return (*inputs[0][:-1], sum(shape[-1] for shape in inputs))


CONCAT = Op(
    name="concat",
    family="merge",
    doc="Its inputs one after the other along the channels.",
    params=(),
    shape=_concat_shape,
    keras=lambda params, inputs: Call("layers.Concatenate", {}),
    label=lambda params: "concat",
)


def _multiply_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    return max(inputs, key=prod)


MULTIPLY = Op(
    name="multiply",
    family="merge",
    doc="Product of its inputs, element by element.",
    params=(),
    shape=_multiply_shape,
    keras=lambda params, inputs: Call("layers.Multiply", {}),
    label=lambda params: "×",
)

FLATTEN = Op(
    name="flatten",
    family="shape",
    doc="All axes in one, channels fastest.",
    params=(),
    shape=lambda params, inputs: (prod(inputs[0]),),
    keras=lambda params, inputs: Call("layers.Flatten", {}),
    label=lambda params: "flatten",
    words=("flatten",),
)


def _pad_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    sizes = tuple(n + low + high for n, (low, high) in zip(inputs[0], params["amount"], strict=False))
    return (*sizes, inputs[0][-1])


def _pad_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    amount = params["amount"]
    return Call(f"layers.ZeroPadding{len(amount)}D", {"padding": amount if len(amount) > 1 else amount[0]})


PAD = Op(
    name="pad",
    family="shape",
    doc="Zeros around the spatial axes.",
    params=(Param("amount", None, "zeros before and after, a pair per spatial axis"),),
    shape=_pad_shape,
    keras=_pad_keras,
    label=lambda params: "pad",
)


def _pad_channels_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if not 2 <= len(inputs[0]) <= 4:
        raise ShapeFault(f"zero channels need one to three spatial axes, the input has {len(inputs[0]) - 1}")
    return (*inputs[0][:-1], inputs[0][-1] + params["amount"])


def _pad_channels_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    # Keras pads spatial axes only; read as channels first, the last axes of H x W x C are W and C.
    rank = len(inputs[0]) - 1
    padding = ((0, 0),) * (rank - 1) + ((0, params["amount"]),)
    return Call(f"layers.ZeroPadding{rank}D", {"padding": padding if rank > 1 else padding[0], "data_format": "channels_first"})


PAD_CHANNELS = Op(
    name="pad_channels",
    family="shape",
    doc="Zero channels after the last one (shortcut A).",
    params=(Param("amount", None, "number of zero channels"),),
    shape=_pad_channels_shape,
    keras=_pad_channels_keras,
    label=lambda params: f"zero-pad +{params['amount']}",
)
