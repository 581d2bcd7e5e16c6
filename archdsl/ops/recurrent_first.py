"""The PyTorch forms of recurrent layers.

PyTorch's have two biases for each gate, or none: where Keras has one, it is the weights of a channel of ones.
"""

from archdsl.light import Any
from archdsl.ops.base import Call, Calls, NoTorchForm, Params, Shape
from archdsl.ops.sequence_first import BACK, LAST

_MERGED = {"sum": "sum", "ave": "mean", "mul": "prod"}


def lstm(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a long short-term memory."""
    return _recurrent("LSTM", params, inputs, ("tanh",))


def gru(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a gated recurrent unit, whose reset gate acts behind the product of the state."""
    if params["reset"] == "before":
        raise NoTorchForm("the reset gate of its GRU acts behind the product of the state")
    return _recurrent("GRU", params, inputs, ("tanh",))


def rnn(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a simple recurrent layer."""
    return _recurrent("RNN", params, inputs, ("tanh", "relu"))


def conv_lstm(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Refuse an LSTM of convolutions."""
    raise NoTorchForm("it has no recurrent layer of convolutions")


def _recurrent(name: str, params: Params, inputs: tuple[Shape, ...], known: tuple[str, ...]) -> Calls:
    if params["activation"] not in known:
        raise NoTorchForm(f"its {name} has {' or '.join(known)}, not `{params['activation']}`")
    if "masks" in params:
        raise NoTorchForm("its recurrent layers pass over padding at the end of a sequence alone")
    if params["recurrent_dropout"]:
        raise NoTorchForm("its recurrent layers drop no values of the state")
    one = _one_bias(params)
    kwargs: dict[str, Any] = {
        "input_size": inputs[0][-1] + one,
        "hidden_size": params["channels"],
        "batch_first": True,
    }
    if params["activation"] != "tanh":
        kwargs["nonlinearity"] = params["activation"]
    if one or not params["bias"]:
        kwargs["bias"] = False
    if params["bidirectional"]:
        kwargs["bidirectional"] = True
    read = f"F.pad({{0}}{LAST}, (0, 1), value=1.0)" if one else f"{{0}}{LAST}"
    made = Call(f"nn.{name}", kwargs, use=f"{{m}}({read}){_ending(name, params)}")
    if not params["dropout"]:
        return made
    return Call("nn.Dropout1d", {"p": params["dropout"]}, "dropout", use="{m}({0})"), made


def _one_bias(params: Params) -> bool:
    """Return whether there is one bias for each gate; a GRU has two."""
    return bool(params["bias"] and params["biases"] == "one" and "reset" not in params)


def _ending(name: str, params: Params) -> str:
    """Return what is taken of the layer's result: the states at all positions, or the last ones."""
    both, merge = params["bidirectional"], _MERGED.get(params["merge"])
    if params["sequences"]:
        joined = f".unflatten(-1, (2, -1)).{merge}(-2)" if both and merge else ""
        return f"[0]{joined}{BACK}"
    last = "[1][0]" if name == "LSTM" else "[1]"
    if not both:
        return f"{last}[-1]"
    return f"{last}.{merge}(0)" if merge else f"{last}.movedim(0, 1).flatten(1)"
