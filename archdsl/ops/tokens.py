"""Embeddings, and weights that stand for a value: class tokens, embeddings of positions."""

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
    Weight,
    across,
    same_shape,
    torch_form,
)
from archdsl.ops.initial import initializer

_INITIALIZER = Param("initializer", "uniform 0.05", "how it is initialised, as `initializer` says it")
_LETTERS = "cdefghij"


def one(axes: int | None = None) -> tuple[Call, ...]:
    """Give the calls of a 1 for the whole batch, or of one for each example of an input with so many axes.

    It depends on the input's shape alone, and binds what is made of it to the network.
    """
    if axes:
        first = Call("ops.max", {"axis": tuple(range(1, axes + 1))}, "any", (FIRST,))
        return first, Call("ops.ones_like", {"dtype": "float32"}, "one")
    return (
        Call("ops.max", {}, "any", (FIRST,)),
        Call("ops.reshape", {"newshape": (1,)}, "flat"),
        Call("ops.ones_like", {"dtype": "float32"}, "one"),
    )


def trained(shape: Shape, spelling: str, output: str = "", suffix: str = "") -> Call:
    """Give the layer whose weight is a value: Keras multiplies weights, here by a 1.

    `output` has the axes of the value in another order than the weight's, as letters from c on.
    """
    letters = _LETTERS[: len(shape)]
    output = output or letters
    made = tuple(shape[letters.index(letter)] for letter in output)
    kwargs: dict[str, Any] = {"equation": f"b,{letters}->b{output}", "output_shape": made}
    if spelling != "glorot_uniform":
        kwargs["kernel_initializer"] = spelling if spelling == "zeros" else initializer(spelling)
    return Call("layers.EinsumDense", kwargs, suffix)


def _embedding_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    shape: Shape = params["shape"] or ()
    if len(shape) != 2:
        raise ShapeFault("an embedding is how many tokens there are x their channels: `embedding 30000x512`")
    if (params.get("mask") or 0) >= shape[0]:
        raise ShapeFault(f"it has no token {params['mask']}: they are 0 to {shape[0] - 1}")
    return (*inputs[0], shape[1])


def _embedding_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    count, channels = params["shape"]
    kwargs: dict[str, Any] = {"input_dim": count, "output_dim": channels}
    if params["initializer"] != "uniform 0.05":
        kwargs["embeddings_initializer"] = initializer(params["initializer"])
    if params.get("reversible"):  # its matrix is applied the other way round, too
        return Call("layers.ReversibleEmbedding", kwargs)
    return Call("layers.Embedding", kwargs)


def _embedding_label(params: Params) -> str:
    padding = "" if params.get("mask") is None else f", padding {params['mask']}"
    return f"embedding {across(params['shape'])}{padding}"


EMBEDDING = Op(
    name="embedding",
    family="embedding",
    doc="Channels for each token: the input holds their numbers, from 0.",
    params=(
        Param(
            "shape",
            None,
            "how many tokens there are, and their channels: 30000x512, or one after the other",
            words=("vocabulary", "vocab", "vocab size", "vocabulary size", "input dim", "num embeddings"),
        ),
        Param(
            "mask",
            None,
            "number of the token that is padding: attention, recurrent layers and means pass over it",
        ),
        _INITIALIZER,
    ),
    shape=_embedding_shape,
    weights=lambda params, inputs: (Weight("embeddings", tuple(params["shape"])),),
    keras=_embedding_keras,
    torch=torch_form("embedding", "sequence_first"),
    label=_embedding_label,
    takes_tokens=True,
    axes=1,
    words=("embedding", "token embedding", "word embedding", "embed", "embedding layer"),
)


def _tied_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    count, channels = params["shape"]
    if inputs[0][-1] != channels:
        raise ShapeFault(f"the embedding that it is tied to has {channels} channels")
    return (*inputs[0][:-1], count)


TIED_DENSE = Op(
    name="tied_dense",
    family="dense",
    doc="A number for each token of an embedding, whose matrix is the kernel: `tied NAME`.",
    params=(Param("shape", None, "how many tokens there are, and their channels"), _INITIALIZER),
    shape=_tied_shape,
    weights=lambda params, inputs: (Weight("embeddings", tuple(params["shape"])),),
    macs=lambda params, inputs, output: inputs[0][-1] * prod(output),
    keras=lambda params, inputs: _embedding_keras({**params, "reversible": True}, inputs)._replace(
        called={"reverse": True}
    ),
    torch=torch_form("tied_dense", "sequence_first"),
    label=lambda params: f"dense, {params['shape'][0]}",
    weighted=True,
    sees="place",
)

LEARNED = Op(
    name="learned",
    family="embedding",
    doc=(
        "A value that is trained, the same for every example (a class token, queries); its input gives it "
        "the batch alone."
    ),
    params=(Param("shape", None, "its shape, channels last: 1x768"), _INITIALIZER),
    shape=lambda params, inputs: tuple(params["shape"]),
    weights=lambda params, inputs: (Weight("kernel", tuple(params["shape"])),),
    keras=lambda params, inputs: (
        *one(len(inputs[0])),
        trained(tuple(params["shape"]), params["initializer"]),
    ),
    torch=torch_form("learned", "sequence_first"),
    label=lambda params: f"learned {across(params['shape'])}",
    words=("learned value", "learned tokens", "learnable tokens", "learned queries", "trained value"),
)


def _positions_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) < 2:
        raise ShapeFault(f"{across(inputs[0])} has no positions")
    if params["kind"] == "sinusoidal" and (len(inputs[0]) != 2 or inputs[0][1] % 2):
        raise ShapeFault(
            f"sinusoids are for sequences of an even number of channels, not {across(inputs[0])}"
        )
    return inputs[0]


def _positions_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    return () if params["kind"] == "sinusoidal" else (Weight("kernel", inputs[0]),)


def _positions_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    if params["kind"] == "sinusoidal":
        return _sinusoids(inputs[0][-1])
    return (*one(), trained(inputs[0], params["initializer"]), Call("ops.add", {}, "sum", (FIRST, 3)))


def _sinusoids(channels: int) -> Calls:
    """sin(p / 10000^(c/channels)) in channel c, which is even, and its cosine in the next one, added.

    The cosine is the sine of a quarter turn more. Positions and channels are counted by sums of ones.
    """
    half, turn = 1.5707963267948966, -9.210340371976184 / channels  # pi / 2, -ln(10000) / channels
    return (
        Call("ops.ones_like", {"dtype": "float32"}, "ones", (FIRST,)),
        Call("ops.cumsum", {"axis": 1}, "count"),
        Call("ops.subtract", {"x2": 1.0}, "position"),
        Call("ops.cumsum", {"axis": 2}, "channel", (0,)),
        Call("ops.mod", {"x2": 2.0}, "even", (3,)),  # 1 for the first channel, which is even from 0
        Call("ops.add", {"x2": -2.0}, "pair", (3,)),
        Call("ops.add", {}, "first", (4, 5)),  # the even channel of each pair
        Call("ops.multiply", {"x2": turn}, "power"),
        Call("ops.exp", {}, "frequency"),
        Call("ops.multiply", {}, "angle", (2, 8)),
        Call("ops.subtract", {"x2": 1.0}, "odd", (4,)),
        Call("ops.multiply", {"x2": -half}, "quarter"),
        Call("ops.add", {}, "turned", (9, 11)),
        Call("ops.sin", {}, "wave"),
        Call("layers.Add", {}, "", (FIRST, 13)),
    )


_POSITIONAL = (
    *("position embedding", "positional embedding", "pos embedding", "position embeddings"),
    *("positional encoding", "position encoding", "positional embeddings"),
)
POSITIONS = Op(
    name="position_embedding",
    family="embedding",
    doc="Adds to each position what tells it from others: trained numbers, or sines and cosines of it.",
    params=(Param("kind", "learned", "`learned` or `sinusoidal`"), _INITIALIZER),
    shape=_positions_shape,
    weights=_positions_weights,
    keras=_positions_keras,
    torch=torch_form("position_embedding", "sequence_first"),
    label=lambda params: f"{params['kind']} positions",
    words=_POSITIONAL,
    keeps_positions=True,
    also={f"{kind} {words}": f"kind={kind}" for kind in ("learned", "sinusoidal") for words in _POSITIONAL},
)


def _bias_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    channels, axes = inputs[0][-1], len(inputs[0]) - 1
    made = trained((channels,), "zeros")
    spread = (Call("layers.Reshape", {"target_shape": (*(1,) * axes, channels)}, "spread"),) if axes else ()
    steps = (*one(), made._replace(suffix="bias"), *spread)
    return (*steps, Call("layers.Add", {}, "", (FIRST, len(steps) - 1)))


BIAS = Op(
    name="bias",
    family="embedding",
    doc="A trained number for each channel, added (behind `tied`, which has none).",
    params=(),
    shape=same_shape,
    weights=lambda params, inputs: (Weight("kernel", inputs[0][-1:]),),
    keras=_bias_keras,
    torch=torch_form("bias"),
    label=lambda params: "bias",
    words=("trained bias", "learned bias"),
    keeps_positions=True,
)
