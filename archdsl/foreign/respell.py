"""A layer of Keras that does several things, or is spelt otherwise -> the layers that ops have."""

from collections.abc import Callable
from math import prod
from typing import Any

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.initializers import plain
from archdsl.foreign.layers import Layer
from archdsl.foreign.states import KINDS

_SHARED = ("padding", "strides", "dilation_rate", "data_format", "dtype")


def respelled(layer: Layer) -> list[Layer]:
    """Return the layers in order that do what a layer does; each but the first reads the one before it."""
    kind = layer.kind.rstrip("123D") if layer.kind.endswith("D") else layer.kind
    parts = _FORMS[kind](layer) if kind in _FORMS else [layer]
    return [part for one in parts for part in _without_activation(one)]


def _without_activation(layer: Layer) -> list[Layer]:
    activation = layer.config.get("activation")
    if layer.kind in ("Activation", *KINDS) or activation in (None, "linear"):
        return [layer]
    bare = layer._replace(config=layer.config | {"activation": "linear"})
    return [bare, _activation(f"{layer.name}/activation", activation)]


def _activation(name: str, function: Any) -> Layer:
    return Layer(name, "Activation", {"activation": function}, ())


def _relu(layer: Layer) -> list[Layer]:
    most, slope = layer.config.get("max_value"), layer.config.get("negative_slope") or 0
    if layer.config.get("threshold") or (most not in (None, 6) or (most and slope)):
        return [layer]
    if slope:
        return [layer._replace(kind="LeakyReLU", config={"negative_slope": slope})]
    return [_activation(layer.name, "relu6" if most else "relu")._replace(inputs=layer.inputs)]


def _softmax(layer: Layer) -> list[Layer]:
    if layer.config.get("axis", -1) not in (-1, [-1]):
        return [layer]
    return [_activation(layer.name, "softmax")._replace(inputs=layer.inputs)]


def _elu(layer: Layer) -> list[Layer]:
    if layer.config.get("alpha", 1.0) != 1.0:
        return [layer]
    return [_activation(layer.name, "elu")._replace(inputs=layer.inputs)]


def _separable(layer: Layer) -> list[Layer]:
    """Part a separable convolution into its depthwise and its pointwise one."""
    config, axes = layer.config, layer.kind.removeprefix("SeparableConv")
    shared = {key: config[key] for key in _SHARED if key in config}
    depthwise = shared | {
        "kernel_size": config["kernel_size"],
        "use_bias": False,
        "depth_multiplier": config.get("depth_multiplier", 1),
        "depthwise_initializer": config.get("depthwise_initializer", "glorot_uniform"),
    }
    pointwise = {
        "filters": config["filters"],
        "kernel_size": 1,
        "padding": "same",
        "use_bias": config.get("use_bias", True),
        "activation": config.get("activation"),
        "kernel_initializer": config.get("pointwise_initializer", "glorot_uniform"),
        "bias_initializer": config.get("bias_initializer", "zeros"),
    }
    return [
        Layer(f"{layer.name}/depthwise", f"DepthwiseConv{axes}", depthwise, layer.inputs),
        Layer(f"{layer.name}/pointwise", f"Conv{axes}", pointwise, ()),
    ]


def _kept(layer: Layer) -> list[Layer]:
    """Part a global pool that keeps its axes into the pool and what makes a map of it again."""
    if not layer.config.get("keepdims"):
        return [layer]
    axes = int(layer.kind[-2])
    pooled = layer._replace(config=layer.config | {"keepdims": False})
    return [pooled, Layer(f"{layer.name}/map", "Reshape", {"target_shape": [1] * axes + [-1]}, ())]


def _conv(layer: Layer) -> list[Layer]:
    """Part a convolution that sees no later position into the zeros before the first one and the rest."""
    config = layer.config
    if config.get("padding") != "causal":
        return [layer]
    kernel, dilation = (plain(config.get(key, 1)) for key in ("kernel_size", "dilation_rate"))
    reach = prod(kernel if isinstance(kernel, tuple) else (kernel,)) - 1
    zeros = reach * prod(dilation if isinstance(dilation, tuple) else (dilation,))
    padding = Layer(f"{layer.name}/zeros", "ZeroPadding1D", {"padding": [zeros, 0]}, layer.inputs)
    return [padding, layer._replace(config=config | {"padding": "valid"})]


_EACH = ("Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Dropout", "LayerNormalization", "Rescaling")


def _each(layer: Layer) -> list[Layer]:
    """Return the layer that is applied at each position, where it does the same to the whole sequence."""
    inner = layer.config["layer"]
    if inner["class_name"] not in _EACH:
        raise Unsaid(layer.name, f"TimeDistributed of {inner['class_name']} is not said")
    return respelled(layer._replace(kind=inner["class_name"], config=inner["config"]))


def _function(name: str) -> Callable[[Layer], list[Layer]]:
    """Return how an operation without arguments is said: `keras.ops.relu(x)`."""
    return lambda layer: [
        _activation(layer.name, name)._replace(inputs=layer.inputs, shares=layer.shares)
        if set(layer.config) <= {"name"}
        else layer
    ]


def _reduced(pool: str) -> Callable[[Layer], list[Layer]]:
    """Return how a reduction over all positions is said: `keras.ops.mean(x, (1, 2))`."""

    def made(layer: Layer) -> list[Layer]:
        axes = layer.config.get("axis")
        axes = sorted([axes] if isinstance(axes, int) else axes or ())
        if axes not in ([1], [1, 2], [1, 2, 3]) or layer.config.get("initial") is not None:
            return [layer]
        config = {"name": layer.name, "keepdims": bool(layer.config.get("keepdims"))}
        return _kept(layer._replace(kind=f"{pool}{len(axes)}D", config=config))

    return made


def _nothing(layer: Layer) -> list[Layer]:
    return [_activation(layer.name, "linear")._replace(inputs=layer.inputs)]


def _map(layer: Layer) -> list[Layer]:
    """Say the channels of a map of one position as what is left, so that any number of them is one layer."""
    target = layer.config.get("target_shape") or []
    if len(target) < 2 or set(target[:-1]) != {1}:
        return [layer]
    return [layer._replace(config=layer.config | {"target_shape": [*target[:-1], -1]})]


_FORMS: dict[str, Callable[[Layer], list[Layer]]] = {
    "ReLU": _relu,
    "Softmax": _softmax,
    "Reshape": _map,
    "ELU": _elu,
    "Identity": _nothing,
    "SeparableConv": _separable,
    "GlobalAveragePooling": _kept,
    "GlobalMaxPooling": _kept,
    "Conv": _conv,
    "TimeDistributed": _each,
    "Mean": _reduced("GlobalAveragePooling"),
    "Max": _reduced("GlobalMaxPooling"),
    **{
        name: _function(name.lower())
        for name in ("Relu", "Relu6", "Silu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Selu", "Mish")
    },
}
