"""Pooling over windows and over the whole map."""

from typing import Any

from archdsl.ops.base import Call, Op, Param, Params, Shape, ShapeFault, by, scalar
from archdsl.ops.windows import window_length, window_shape

_PARAMS = (
    Param("kernel", 2, "size of the window, one number per spatial axis"),
    Param("stride", None, "step of the window; the size of the window where none is given"),
    Param("padding", "valid", "`same` or `valid`"),
)


def _pool_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    return window_shape(params, inputs[0], inputs[0][-1])


def _pool(name: str, layer: str, label: str, doc: str, words: tuple[str, ...]) -> Op:
    def keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
        kwargs: dict[str, Any] = {"pool_size": scalar(params["kernel"]), "strides": scalar(params["stride"]), "padding": params["padding"]}
        return Call(f"layers.{layer}{len(params['kernel'])}D", kwargs)

    return Op(name, "pool", doc, _PARAMS, _pool_shape, keras, lambda params: f"{by(params['kernel'])} {label}", words, length=window_length)


def _global_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 2:
        raise ShapeFault("there is no spatial axis left to pool over")
    return inputs[0][-1:]


def _global_pool(name: str, layer: str, label: str, doc: str, words: tuple[str, ...]) -> Op:
    def keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
        return Call(f"layers.{layer}{len(inputs[0]) - 1}D", {})

    return Op(name, "pool", doc, (), _global_shape, keras, lambda params: label, words)


MAX_POOL = _pool(
    "max_pool",
    "MaxPooling",
    "max pool",
    "Maximum over a window.",
    ("max pool", "max pooling", "maxpool", "maxpooling", "maximum pool", "maximum pooling"),
)
AVG_POOL = _pool(
    "avg_pool",
    "AveragePooling",
    "avg pool",
    "Mean over a window.",
    (
        "average pool",
        "average pooling",
        "avg pool",
        "avg pooling",
        "avgpool",
        "averagepool",
        "mean pool",
        "mean pooling",
        "pool",
        "pooling",
    ),
)
GLOBAL_AVG_POOL = _global_pool(
    "global_avg_pool",
    "GlobalAveragePooling",
    "global avg pool",
    "Mean over all spatial axes, which it removes.",
    (
        "global average pool",
        "global average pooling",
        "global averaging",
        "global avg pool",
        "global avg pooling",
        "global avgpool",
        "global pool",
        "global pooling",
        "gap",
    ),
)
GLOBAL_MAX_POOL = _global_pool(
    "global_max_pool",
    "GlobalMaxPooling",
    "global max pool",
    "Maximum over all spatial axes, which it removes.",
    ("global max pool", "global max pooling", "global maxpool"),
)
