"""Ops without arithmetic of their own: the input, padding and cropping, other shapes for the same values."""

from math import prod

from archdsl.ops.base import Call, Op, Param, Params, Shape, ShapeFault, across, torch_form
from archdsl.ops.windows import axes


def _input_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    shape: Shape = params["shape"]
    return shape


def _input_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    dtype = {"dtype": params["dtype"]} if params.get("dtype") else {}
    return Call("Input", {"shape": params["shape"], **dtype})


NETWORK_INPUT = Op(
    name="input",
    family="input",
    doc="The network's input.",
    params=(
        Param("shape", None, "shape of one example, channels last"),
        Param("dtype", None, "kind of its numbers: int32 for those of tokens"),
    ),
    shape=_input_shape,
    keras=_input_keras,
    label=lambda params: "input",
    arity=(0, 0),
)

FLATTEN = Op(
    name="flatten",
    family="shape",
    doc="All axes in one, channels fastest.",
    params=(),
    shape=lambda params, inputs: (prod(inputs[0]),),
    keras=lambda params, inputs: Call("layers.Flatten", {}),
    label=lambda params: "flatten",
    torch=torch_form("flatten"),
    words=("flatten",),
    collapses=True,
)


_ONE_END = (
    Param("before", 0, "positions at the beginning of each axis only, beside the amount", said=True),
    Param("after", 0, "positions at the end of each axis only, beside the amount", said=True),
)


def _pad_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    axes(len(params["amount"]), "padding", inputs[0])
    sizes = tuple(n + low + high for n, (low, high) in zip(inputs[0], params["amount"], strict=False))
    return (*sizes, inputs[0][-1])


def _pad_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    amount = params["amount"]
    return Call(f"layers.ZeroPadding{len(amount)}D", {"padding": amount if len(amount) > 1 else amount[0]})


PAD = Op(
    name="pad",
    family="shape",
    doc="Zeros around the spatial axes.",
    params=(
        Param("amount", None, "zeros before and after, a pair per spatial axis", ("padding", "size")),
        *_ONE_END,
    ),
    shape=_pad_shape,
    keras=_pad_keras,
    label=lambda params: "pad",
    edges=1,
    sees="place",
    torch=torch_form("pad"),
    words=("zeropad", "zeropadding"),
)


def _crop_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    amount = params["amount"]
    if amount is None:
        raise ShapeFault("no crop gives the printed size")
    axes(len(amount), "crop", inputs[0])
    sizes = tuple(n - low - high for n, (low, high) in zip(inputs[0], amount, strict=False))
    if not sizes:
        raise ShapeFault("there is no spatial axis to crop")
    if min(sizes) < 1:
        raise ShapeFault(f"nothing of {across(inputs[0])} is left after the crop")
    return (*sizes, inputs[0][-1])


def _crop_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    amount = params["amount"]
    return Call(f"layers.Cropping{len(amount)}D", {"cropping": amount if len(amount) > 1 else amount[0]})


CROP = Op(
    name="crop",
    family="shape",
    doc="Cuts off positions at the ends of the spatial axes.",
    params=(
        Param("amount", None, "positions cut off before and after, a pair per spatial axis"),
        *_ONE_END,
    ),
    shape=_crop_shape,
    keras=_crop_keras,
    label=lambda params: "crop",
    edges=-1,
    sees="place",
    torch=torch_form("crop"),
    words=("crop", "cropping"),
)


def _reshape_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    shape: Shape = params["shape"]
    if prod(shape) != prod(inputs[0]):
        raise ShapeFault(
            f"{across(inputs[0])} has {prod(inputs[0])} values, {across(shape)} would have {prod(shape)}"
        )
    return shape


RESHAPE = Op(
    name="reshape",
    family="shape",
    doc="The same values in another shape, channels fastest.",
    params=(Param("shape", None, "the new shape, channels last"),),
    shape=_reshape_shape,
    keras=lambda params, inputs: Call("layers.Reshape", {"target_shape": params["shape"]}),
    label=lambda params: "reshape",
    torch=torch_form("reshape"),
    reshapes=True,
    words=("reshape",),
)


def _expand_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) != 1:
        raise ShapeFault(f"{across(inputs[0])} has spatial axes already")
    return (*(1,) * params["axes"], *inputs[0])


EXPAND = Op(
    name="expand",
    family="shape",
    doc="Channels alone as a map of one position, so that a convolution takes them.",
    params=(Param("axes", 2, "number of spatial axes that the map gets"),),
    shape=_expand_shape,
    keras=lambda params, inputs: Call("layers.Reshape", {"target_shape": (*(1,) * params["axes"], -1)}),
    label=lambda params: "to map",
    torch=lambda params, inputs: Call("", {}, use=f"{{0}}[:, :{', None' * params['axes']}]"),
    axes=2,
    words=("to map", "unflatten", "unsqueeze"),
)
