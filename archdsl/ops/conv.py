"""Convolutions."""

from math import prod

from archdsl.light import Any
from archdsl.ops.base import Call, Op, Param, Params, Shape, ShapeFault, Weight, by, scalar, torch_form
from archdsl.ops.initial import initializer
from archdsl.ops.windows import transposed_length, window_length, window_shape

_WINDOW = (
    Param("kernel", None, "size of the window, one number per spatial axis"),
    Param("stride", 1, "step of the window, one number per spatial axis"),
    Param("padding", "same", "`same` (output = ceil(input / stride)) or `valid` (no padding)"),
    Param("dilation", 1, "distance between the taps of the window", ("rate",)),
    Param("bias", True, "whether a bias is added"),
    Param("initializer", "glorot_uniform", "how the kernel is initialised, as `initializer` says it"),
)


def _conv_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    channels, groups = inputs[0][-1], params["groups"]
    if channels % groups or params["channels"] % groups:
        raise ShapeFault(
            f"{groups} groups do not divide {channels} input and {params['channels']} output channels"
        )
    return window_shape(params, inputs[0], params["channels"])


def _conv_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    kernel = Weight("kernel", (*params["kernel"], inputs[0][-1] // params["groups"], params["channels"]))
    return (kernel, Weight("bias", (params["channels"],))) if params["bias"] else (kernel,)


def _conv_macs(params: Params, inputs: tuple[Shape, ...], output: Shape) -> int:
    return prod(output) * prod(params["kernel"]) * inputs[0][-1] // int(params["groups"])


def _window_kwargs(params: Params) -> dict[str, Any]:
    kwargs: dict[str, Any] = {}
    if set(params["stride"]) != {1}:
        kwargs["strides"] = scalar(params["stride"])
    kwargs["padding"] = params["padding"]
    if set(params.get("dilation", (1,))) != {1}:
        kwargs["dilation_rate"] = scalar(params["dilation"])
    return kwargs


def _conv_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    kwargs = {
        "filters": params["channels"],
        "kernel_size": scalar(params["kernel"]),
        **_window_kwargs(params),
    }
    if params["groups"] != 1:
        kwargs["groups"] = params["groups"]
    if not params["bias"]:
        kwargs["use_bias"] = False
    kwargs["kernel_initializer"] = initializer(params["initializer"])
    return Call(f"layers.Conv{len(params['kernel'])}D", kwargs)


CONV = Op(
    name="conv",
    family="conv",
    doc="Convolution over the spatial axes, optionally grouped and dilated.",
    words=(
        *("conv", "conv1d", "conv2d", "conv3d", "convolution", "convolutional", "convolutions", "convs"),
        "tdnn",
    ),
    params=(
        _WINDOW[0],
        Param("channels", None, "number of output channels"),
        *_WINDOW[1:],
        Param("groups", 1, "number of channel groups; divides input and output channels"),
    ),
    shape=_conv_shape,
    weights=_conv_weights,
    macs=_conv_macs,
    keras=_conv_keras,
    torch=torch_form("conv"),
    label=lambda params: f"{by(params['kernel'])} conv",
    weighted=True,
    length=window_length,
)


def _depthwise_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) > 3:
        raise ShapeFault(
            f"a depthwise convolution has one or two spatial axes, its input has {len(inputs[0]) - 1}"
        )
    if len(set(params["stride"])) > 1:
        raise ShapeFault("a depthwise convolution has one stride for all axes (TensorFlow computes no other)")
    return window_shape(params, inputs[0], inputs[0][-1])


def _depthwise_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    channels = inputs[0][-1]
    kernel = Weight("kernel", (*params["kernel"], channels, 1))
    return (kernel, Weight("bias", (channels,))) if params["bias"] else (kernel,)


def _depthwise_macs(params: Params, inputs: tuple[Shape, ...], output: Shape) -> int:
    return prod(output) * prod(params["kernel"])


def _depthwise_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    kwargs = {"kernel_size": scalar(params["kernel"]), **_window_kwargs(params)}
    if not params["bias"]:
        kwargs["use_bias"] = False
    kwargs["depthwise_initializer"] = initializer(params["initializer"])
    return Call(f"layers.DepthwiseConv{len(params['kernel'])}D", kwargs)


DEPTHWISE = Op(
    name="depthwise",
    family="conv",
    doc="Depthwise convolution: one window per input channel.",
    words=("depthwise", "depthwise conv", "depthwise convolution", "dw", "dw conv", "conv dw", "dwconv"),
    params=_WINDOW,
    shape=_depthwise_shape,
    weights=_depthwise_weights,
    keeps_channels=True,
    macs=_depthwise_macs,
    keras=_depthwise_keras,
    torch=torch_form("depthwise"),
    label=lambda params: f"{by(params['kernel'])} dw conv",
    weighted=True,
    length=window_length,
)


def _transpose_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    kernel = Weight("kernel", (*params["kernel"], params["channels"], inputs[0][-1]))
    return (kernel, Weight("bias", (params["channels"],))) if params["bias"] else (kernel,)


def _transpose_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    kwargs = {
        "filters": params["channels"],
        "kernel_size": scalar(params["kernel"]),
        **_window_kwargs(params),
    }
    if not params["bias"]:
        kwargs["use_bias"] = False
    kwargs["kernel_initializer"] = initializer(params["initializer"])
    return Call(f"layers.Conv{len(params['kernel'])}DTranspose", kwargs)


CONV_TRANSPOSE = Op(
    name="conv_transpose",
    family="conv",
    doc=(
        "Transposed convolution: every input position adds a window to a map that is `stride` times as large."
    ),
    words=(
        *("conv transpose", "convt", "transposed conv", "transposed convolution", "deconv", "deconvolution"),
        *(
            "up conv",
            "upconv",
            "up convolution",
            "upconvolution",
            "fractionally strided conv",
            "fractionally strided convolution",
        ),
    ),
    params=(
        _WINDOW[0],
        Param("channels", None, "number of output channels"),
        Param("stride", 1, "factor by which a spatial axis grows, one number per axis"),
        Param(
            "padding",
            "same",
            "`same` (output = input * stride) or `valid` (windows that stick out make it larger)",
        ),
        *_WINDOW[4:],
        Param("extra", 0, "positions of the padding at the end that are kept", ("output padding",)),
    ),
    shape=lambda params, inputs: window_shape(params, inputs[0], params["channels"], transposed_length),
    weights=_transpose_weights,
    macs=lambda params, inputs, output: prod(inputs[0]) * prod(params["kernel"]) * int(params["channels"]),
    keras=_transpose_keras,
    torch=torch_form("conv_transpose"),
    label=lambda params: f"{by(params['kernel'])} conv transpose",
    weighted=True,
    length=transposed_length,
)
