"""Ops that make a map larger without weights."""

from math import prod

from archdsl.light import Any
from archdsl.ops.base import Call, Calls, Op, Param, Params, Shape, ShapeFault, scalar, torch_form
from archdsl.ops.windows import axes, enlarged_length

_STRIDE = Param(
    "stride",
    2,
    "factor by which a spatial axis grows, one number per axis",
    ("factor", "scale", "scale factor", "size"),
)


def _enlarged(params: Params, shape: Shape, channels: int) -> Shape:
    return (*(n * s for n, s in zip(shape, params["stride"], strict=False)), channels)


def _upsample_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    axes(len(params["stride"]), "factor", inputs[0])
    if params["interpolation"] != "nearest" and len(params["stride"]) != 2:
        raise ShapeFault("only images are interpolated, other maps repeat the nearest value")
    return _enlarged(params, inputs[0], inputs[0][-1])


def _upsample_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    kwargs: dict[str, Any] = {"size": scalar(params["stride"])}
    if params["interpolation"] != "nearest":
        kwargs["interpolation"] = params["interpolation"]
    return Call(f"layers.UpSampling{len(params['stride'])}D", kwargs)


def _upsample_torch(params: Params, inputs: tuple[Shape, ...]) -> Call:
    kwargs: dict[str, Any] = {"scale_factor": scalar(params["stride"])}
    if params["interpolation"] != "nearest":
        kwargs["mode"] = params["interpolation"]
    return Call("nn.Upsample", kwargs, use="{m}({0})")


UPSAMPLE = Op(
    name="upsample",
    family="resize",
    doc="A larger map: every value repeated, or interpolated between its neighbours.",
    params=(_STRIDE, Param("interpolation", "nearest", "`nearest`, or `bilinear` (images only)", ("mode",))),
    shape=_upsample_shape,
    keras=_upsample_keras,
    torch=_upsample_torch,
    label=lambda params: "upsample",
    words=(
        *("upsample", "upsampling", "up sample", "up sampling", "resize", "interpolate"),
        *("unpool", "unpooling", "max unpool", "max unpooling"),
    ),
    length=enlarged_length,
)


def _depth_to_space_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    stride, channels = params["stride"], inputs[0][-1]
    axes(len(stride), "factor", inputs[0])
    if channels % prod(stride):
        raise ShapeFault(f"{channels} channels do not make {prod(stride)} positions each")
    return _enlarged(params, inputs[0], channels // prod(stride))


def _depth_to_space_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    (*sizes, channels), stride = inputs[0], params["stride"]
    rank = len(stride)
    pairs = [axis for i in range(1, rank + 1) for axis in (i, rank + i)]
    return (
        Call("layers.Reshape", {"target_shape": (*sizes, *stride, channels // prod(stride))}, "split"),
        Call("layers.Permute", {"dims": (*pairs, 2 * rank + 1)}, "swap"),
        Call("layers.Reshape", {"target_shape": _enlarged(params, inputs[0], channels // prod(stride))}),
    )


DEPTH_TO_SPACE = Op(
    name="depth_to_space",
    family="resize",
    doc=(
        "Channels as positions (pixel shuffle): a position's first channels come first, as TensorFlow "
        "counts them."
    ),
    params=(_STRIDE,),
    shape=_depth_to_space_shape,
    keras=_depth_to_space_keras,
    torch=torch_form("depth_to_space"),
    label=lambda params: "pixel shuffle",
    words=("depth to space", "pixel shuffle", "pixelshuffle", "subpixel"),
    length=enlarged_length,
)
