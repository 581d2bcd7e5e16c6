"""Ops that keep the shape: activation, dropout."""

from math import prod

from archdsl.ops.base import (
    Call,
    Calls,
    NoTorchForm,
    Op,
    Param,
    Params,
    Shape,
    ShapeFault,
    Weight,
    same_shape,
)
from archdsl.ops.initial import constant

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
    "gelu tanh": "gelu_tanh",
    "tanh gelu": "gelu_tanh",
    "approximate gelu": "gelu_tanh",
    "gelu approximate": "gelu_tanh",
    "gelu new": "gelu_tanh",
    "rectified linear": "relu",
    "rectified linear unit": "relu",
    "rectifier": "relu",
    "swish": "silu",
    "silu": "silu",
    "hard swish": "hard_silu",
    "hswish": "hard_silu",
    "hard silu": "hard_silu",
    "hardswish": "hard_silu",
    "hs": "hard_silu",
    "hard sigmoid": "hard_sigmoid",
    "hardsigmoid": "hard_sigmoid",
    "hsigmoid": "hard_sigmoid",
    "sigmoid": "sigmoid",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "hyperbolic tangent": "tanh",
    "softplus": "softplus",
    "softsign": "softsign",
    "mish": "mish",
    "celu": "celu",
    "hard tanh": "hard_tanh",
    "hardtanh": "hard_tanh",
    "htanh": "hard_tanh",
    "log sigmoid": "log_sigmoid",
    "logsigmoid": "log_sigmoid",
    "log softmax": "log_softmax",
    "logsoftmax": "log_softmax",
    "softmax": "softmax",
    "soft max": "softmax",
}
_LABELS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "gelu_tanh": "GELU (tanh)",
    "silu": "SiLU",
}

# Name of the function in Keras -> the module of PyTorch, and its function.
_TORCH = {
    "relu": ("ReLU", "F.relu"),
    "relu6": ("ReLU6", "F.relu6"),
    "elu": ("ELU", "F.elu"),
    "selu": ("SELU", "F.selu"),
    "gelu": ("GELU", "F.gelu"),
    "silu": ("SiLU", "F.silu"),
    "hard_silu": ("Hardswish", "F.hardswish"),
    "hard_sigmoid": ("Hardsigmoid", "F.hardsigmoid"),
    "sigmoid": ("Sigmoid", "torch.sigmoid"),
    "tanh": ("Tanh", "torch.tanh"),
    "softplus": ("Softplus", "F.softplus"),
    "softsign": ("Softsign", "F.softsign"),
    "mish": ("Mish", "F.mish"),
    "celu": ("CELU", "F.celu"),
    "hard_tanh": ("Hardtanh", "F.hardtanh"),
    "log_sigmoid": ("LogSigmoid", "F.logsigmoid"),
}


def _activation_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if params.get("slope") is not None and params["function"] != "leaky_relu":
        raise ShapeFault(f"{_label(params)} has no slope to set, a leaky ReLU has")
    axis = params.get("axis")
    if axis and params["function"] != "softmax":
        raise ShapeFault(f"{_label(params)} works element by element, only softmax goes over an axis")
    if axis and axis > len(inputs[0]):
        raise ShapeFault(f"its input has {len(inputs[0])} axes, and no axis {axis}")
    return inputs[0]


def _activation_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    shape, softmax = inputs[0], params["function"] == "softmax"
    if params.get("slope") is not None:
        return Call("layers.LeakyReLU", {"negative_slope": params["slope"]})
    if params["function"] == "gelu_tanh":
        return Call("ops.gelu", {"approximate": True})
    if softmax and params.get("axis", None) not in (None, len(shape)):
        return Call("layers.Softmax", {"axis": params["axis"]})
    made = Call("layers.Activation", {"activation": params["function"]})
    if not softmax or len(shape) <= 4:
        return made
    # TensorFlow's softmax takes five axes, with that of the batch.
    rows = Call("layers.Reshape", {"target_shape": (prod(shape[:-1]), shape[-1])}, "rows")
    return rows, made._replace(suffix="each"), Call("layers.Reshape", {"target_shape": shape})


def _activation_torch(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    function, slope = params["function"], params.get("slope")
    if function == "leaky_relu":
        slope = 0.2 if slope is None else slope  # Keras' default
        return Call("nn.LeakyReLU", {"negative_slope": slope}, use=f"F.leaky_relu({{0}}, {slope})")
    if function.endswith("softmax"):
        module = "nn.LogSoftmax" if function == "log_softmax" else "nn.Softmax"
        axis, rank = params.get("axis") or len(inputs[0]), len(inputs[0])
        dim = 1 if axis == rank else axis + 1  # channels, the last axis of a table, come first
        return Call(module, {"dim": dim}, use=f"F.{function}({{0}}, {dim})")
    if function == "gelu_tanh":
        return Call("nn.GELU", {"approximate": "tanh"}, use='F.gelu({0}, approximate="tanh")')
    if function not in _TORCH:
        raise NoTorchForm(f"no form of {_label(params)} is declared")
    module, applied = _TORCH[function]
    return Call(f"nn.{module}", {}, use=f"{applied}({{0}})")


def _label(params: Params) -> str:
    function: str = params["function"]
    return _LABELS.get(function, function.replace("_", " "))


ACTIVATION = Op(
    name="activation",
    family="activation",
    doc="Activation function, element by element (softmax: over the last axis).",
    params=(
        Param("function", "relu", "name of the function"),
        Param(
            "slope",
            None,
            "slope of a leaky ReLU below zero; 0.2 where none is given",
            ("alpha", "α", "a", "negative slope", "leak"),
        ),
        Param("axis", None, "axis that softmax goes over, counted from 1; the last where none is given"),
    ),
    shape=_activation_shape,
    keras=_activation_keras,
    torch=_activation_torch,
    label=_label,
    words=tuple(ACTIVATIONS),
)


def _prelu_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    return (Weight("alpha", (1,) * (len(inputs[0]) - 1) + inputs[0][-1:]),)


def _prelu_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    shared = {"shared_axes": tuple(range(1, len(inputs[0])))} if len(inputs[0]) > 1 else {}
    return Call("layers.PReLU", {"alpha_initializer": constant(params["initial"]), **shared})


PRELU = Op(
    name="prelu",
    family="activation",
    doc="ReLU with a trained slope below zero, one for each channel.",
    params=(Param("initial", 0.25, "the slopes before training"),),
    shape=same_shape,
    weights=_prelu_weights,
    keras=_prelu_keras,
    torch=lambda params, inputs: Call(
        "nn.PReLU", {"num_parameters": inputs[0][-1], "init": params["initial"]}, use="{m}({0})"
    ),
    label=lambda params: "PReLU",
    words=("prelu", "parametric relu"),
)


def _map_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if not 2 <= len(inputs[0]) <= 4:
        raise ShapeFault("whole channels are dropped of maps, and its input is none")
    return inputs[0]


def _rescale_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    offset = {"offset": params["offset"]} if params.get("offset") else {}
    return Call("layers.Rescaling", {"scale": params["factor"], **offset})


def _rescale_torch(params: Params, inputs: tuple[Shape, ...]) -> Call:
    offset = f" + {params['offset']}" if params.get("offset") else ""
    return Call("", {}, use=f"{{0}} * {params['factor']}{offset}")


def _rescale_label(params: Params) -> str:
    offset = params.get("offset")
    return f"× {params['factor']:g}" + (f" {'+' if offset > 0 else '−'} {abs(offset):g}" if offset else "")


RESCALE = Op(
    name="rescale",
    family="activation",
    doc=(
        "Its input times a constant, and plus one: neither is trained (pixels brought to -1 to 1, the scaled "
        "residuals of Inception-ResNet)."
    ),
    params=(Param("factor", None, "the constant"), Param("offset", 0.0, "what is added after it")),
    shape=same_shape,
    keras=_rescale_keras,
    torch=_rescale_torch,
    label=_rescale_label,
    words=("rescale", "rescaling", "residual scaling", "multiply by", "scale by", "scaled by"),
)

ABSOLUTE = Op(
    name="absolute",
    family="activation",
    doc="Absolute value, element by element (the distance of two twins, behind `subtract`).",
    params=(),
    shape=same_shape,
    keras=lambda params, inputs: Call("ops.absolute", {}),
    torch=lambda params, inputs: Call("", {}, use="{0}.abs()"),
    label=lambda params: "|x|",
    words=("absolute", "abs", "absolute value"),
)

DROPOUT = Op(
    name="dropout",
    family="regularisation",
    doc="Sets a share of the values to zero while training.",
    params=(
        Param(
            "rate",
            0.5,
            "share of the values that is dropped, at least 0 and below 1",
            ("p", "ratio", "drop rate"),
        ),
    ),
    shape=same_shape,
    keras=lambda params, inputs: Call("layers.Dropout", {"rate": params["rate"]}),
    torch=lambda params, inputs: Call("nn.Dropout", {"p": params["rate"]}, use="{m}({0})"),
    label=lambda params: f"dropout {params['rate']:g}",
    words=("dropout", "drop out"),
)

SPATIAL_DROPOUT = Op(
    name="spatial_dropout",
    family="regularisation",
    doc="Sets a share of the channels to zero, each at all its positions, while training.",
    params=(
        Param(
            "rate",
            0.5,
            "share of the channels that is dropped, at least 0 and below 1",
            ("p", "ratio", "drop rate"),
        ),
    ),
    shape=_map_shape,
    keras=lambda params, inputs: Call(
        f"layers.SpatialDropout{len(inputs[0]) - 1}D", {"rate": params["rate"]}
    ),
    torch=lambda params, inputs: Call(
        f"nn.Dropout{len(inputs[0]) - 1}d", {"p": params["rate"]}, use="{m}({0})"
    ),
    label=lambda params: f"spatial dropout {params['rate']:g}",
    words=("spatial dropout", "channel dropout"),
)

DROP_PATH = Op(
    name="drop_path",
    family="regularisation",
    doc=(
        "Sets all values of an example to zero, for a share of the examples, while training (stochastic "
        "depth)."
    ),
    params=(
        Param(
            "rate",
            0.5,
            "share of the examples that is dropped, at least 0 and below 1",
            ("p", "ratio", "drop rate"),
        ),
        Param(
            "rising",
            False,
            "whether it rises from 0 in the first named block that has one, in equal steps, to `drop-path`",
            said=True,
        ),
    ),
    shape=same_shape,
    keras=lambda params, inputs: Call(
        "layers.Dropout", {"rate": params["rate"], "noise_shape": (None,) + (1,) * len(inputs[0])}
    ),
    torch=lambda params, inputs: Call(
        "nn.Dropout",
        {"p": params["rate"]},
        use=f"{{0}} * {{m}}({{0}}.new_ones(len({{0}}), {', '.join('1' * len(inputs[0]))}))",
    ),
    label=lambda params: f"drop path {params['rate']:.3g}",
    words=("drop path", "droppath", "stochastic depth"),
)
