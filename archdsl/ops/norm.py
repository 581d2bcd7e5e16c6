"""Normalisation and scaling per channel."""

from archdsl.light import Any
from archdsl.ops.base import (
    Call,
    Op,
    Param,
    Params,
    Shape,
    ShapeFault,
    Weight,
    same_shape,
    torch_form,
)
from archdsl.ops.initial import constant

_NORM = (
    Param("epsilon", 1e-3, "added to the variance before the square root", ("eps",), setting="norm-epsilon"),
    Param(
        "scale",
        True,
        "whether the result is multiplied by a trained factor per channel",
        setting="norm-scale",
    ),
    Param("center", True, "whether a trained number per channel is added to the result"),
)


def _weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    channels = inputs[0][-1:]
    gamma = (Weight("gamma", channels),) if params.get("scale", True) else ()
    return (*gamma, Weight("beta", channels)) if params.get("center", True) else gamma


def _kwargs(params: Params) -> dict[str, Any]:
    kwargs: dict[str, Any] = {"epsilon": params["epsilon"]}
    return kwargs | {key: False for key in ("center", "scale") if not params.get(key, True)}


def _batch_norm_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    channels = inputs[0][-1:]
    return (
        *_weights(params, inputs),
        Weight("moving_mean", channels, False),
        Weight("moving_variance", channels, False),
    )


BATCH_NORM = Op(
    name="batch_norm",
    family="norm",
    doc="Batch normalisation per channel; its moving mean and variance are counted as non-trainable.",
    words=("bn", "batch norm", "batchnorm", "batch normalization", "batch normalisation"),
    params=(
        _NORM[0],
        Param(
            "momentum",
            0.99,
            "share of the old moving statistics that one step keeps",
            setting="norm-momentum",
        ),
        *_NORM[1:],
    ),
    shape=same_shape,
    weights=_batch_norm_weights,
    keras=lambda params, inputs: Call(
        "layers.BatchNormalization", {"momentum": params["momentum"], **_kwargs(params)}
    ),
    torch=torch_form("batch_norm"),
    label=lambda params: "BN",
    norm="batch",
)

LAYER_NORM = Op(
    name="layer_norm",
    family="norm",
    doc="Layer normalisation over the channels.",
    words=("ln", "layer norm", "layernorm", "layer normalization", "layer normalisation"),
    params=_NORM,
    shape=same_shape,
    weights=_weights,
    keras=lambda params, inputs: Call("layers.LayerNormalization", _kwargs(params)),
    torch=torch_form("layer_norm"),
    label=lambda params: "LN",
    norm="layer",
)


def _group_norm_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if inputs[0][-1] % params["groups"]:
        raise ShapeFault(f"{params['groups']} groups do not divide {inputs[0][-1]} channels")
    return inputs[0]


GROUP_NORM = Op(
    name="group_norm",
    family="norm",
    doc="Normalisation over the positions and the channels of a group, for each example.",
    words=("gn", "group norm", "groupnorm", "group normalization", "group normalisation"),
    params=(
        Param("groups", 32, "number of channel groups; divides the channels", setting="norm-groups"),
        *_NORM,
    ),
    shape=_group_norm_shape,
    weights=_weights,
    keras=lambda params, inputs: Call(
        "layers.GroupNormalization", {"groups": params["groups"], **_kwargs(params)}
    ),
    torch=torch_form("group_norm"),
    label=lambda params: "GN",
    norm="group",
)


def _instance_norm_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 2:
        raise ShapeFault("instance normalisation needs spatial axes: the mean of one value is the value")
    return inputs[0]


INSTANCE_NORM = Op(
    name="instance_norm",
    family="norm",
    doc="Normalisation over the positions of a channel, for each example.",
    words=("instance norm", "instancenorm", "instance normalization", "instance normalisation"),
    params=_NORM,
    shape=_instance_norm_shape,
    weights=_weights,
    # Keras reads -1 as a group for each channel.
    keras=lambda params, inputs: Call("layers.GroupNormalization", {"groups": -1, **_kwargs(params)}),
    torch=torch_form("instance_norm"),
    label=lambda params: "IN",
    norm="instance",
)


def _standardize_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    mean, variance = params.get("mean"), params.get("variance")
    if (mean is None) != (variance is None):
        raise ShapeFault(f"a {'mean' if variance is None else 'variance'} alone does not standardise")
    for numbers in (mean, variance):
        if numbers is not None and len(numbers) not in (1, inputs[0][-1]):
            raise ShapeFault(f"{len(numbers)} numbers for {inputs[0][-1]} channels")
    if variance is not None and min(variance) <= 0:
        raise ShapeFault("a variance is above 0")
    return inputs[0]


def _standardize_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    if params.get("mean") is not None:
        return ()
    channels = inputs[0][-1:]
    return (Weight("mean", channels, False), Weight("variance", channels, False), Weight("count", (), False))


def _standardize_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    if params.get("mean") is None:
        return Call("layers.Normalization", {})
    channels = inputs[0][-1]
    numbers = {key: params[key] * (channels // len(params[key])) for key in ("mean", "variance")}
    return Call("layers.Normalization", numbers)


STANDARDIZE = Op(
    name="standardize",
    family="norm",
    doc=(
        "Each channel less its mean, over its deviation: numbers that are given, or statistics of the data, "
        "which are counted as non-trainable."
    ),
    words=(
        *("standardize", "standardise", "standardization", "standardisation"),
        *("input normalization", "input normalisation"),
    ),
    params=(
        Param("mean", None, "mean of each channel; of the data, where none is given"),
        Param("variance", None, "variance of each channel"),
    ),
    shape=_standardize_shape,
    weights=_standardize_weights,
    keras=_standardize_keras,
    torch=torch_form("standardize"),
    label=lambda params: "standardize",
)


def _scale_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    factor = Weight("kernel", inputs[0][-1:])
    return (factor, Weight("bias", inputs[0][-1:])) if params["bias"] else (factor,)


def _scale_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    # The one layer of Keras with a factor per channel for maps of any rank: a depthwise convolution takes
    # images only. Every axis has its letter because Keras turns around the axes that `...` stands for.
    axes = "bxyzuvwdefghijklmnopqrst"[: len(inputs[0])] + "c"
    kwargs: dict[str, Any] = {"equation": f"{axes},c->{axes}", "output_shape": inputs[0]}
    if params["bias"]:
        kwargs["bias_axes"] = "c"
    kwargs["kernel_initializer"] = constant(params["initial"])
    return Call("layers.EinsumDense", kwargs)


SCALE = Op(
    name="scale",
    family="norm",
    doc="A trained factor per channel, and a bias where asked for (layer scale; the subsampling of LeNet-5).",
    words=("scale", "layer scale", "layerscale"),
    params=(
        Param("initial", 1.0, "the factors before training (ConvNeXt: 1e-6)"),
        Param("bias", False, "whether a trained number per channel is added"),
    ),
    shape=same_shape,
    weights=_scale_weights,
    keras=_scale_keras,
    torch=torch_form("scale"),
    label=lambda params: "scale",
)
