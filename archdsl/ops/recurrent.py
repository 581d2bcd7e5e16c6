"""Recurrent layers: a state that each position of a sequence changes, over sequences and over maps."""

from math import prod

from archdsl.light import Any
from archdsl.ops.base import (
    Call,
    Calls,
    Op,
    Param,
    Params,
    Shape,
    ShapeFault,
    Weight,
    across,
    by,
    scalar,
    torch_form,
)
from archdsl.ops.windows import window_length

_COMMON = (
    Param(
        "channels",
        None,
        "units of the state; of each direction, where there are two",
        ("hidden size", "hidden"),
    ),
    Param(
        "sequences",
        False,
        "whether the state at every position is returned; else that at the last one",
        ("return sequences",),
    ),
    Param("bidirectional", False, "whether a second layer reads the sequence from its end"),
    Param(
        "merge",
        "concat",
        "what joins the two directions: `concat`, or `sum`, `ave` or `mul`, element by element",
        ("merge mode",),
    ),
    Param("activation", "tanh", "function of the state"),
    Param("bias", True, "whether biases are added"),
    Param("dropout", 0.0, "share of the input's values that is dropped while training"),
    Param("recurrent_dropout", 0.0, "share of the state's values that is dropped", ("recurrent dropout",)),
)
_BIASES = Param(
    "biases",
    "one",
    "`one` for each gate, or `two`, of the input and of the state; they are added",
    setting="recurrent-biases",
)
_RESET = Param(
    "reset",
    "after",
    "whether the reset gate acts `before` or `after` the product of the state, which then has its own bias",
    setting="gru-reset",
)
_LAYERS = Param("layers", 1, "how many such layers follow each other", ("num layers",))


def _sequence(inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) == 2:
        return inputs[0]
    hint = (
        "`map to sequence` makes one of a map"
        if len(inputs[0]) > 2
        else "`return sequences` behind a recurrent layer hands one on"
    )
    raise ShapeFault(
        f"a recurrent layer takes a sequence, length x channels, and {across(inputs[0])} is none; {hint}"
    )


def _ending(params: Params, sizes: Shape, length: int) -> Shape:
    """Return the shape of the states: of all positions or the last one, of one direction or both."""
    both = params["bidirectional"] and params["merge"] == "concat"
    state = (*sizes, params["channels"] * (2 if both else 1))
    return (length, *state) if params["sequences"] else state


def _shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    return _ending(params, (), _sequence(inputs)[0])


def _fused(params: Params) -> bool:
    """Tell a GRU whose one layer of Keras has the biases of the input and of the state."""
    return params.get("reset") == "after"


def _ones(params: Params) -> bool:
    """Tell a layer whose second bias is that of a channel of ones, because Keras' layer has only one."""
    return bool(params["bias"] and params["biases"] == "two" and not _fused(params))


def _directed(params: Params, weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    if not params["bidirectional"]:
        return weights
    sides = ("forward", "backward")
    return tuple(one._replace(name=f"{side}_{one.name}") for side in sides for one in weights)


def _recurrent_weights(gates: int, params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    units, entering = params["channels"], _sequence(inputs)[1] + _ones(params)
    kernels = (
        Weight("kernel", (entering, gates * units)),
        Weight("recurrent_kernel", (units, gates * units)),
    )
    shape: Shape = (2, gates * units) if _fused(params) else (gates * units,)
    return _directed(params, (*kernels, Weight("bias", shape)) if params["bias"] else kernels)


def _recurrent_macs(gates: int, params: Params, inputs: tuple[Shape, ...]) -> int:
    (length, entering), units = _sequence(inputs), params["channels"]
    return int(length * gates * units * (entering + units) * (2 if params["bidirectional"] else 1))


def _kwargs(params: Params) -> dict[str, Any]:
    kwargs: dict[str, Any] = {}
    if params["activation"] != "tanh":
        kwargs["activation"] = None if params["activation"] == "none" else params["activation"]
    if params["sequences"]:
        kwargs["return_sequences"] = True
    if not params["bias"]:
        kwargs["use_bias"] = False
    return kwargs | {key: params[key] for key in ("dropout", "recurrent_dropout") if params[key]}


def _both(params: Params, call: Call) -> Call:
    """Put Keras' two directions around a layer that has them."""
    if not params["bidirectional"]:
        return call
    merge = {} if params["merge"] == "concat" else {"merge_mode": params["merge"]}
    return Call("layers.Bidirectional", {"layer": call, **merge})


def _recurrent_keras(layer: str, params: Params, inputs: tuple[Shape, ...]) -> Calls:
    kwargs = {"units": params["channels"], **_kwargs(params)}
    if params.get("reset") == "before":
        kwargs["reset_after"] = False
    made = _both(params, Call(f"layers.{layer}", kwargs))
    if not _ones(params):
        return made
    ones = {"pad_width": ((0, 0), (0, 0), (0, 1)), "constant_values": 1}
    return (Call("ops.pad", ones, "ones"), made)


def _label(name: str, params: Params) -> str:
    return f"Bi{name}" if params["bidirectional"] else name


def _directions(*words: str) -> dict[str, str]:
    """List the words of a layer that has both directions."""
    prefixes = ("bi", "bi ", "bidirectional ")
    return {f"{prefix}{word}": "bidirectional=yes" for word in words for prefix in prefixes}


def _layer(
    name: str,
    layer: str,
    gates: int,
    doc: str,
    words: tuple[str, ...],
    *params: Param,
    also: tuple[str, ...] = (),
) -> Op:
    return Op(
        name=name,
        family="recurrent",
        doc=doc,
        words=words,
        also=_directions(*words) | dict.fromkeys(also, "bidirectional=yes"),
        params=(*_COMMON, *params, _LAYERS),
        shape=_shape,
        weights=lambda params, inputs: _recurrent_weights(gates, params, inputs),
        macs=lambda params, inputs, output: _recurrent_macs(gates, params, inputs),
        keras=lambda params, inputs: _recurrent_keras(layer, params, inputs),
        torch=torch_form(name, "recurrent_first"),
        label=lambda params: _label(words[0].upper(), params),
        weighted=True,
        masks=("mask",),
    )


LSTM = _layer(
    "lstm",
    "LSTM",
    4,
    "Long short-term memory: a state and a cell that three gates keep, over a sequence.",
    ("lstm", "long short term memory"),
    _BIASES,
    also=("blstm",),
)
GRU = _layer(
    "gru",
    "GRU",
    3,
    "Gated recurrent unit: a state that two gates keep, over a sequence.",
    ("gru", "gated recurrent unit"),
    _BIASES,
    _RESET,
    also=("bgru",),
)
RNN = _layer(
    "rnn",
    "SimpleRNN",
    1,
    "Simple recurrent layer: the state is a function of the input and of the state before.",
    ("rnn", "simple rnn", "simplernn", "vanilla rnn", "recurrent", "elman rnn"),
    _BIASES,
    also=("brnn",),
)


def _frames(params: Params, inputs: tuple[Shape, ...]) -> tuple[int, Shape, Shape]:
    """Return the length of a sequence of maps, their sizes and the window; one number is that of all axes."""
    length, *sizes = inputs[0][:-1] or (0,)
    kernel = params["kernel"]
    if len(set(kernel)) == 1:
        kernel = kernel[:1] * len(sizes)
    if not 1 <= len(sizes) <= 3 or len(kernel) != len(sizes):
        raise ShapeFault(
            f"a {len(kernel)}-D recurrent convolution takes a sequence of maps of {len(kernel)} axes, "
            f"and {across(inputs[0])} is none"
        )
    if params["padding"] not in ("same", "valid"):
        raise ShapeFault("a recurrent convolution pads `same` or not at all (`valid`)")
    return length, tuple(sizes), kernel


def _map_sizes(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    _, sizes, kernel = _frames(params, inputs)
    after = tuple(window_length(n, k, 1, params["padding"]) for n, k in zip(sizes, kernel, strict=True))
    if min(after) < 1:
        raise ShapeFault(f"a window of {kernel[0]} does not fit into {across(sizes)} without padding")
    return after


def _conv_lstm_weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    (_, _, kernel), channels = _frames(params, inputs), params["channels"]
    kernels = (
        Weight("kernel", (*kernel, inputs[0][-1], 4 * channels)),
        Weight("recurrent_kernel", (*kernel, channels, 4 * channels)),
    )
    return _directed(params, (*kernels, Weight("bias", (4 * channels,))) if params["bias"] else kernels)


def _conv_lstm_macs(params: Params, inputs: tuple[Shape, ...], output: Shape) -> int:
    (length, _, kernel), channels = _frames(params, inputs), params["channels"]
    each = prod(_map_sizes(params, inputs)) * prod(kernel) * 4 * channels * (inputs[0][-1] + channels)
    return int(length * each * (2 if params["bidirectional"] else 1))


def _conv_lstm_keras(params: Params, inputs: tuple[Shape, ...]) -> Call:
    _, sizes, kernel = _frames(params, inputs)
    kwargs = {
        "filters": params["channels"],
        "kernel_size": scalar(kernel),
        "padding": params["padding"],
        **_kwargs(params),
    }
    return _both(params, Call(f"layers.ConvLSTM{len(sizes)}D", kwargs))


CONV_LSTM = Op(
    name="conv_lstm",
    family="recurrent",
    doc="An LSTM over a sequence of maps, whose products are convolutions.",
    words=("convlstm", "conv lstm", "convlstm1d", "convlstm2d", "convlstm3d", "convolutional lstm"),
    also=_directions("convlstm", "conv lstm"),
    params=(
        Param("kernel", None, "size of the window, one number per axis of the maps"),
        *_COMMON,
        Param("padding", "same", "`same` or `valid`, of the input's convolution"),
        _LAYERS,
    ),
    shape=lambda params, inputs: _ending(params, _map_sizes(params, inputs), inputs[0][0]),
    weights=_conv_lstm_weights,
    macs=_conv_lstm_macs,
    keras=_conv_lstm_keras,
    torch=torch_form("conv_lstm", "recurrent_first"),
    label=lambda params: f"{by(params['kernel'])} {_label('ConvLSTM', params)}",
    weighted=True,
)
