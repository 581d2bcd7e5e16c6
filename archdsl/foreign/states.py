"""A recurrent layer of Keras -> our op, of one direction or of both."""

from typing import Any

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.initializers import plain
from archdsl.foreign.layers import Layer
from archdsl.foreign.neutral import IGNORED, says_nothing
from archdsl.ops import ACTIVATIONS, OPS, Call
from archdsl.ops.base import Params, Shape, ShapeFault

_OPS = {
    **{"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"},
    **{f"ConvLSTM{rank}D": "conv_lstm" for rank in (1, 2, 3)},
}
KINDS = frozenset({*_OPS, "Bidirectional"})
_FUNCTIONS = frozenset(ACTIVATIONS.values())
# Arguments that say how a layer is computed, and what others are where they say nothing.
_HOW = (
    "unroll",
    "implementation",
    "use_cudnn",
    "zero_output_for_mask",
    "go_backwards",
    "activity_regularizer",
)
_USUAL: dict[str, tuple[Any, ...]] = {
    "recurrent_activation": ("sigmoid",),
    "recurrent_initializer": ("orthogonal", Call("initializers.Orthogonal", {"gain": 1.0})),
    "unit_forget_bias": (True,),
    "return_state": (False,),
    "stateful": (False,),
    "time_major": (False,),
}


def recurrent(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[str, dict[str, Any]]:
    """Return the op and its parameters; raise Unsaid for what has no word."""
    if len(shapes) > 1:
        raise Unsaid(layer.name, f"{layer.kind} is given states to begin with, which is not said")
    config = layer.config
    if layer.kind != "Bidirectional":
        for key in ("go_backwards", "zero_output_for_mask"):  # both directions have them from Keras
            if config.get(key):
                raise Unsaid(layer.name, f"{layer.kind} with {key}=True is not said")
        return _one(layer.name, layer.kind, config, shapes)
    inner = config["layer"]
    if inner["class_name"] not in _OPS or not _mirrored(inner, config.get("backward_layer")):
        raise Unsaid(layer.name, "Bidirectional is said of two equal recurrent layers, and these are others")
    op, params = _one(layer.name, inner["class_name"], inner["config"], shapes)
    if config.get("merge_mode", "concat") not in ("concat", "sum", "ave", "mul"):
        raise Unsaid(layer.name, "Bidirectional with merge_mode=None gives two values, which is not said")
    return op, params | {"bidirectional": True, "merge": config.get("merge_mode", "concat")}


def _mirrored(one: dict[str, Any], other: dict[str, Any] | None) -> bool:
    """Return whether the second direction is the first one, from the end; Keras writes it always."""
    if other is None:
        return not one["config"].get("go_backwards")
    left, right = (_config(part["config"]) for part in (one, other))
    turned = (bool(left.pop("go_backwards", False)), bool(right.pop("go_backwards", False)))
    return one["class_name"] == other["class_name"] and turned == (False, True) and left == right


def _config(config: dict[str, Any]) -> dict[str, Any]:
    """Return what a direction says of what it computes."""
    said = {key: plain(value) for key, value in config.items()}
    return {key: value for key, value in said.items() if key not in (*IGNORED, "zero_output_for_mask")}


def _one(
    name: str, kind: str, config: dict[str, Any], shapes: tuple[Shape, ...]
) -> tuple[str, dict[str, Any]]:
    op = OPS[_OPS[kind]]
    params = {param.name: param.default for param in op.params} | {
        "channels": config.get("units", config.get("filters")),
        "sequences": config.get("return_sequences", False),
        "activation": _function(name, config.get("activation", "tanh")),
        "bias": config.get("use_bias", True),
        "dropout": config.get("dropout", 0.0),
        "recurrent_dropout": config.get("recurrent_dropout", 0.0),
    }
    if "reset" in params:
        params["reset"] = "after" if config.get("reset_after", True) else "before"
    if "kernel" in params:
        params |= {"kernel": tuple(config["kernel_size"]), "padding": config.get("padding", "valid")}
    _must_make(name, kind, config, op.name, params, shapes)
    return op.name, params


def _function(name: str, said: Any) -> str:
    if said in (None, "linear"):
        return "none"
    if said not in _FUNCTIONS:
        raise Unsaid(name, f"its activation {said!r}"[:200] + " is not said")
    return str(said)


def _must_make(
    name: str, kind: str, config: dict[str, Any], op: str, params: Params, shapes: tuple[Shape, ...]
) -> None:
    """Raise Unsaid where the op's own layer is another one than the model's."""
    try:
        OPS[op].shape(params, shapes)
        made = OPS[op].calls(params, shapes)[-1].kwargs
    except ShapeFault as fault:
        raise Unsaid(name, str(fault)) from None
    for key, value in config.items():
        said = plain(value)
        known = key in _HOW or said in _USUAL.get(key, ()) or says_nothing(key, said, len(shapes[0]))
        if not known and not _said(key, said, made):
            raise Unsaid(name, f"{kind} with {key}={value!r}"[:200] + " is not said")


def _said(key: str, value: Any, made: dict[str, Any]) -> bool:
    """Return whether our layer has an argument, or does without it as Keras does."""
    usual = {"activation": "tanh", "return_sequences": False, "dropout": 0.0, "recurrent_dropout": 0.0}
    ours = made.get(key, {**usual, "reset_after": True}.get(key))
    alike = value if not isinstance(value, tuple) or len(set(value)) > 1 else value[0]
    return bool(ours in (value, alike)) or (key == "activation" and value == "linear" and ours is None)
