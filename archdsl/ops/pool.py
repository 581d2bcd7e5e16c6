"""Pooling over windows and over the whole map."""

from archdsl.light import Any
from archdsl.ops.base import Call, Calls, Op, Param, Params, Shape, ShapeFault, by, scalar, torch_form
from archdsl.ops.windows import axes, window_length, window_shape

_PARAMS = (
    Param("kernel", 2, "size of the window, one number per spatial axis"),
    Param("stride", None, "step of the window; the size of the window where none is given"),
    Param("padding", "valid", "`same` or `valid`"),
    Param(
        "ceil", False, "whether the last window may stick out, so that sizes are rounded up", ("ceil mode",)
    ),
)


def _pool_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    return window_shape(params, inputs[0], inputs[0][-1])


def _pool(name: str, layer: str, label: str, doc: str, words: tuple[str, ...], alone: bool = False) -> Op:
    def keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
        kwargs: dict[str, Any] = {
            "pool_size": scalar(params["kernel"]),
            "strides": scalar(params["stride"]),
            "padding": params["padding"],
        }
        return Call(f"layers.{layer}{len(params['kernel'])}D", kwargs)

    return Op(
        name,
        "pool",
        doc,
        _PARAMS,
        _pool_shape,
        keras,
        lambda params: f"{by(params['kernel'])} {label}",
        words,
        length=window_length,
        torch=torch_form(name),
        whole=f"global_{name}",
        alone=alone,
    )


def _global_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 2:
        raise ShapeFault("there is no spatial axis left to pool over")
    return inputs[0][-1:]


def _global_pool(name: str, layer: str, reduced: str, label: str, doc: str, words: tuple[str, ...]) -> Op:
    def keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
        return Call(f"layers.{layer}{len(inputs[0]) - 1}D", {})

    def torch(params: Params, inputs: tuple[Shape, ...]) -> Calls:
        if "masks" in params:
            from archdsl.ops.sequence_first import masked_mean

            return masked_mean(params)
        axes = tuple(range(2, len(inputs[0]) + 1))
        return Call("", {}, use=f"{{0}}.{reduced}({scalar(axes)})")

    return Op(
        name,
        "pool",
        doc,
        (),
        _global_shape,
        keras,
        lambda params: label,
        words,
        collapses=True,
        torch=torch,
        masks=("mask",) if reduced == "mean" else (),
    )


def _adaptive_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    sizes = params["output"]
    axes(len(sizes), "output", inputs[0])
    if any(n % size for n, size in zip(inputs[0], sizes, strict=False)):
        raise ShapeFault(f"{by(inputs[0][:-1])} positions do not divide into {by(sizes)} equal windows")
    return (*sizes, inputs[0][-1])


def _adaptive_pool(name: str, layer: str, label: str, doc: str, words: tuple[str, ...]) -> Op:
    def keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
        window = scalar(tuple(n // size for n, size in zip(inputs[0], params["output"], strict=False)))
        return Call(f"layers.{layer}{len(params['output'])}D", {"pool_size": window, "strides": window})

    def torch(params: Params, inputs: tuple[Shape, ...]) -> Call:
        window = scalar(tuple(n // size for n, size in zip(inputs[0], params["output"], strict=False)))
        short = {"AveragePooling": "AvgPool", "MaxPooling": "MaxPool"}[layer]
        return Call(f"nn.{short}{len(params['output'])}d", {"kernel_size": window}, use="{m}({0})")

    output = Param(
        "output",
        None,
        "size of the output, one divisor of the input's per spatial axis",
        ("size", "output size"),
    )
    return Op(
        name,
        "pool",
        doc,
        (output,),
        _adaptive_shape,
        keras,
        lambda params: f"{label} to {by(params['output'])}",
        words,
        torch=torch,
        sees="part",
    )


MAX_POOL = _pool(
    "max_pool",
    "MaxPooling",
    "max pool",
    "Maximum over a window.",
    ("max pool", "max pooling", "maxpool", "maxpooling", "maximum pool", "maximum pooling", "max"),
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
        *("subsampling", "sub sampling", "down sampling", "downsampling"),
    ),
    alone=True,
)
GLOBAL_AVG_POOL = _global_pool(
    "global_avg_pool",
    "GlobalAveragePooling",
    "mean",
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
    "amax",
    "global max pool",
    "Maximum over all spatial axes, which it removes.",
    ("global max pool", "global max pooling", "global maxpool"),
)
GLOBAL_STD_POOL = Op(
    name="global_std_pool",
    family="pool",
    doc="Standard deviation over all positions, which it removes (statistics pooling).",
    params=(),
    shape=_global_shape,
    keras=lambda params, inputs: (
        Call("ops.var", {"axis": tuple(range(1, len(inputs[0])))}, "variance"),
        Call("ops.add", {"x2": 1e-7}, "positive"),  # the root has no slope at 0
        Call("ops.sqrt", {}),
    ),
    torch=torch_form("global_std_pool", "sequence_first"),
    label=lambda params: "global std pool",
    words=("std pool", "deviation pool", "standard deviation pool"),
    collapses=True,
)
_ADAPTIVE = ("adaptive {} pool", "adaptive {} pooling", "adaptive{}pool")
ADAPTIVE_AVG_POOL = _adaptive_pool(
    "adaptive_avg_pool",
    "AveragePooling",
    "avg pool",
    "Mean over windows that part the map into as many as its output has positions.",
    tuple(form.format(word) for form in _ADAPTIVE for word in ("average", "avg")),
)
ADAPTIVE_MAX_POOL = _adaptive_pool(
    "adaptive_max_pool",
    "MaxPooling",
    "max pool",
    "Maximum over windows that part the map into as many as its output has positions.",
    tuple(form.format("max") for form in _ADAPTIVE),
)
