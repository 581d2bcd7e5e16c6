"""Local contrast normalisation."""

from archdsl.light import Any
from archdsl.ops.base import INPUT, Call, Calls, Op, Param, Params, Shape, torch_form
from archdsl.ops.channels import one_to_three


def _shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    one_to_three("local contrast normalisation takes", inputs[0])
    return inputs[0]


def _keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    pooling = f"layers.AveragePooling{len(inputs[0]) - 1}D"
    window: dict[str, Any] = {"pool_size": params["size"], "strides": 1, "padding": "same"}
    return (
        Call(pooling, window, "mean"),
        Call("layers.Subtract", {}, "centre", (INPUT, 0)),
        Call("layers.Multiply", {}, "square", (1, 1)),
        Call(pooling, window, "variance"),
        Call("layers.Rescaling", {"scale": params["alpha"], "offset": params["offset"]}, "scale"),
        Call("ops.power", {"x2": -params["beta"]}, "power"),
        Call("layers.Multiply", {}, "", (1, 5)),
    )


LCN = Op(
    name="lcn",
    family="norm",
    doc=(
        "Local contrast normalisation: the difference from the mean of a window, / (offset + alpha * its "
        "mean square) ** beta."
    ),
    words=(
        *("lcn", "contrast norm", "contrast normalization", "contrast normalisation"),
        *("local contrast norm", "local contrast normalization", "local contrast normalisation"),
    ),
    params=(
        Param("size", 5, "size of the window on every axis, in each channel", ("n",)),
        Param("alpha", 1.0, "factor of the mean square"),
        Param("beta", 0.5, "exponent"),
        Param("offset", 1.0, "added to the mean square"),
    ),
    shape=_shape,
    keras=_keras,
    torch=torch_form("lcn"),
    label=lambda params: "LCN",
)
