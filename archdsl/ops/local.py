"""Normalisation by neighbours: over channels (local response), over a window (local contrast)."""

from archdsl.light import Any
from archdsl.ops.base import INPUT, Call, Calls, Op, Param, Params, Shape, torch_form
from archdsl.ops.channels import last_axis, on_channels, one_to_three


def _lrn_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    one_to_three("local response normalisation takes", inputs[0])
    return inputs[0]


def _lrn_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    size, shape = params["size"], inputs[0]
    around = (size // 2, (size - 1) // 2)
    # Without the last bits of a product, which a person would not write.
    factor = float(f"{params['alpha'] * size:.12g}")
    return (
        Call("layers.Multiply", {}, "square", (-1, -1)),
        # A mean with explicit zeros: at the ends, the mean of a padded pooling is that of fewer values.
        on_channels("ZeroPadding", shape, {"padding": last_axis(around, shape, (0, 0))}, "pad"),
        on_channels("AveragePooling", shape, {"pool_size": last_axis(size, shape, 1), "strides": 1}, "mean"),
        Call("layers.Rescaling", {"scale": factor, "offset": params["offset"]}, "scale"),
        Call("ops.power", {"x2": -params["beta"]}, "power"),
        Call("layers.Multiply", {}, "", (-1, 4)),
    )


def _lrn_torch(params: Params, inputs: tuple[Shape, ...]) -> Call:
    size = params["size"]  # PyTorch divides alpha by it
    factor = float(f"{params['alpha'] * size:.12g}")
    kwargs = {"size": size, "alpha": factor, "beta": params["beta"], "k": params["offset"]}
    return Call("nn.LocalResponseNorm", kwargs, use="{m}({0})")


LRN = Op(
    name="lrn",
    family="norm",
    doc=(
        "Local response normalisation: x / (offset + alpha * sum of the squares of neighbouring channels) "
        "** beta."
    ),
    words=(
        "lrn",
        "local response norm",
        "local response normalization",
        "local response normalisation",
        "localrespnorm",
        "response normalization",
        "response normalisation",
    ),
    params=(
        Param(
            "size",
            5,
            "number of channels whose squares are added: the channel itself and its neighbours",
            ("n",),
        ),
        Param("alpha", 1e-4, "factor of the sum (Caffe and PyTorch divide theirs by the size)"),
        Param("beta", 0.75, "exponent"),
        Param("offset", 1.0, "added to the sum; AlexNet's paper has 2"),
    ),
    shape=_lrn_shape,
    keras=_lrn_keras,
    torch=_lrn_torch,
    label=lambda params: "LRN",
)


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
