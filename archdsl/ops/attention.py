"""Multi-head attention, and what its parts are where a network has something between them: products of
matrices, heads, masks."""

from math import prod

from archdsl.light import Any
from archdsl.ops.base import (
    FIRST,
    Call,
    Calls,
    Op,
    Param,
    Params,
    Shape,
    ShapeFault,
    T,
    Weight,
    across,
    rearranged,
    torch_form,
)
from archdsl.ops.initial import initializer


def _widths(params: Params, query: Shape) -> tuple[int, int, int]:
    """Give the width of a head, that of its values, and the channels that come out."""
    heads, channels = params["heads"], query[-1]
    if params["width"] is None and channels % heads:
        raise ShapeFault(
            f"{heads} heads do not divide {channels} channels; give the width of a head, `width=64`"
        )
    width = params["width"] or channels // heads
    return width, params["value"] or width, params["out"] or channels


def _parted(params: Params, shape: Shape) -> tuple[Shape, int]:
    """Give the axes that attention goes on along each by itself, and how many positions it goes over."""
    positions, axes = shape[:-1], params["over"] or len(shape) - 1
    if not 0 < axes <= len(positions):
        raise ShapeFault(
            f"attention goes over {axes} axes of positions, {across(shape)} has {len(positions)}"
        )
    return positions[: len(positions) - axes], prod(positions[len(positions) - axes :])


def _attention_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    *_, out = _widths(params, inputs[0])
    sides = [_parted(params, shape) for shape in inputs]
    if len({apart for apart, _ in sides}) > 1 or len({count for _, count in sides[1:]}) > 1:
        raise ShapeFault(
            "queries, keys and values do not fit each other: " + " and ".join(map(across, inputs))
        )
    return (*inputs[0][:-1], out)


def _roles(inputs: tuple[T, ...]) -> tuple[T, T, T]:
    """Give what is query, key and value: one input is all three, a second one both keys and values."""
    return inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]


def _attention_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    width, value, out = _widths(params, inputs[0])
    heads, found = params["heads"], []
    for name, shape, wide in zip(
        ("query", "key", "value"), _roles(inputs), (width, width, value), strict=True
    ):
        found += [Weight(f"{name}_kernel", (shape[-1], heads, wide)), Weight(f"{name}_bias", (heads, wide))]
    found += [Weight("output_kernel", (heads, value, out)), Weight("output_bias", (out,))]
    return tuple(weight for weight in found if params["bias"] or weight.name.endswith("kernel"))


def _attention_macs(params: Params, inputs: tuple[Shape, ...], output: Shape) -> int:
    width, value, out = _widths(params, inputs[0])
    query, key, values = _roles(inputs)
    apart, count = _parted(params, query)
    _, keys = _parted(params, key)
    projected = count * (query[-1] * width + value * out) + keys * (key[-1] * width + values[-1] * value)
    return prod(apart) * int(params["heads"]) * (projected + count * keys * (width + value))


def _attention_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    calls: list[Call] = []
    places = []
    for at, shape in enumerate(inputs):
        apart, count = _parted(params, shape)
        flat = (prod(apart), count, shape[-1]) if apart else (count, shape[-1])
        places.append(FIRST - at if flat == shape else len(calls))
        if flat != shape:
            suffix = ("queries", "keys", "values")[at]
            calls.append(Call("layers.Reshape", {"target_shape": flat}, suffix, (FIRST - at,)))
    query, key, value = _roles(tuple(places))
    read = (query, value) if key == value else (query, value, key)
    called = {"use_causal_mask": True} if params["causal"] else {}
    reshaped = places[0] != FIRST
    calls.append(
        Call(
            "layers.MultiHeadAttention",
            _attention_kwargs(params, inputs),
            "heads" if reshaped else "",
            read,
            apart=True,
            called=called,
        )
    )
    if reshaped:
        calls.append(Call("layers.Reshape", {"target_shape": _attention_shape(params, inputs)}))
    return tuple(calls)


def _attention_kwargs(params: Params, inputs: tuple[Shape, ...]) -> dict[str, Any]:
    width, value, out = _widths(params, inputs[0])
    kwargs: dict[str, Any] = {"num_heads": params["heads"], "key_dim": width}
    said = {
        "value_dim": (value, width),
        "dropout": (params["dropout"], 0.0),
        "use_bias": (params["bias"], True),
        "output_shape": (out, inputs[0][-1]),
        "attention_axes": (2 if _parted(params, inputs[0])[0] else None, None),
    }
    kwargs |= {key: found for key, (found, plain) in said.items() if found != plain}
    if params["initializer"] != "glorot_uniform":
        kwargs["kernel_initializer"] = initializer(params["initializer"])
    return kwargs


def _label(params: Params) -> str:
    heads = params["heads"]
    kind = "causal attention" if params["causal"] else "attention"
    return f"{kind} (Q, K, V), {heads} head{'s' if heads > 1 else ''}"


ATTENTION = Op(
    name="attention",
    family="attention",
    doc=(
        "Multi-head attention of all positions to all: queries of its input, keys and values of the same or "
        "of named values, each projected for every head, and a projection of the heads side by side."
    ),
    params=(
        Param("heads", None, "number of heads", ("head", "num heads", "h")),
        Param(
            "width",
            None,
            "channels of a head's queries and keys; a share of the input's channels where none is given",
            ("head width", "head dim", "key dim", "d k"),
        ),
        Param("value", None, "channels of a head's values; as many as of its keys", ("value dim", "d v")),
        Param("out", None, "channels that come out; those that come in", ("output",)),
        Param("bias", True, "whether the projections have biases"),
        Param("causal", False, "whether a position attends to itself and to those before it only"),
        Param("over", None, "how many of the last axes of positions it goes over; all of them"),
        Param("dropout", 0.0, "share of the attention weights that is dropped while training"),
        Param("keys", None, "name of the value that keys, and values, are taken from", ("memory", "key")),
        Param("values", None, "name of the value that the values are taken from, where it is another"),
        Param(
            "initializer",
            "glorot_uniform",
            "how the projections are initialised, as `dense-initializer` says it",
        ),
    ),
    shape=_attention_shape,
    weights=_attention_weights,
    macs=_attention_macs,
    keras=_attention_keras,
    torch=torch_form("attention", "sequence_first"),
    label=_label,
    masks=("key_mask", "value_mask"),
    words=(
        "attention",
        "multi head attention",
        "multihead attention",
        "self attention",
        "multi head self attention",
        "multihead self attention",
        "cross attention",
        "multiheadattention",
        "mhsa",
        "msa",
        "mha",
    ),
    weighted=True,
    arity=(1, 3),
    reads=("keys", "values"),
    also={
        f"{kind} {words}": "causal=yes"
        for kind in ("causal", "masked")
        for words in ("attention", "self attention", "multi head attention", "multi head self attention")
    },
)


def _heads_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    *positions, channels = inputs[0]
    if not positions:
        raise ShapeFault(f"{across(inputs[0])} has no positions whose channels heads share")
    if channels % params["heads"]:
        raise ShapeFault(f"{params['heads']} heads do not divide {channels} channels")
    return (*positions[:-1], params["heads"], positions[-1], channels // params["heads"])


def _swapped(rank: int, first: int) -> tuple[int, ...]:
    """Give the order of axes, counted from 1 as Keras does, with axis `first` and the next one swapped."""
    return (*range(1, first), first + 1, first, *range(first + 2, rank + 1))


def _heads_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    made = _heads_shape(params, inputs)
    split = (*inputs[0][:-1], made[-3], made[-1])
    return (
        Call("layers.Reshape", {"target_shape": split}, "split"),
        Call("layers.Permute", {"dims": _swapped(len(made), len(made) - 2)}),
    )


HEADS = Op(
    name="heads",
    family="shape",
    doc="Channels shared among heads: positions x channels becomes heads x positions x channels.",
    params=(Param("heads", None, "number of heads; divides the channels", ("num heads",)),),
    shape=_heads_shape,
    keras=_heads_keras,
    torch=rearranged(_heads_keras, _heads_shape),
    label=lambda params: f"{params['heads']} heads",
    words=("split heads", "to heads"),
)


def _join_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 3:
        raise ShapeFault(f"{across(inputs[0])} is not heads x positions x channels")
    *apart, heads, positions, channels = inputs[0]
    return (*apart, positions, heads * channels)


def _join_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    rank = len(inputs[0])
    return (
        Call("layers.Permute", {"dims": _swapped(rank, rank - 2)}, "swap"),
        Call("layers.Reshape", {"target_shape": _join_shape(params, inputs)}),
    )


JOIN_HEADS = Op(
    name="join_heads",
    family="shape",
    doc="The channels of all heads side by side again: what `split heads` parted.",
    params=(),
    shape=_join_shape,
    keras=_join_keras,
    torch=rearranged(_join_keras, _join_shape),
    label=lambda params: "join heads",
    words=("join heads", "merge heads", "concat heads"),
)


def _product_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    first, second = inputs
    fits = min(len(first), len(second)) > 1 and first[:-2] == second[:-2] and first[-1] == second[-2]
    if not fits:
        raise ShapeFault(
            "a product of matrices needs as many channels on the left as positions on the right: "
            f"{across(first)} and {across(second)}"
        )
    return (*first[:-1], second[-1])


MATMUL = Op(
    name="matmul",
    family="merge",
    doc="Product of two maps as matrices, positions x channels, along the axes before them each by itself.",
    params=(),
    shape=_product_shape,
    macs=lambda params, inputs, output: prod(output) * inputs[0][-1],
    keras=lambda params, inputs: Call("ops.matmul", {}),
    torch=torch_form("matmul", "sequence_first"),
    label=lambda params: "matmul",
    arity=(2, 2),
)


def _scores_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 2 or inputs[0][-1] != inputs[0][-2]:
        raise ShapeFault(f"{across(inputs[0])} is no square of scores, a number for each two positions")
    return inputs[0]


CAUSAL_MASK = Op(
    name="causal_mask",
    family="activation",
    doc="Scores of positions with those behind them made so low that softmax gives them nothing.",
    params=(),
    shape=_scores_shape,
    keras=lambda params, inputs: (
        Call("ops.ones_like", {"dtype": "bool"}, "ones", (FIRST,)),
        Call("ops.tril", {}, "before"),
        Call("ops.where", {"x2": MASKED}, "", (1, FIRST)),
    ),
    torch=torch_form("causal_mask", "sequence_first"),
    label=lambda params: "causal mask",
    words=("causal mask",),
)
MASKED = -30_000.0
"""A score that softmax makes nothing of, which numbers of half precision can hold."""
