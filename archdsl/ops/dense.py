"""The fully connected layer."""

from math import prod

from archdsl.light import Any
from archdsl.ops.base import Call, Op, Param, Params, Shape, Weight
from archdsl.ops.initial import initializer


def _shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    return (*inputs[0][:-1], params["channels"])


def _weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    kernel = Weight("kernel", (inputs[0][-1], params["channels"]))
    return (kernel, Weight("bias", (params["channels"],))) if params["bias"] else (kernel,)


def _macs(params: Params, inputs: tuple[Shape, ...], output: Shape) -> int:
    return inputs[0][-1] * prod(output)


def _keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    kwargs: dict[str, Any] = {"units": params["channels"]}
    if not params["bias"]:
        kwargs["use_bias"] = False
    if params["initializer"] != "glorot_uniform":
        kwargs["kernel_initializer"] = initializer(params["initializer"])
    return Call("layers.Dense", kwargs)


def _torch(params: Params, inputs: tuple[Shape, ...]) -> Call:
    entering, leaving = inputs[0][-1], params["channels"]
    if len(inputs[0]) > 1:  # at each position of a map, whose channels come first
        each = {"in_channels": entering, "out_channels": leaving, "kernel_size": 1, "bias": params["bias"]}
        return Call(f"nn.Conv{len(inputs[0]) - 1}d", each, use="{m}({0})")
    kwargs = {"in_features": entering, "out_features": leaving, "bias": params["bias"]}
    return Call("nn.Linear", kwargs, use="{m}({0})")


DENSE = Op(
    name="dense",
    family="dense",
    doc="Fully connected layer over the last axis.",
    words=(
        "fc",
        "dense",
        "fully connected",
        "fully connected layer",
        "full connection",
        "full connect",
        "full layer",
        "full conn",
        "conn",
        "conn layer",
        "output layer",
        "read out",
        "readout",
        "readout layer",
        "linear layer",
        "inner product",
        "mlp",
        "innerproduct",
        "ip",
        "connected",
        "affine",
    ),
    params=(
        Param("channels", None, "number of output units"),
        Param("bias", True, "whether a bias is added"),
        Param(
            "initializer", "glorot_uniform", "how the kernel is initialised, as `dense-initializer` says it"
        ),
        Param(
            "each",
            False,
            "whether it works at each position of a map; else the map is flattened",
            ("each position", "per position"),
        ),
    ),
    shape=_shape,
    weights=_weights,
    macs=_macs,
    keras=_keras,
    torch=_torch,
    label=lambda params: "dense",
    weighted=True,
    collapses=True,
)
