"""Ops that keep the shape: normalisation, activation, dropout."""

from archdsl.ops.base import Call, Op, Param, Params, Shape, Weight, same_shape

_NORM = (Param("epsilon", 1e-3, "added to the variance before the square root"),)


def _batch_norm_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    c = inputs[0][-1:]
    return (Weight("gamma", c), Weight("beta", c), Weight("moving_mean", c, False), Weight("moving_variance", c, False))


def _layer_norm_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    return Weight("gamma", inputs[0][-1:]), Weight("beta", inputs[0][-1:])


BATCH_NORM = Op(
    name="batch_norm",
    family="norm",
    doc="Batch normalisation per channel; its moving mean and variance are counted as non-trainable.",
    words=("bn", "batch norm", "batchnorm", "batch normalization", "batch normalisation"),
    params=(*_NORM, Param("momentum", 0.99, "share of the old moving statistics that one step keeps")),
    shape=same_shape,
    weights=_batch_norm_weights,
    keras=lambda params, inputs: Call("layers.BatchNormalization", {"momentum": params["momentum"], "epsilon": params["epsilon"]}),
    label=lambda params: "BN",
)

LAYER_NORM = Op(
    name="layer_norm",
    family="norm",
    doc="Layer normalisation over the channels.",
    words=("ln", "layer norm", "layernorm", "layer normalization", "layer normalisation"),
    params=_NORM,
    shape=same_shape,
    weights=_layer_norm_weights,
    keras=lambda params, inputs: Call("layers.LayerNormalization", {"epsilon": params["epsilon"]}),
    label=lambda params: "LN",
)

# Spelling in a table -> name of the function in Keras.
ACTIVATIONS = {
    "relu": "relu",
    "re": "relu",
    "relu6": "relu6",
    "leaky": "leaky_relu",
    "leaky relu": "leaky_relu",
    "leakyrelu": "leaky_relu",
    "lrelu": "leaky_relu",
    "elu": "elu",
    "selu": "selu",
    "gelu": "gelu",
    "swish": "silu",
    "silu": "silu",
    "hard swish": "hard_silu",
    "hswish": "hard_silu",
    "hs": "hard_silu",
    "hard sigmoid": "hard_sigmoid",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "softmax": "softmax",
    "soft max": "softmax",
}
_LABELS = {"relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "silu": "SiLU"}

ACTIVATION = Op(
    name="activation",
    family="activation",
    doc="Activation function, element by element (softmax: over the last axis).",
    params=(Param("function", "relu", "name of the function"),),
    shape=same_shape,
    keras=lambda params, inputs: Call("layers.Activation", {"activation": params["function"]}),
    label=lambda params: _LABELS.get(params["function"], params["function"].replace("_", " ")),
    words=tuple(ACTIVATIONS),
)

DROPOUT = Op(
    name="dropout",
    family="regularisation",
    doc="Sets a share of the values to zero while training.",
    params=(Param("rate", 0.5, "share of the values that is dropped, at least 0 and below 1"),),
    shape=same_shape,
    keras=lambda params, inputs: Call("layers.Dropout", {"rate": params["rate"]}),
    label=lambda params: f"dropout {params['rate']:g}",
    words=("dropout", "drop out"),
)
