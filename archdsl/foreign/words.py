"""An op with its parameters -> a layer as a spec prints it."""

from collections.abc import Mapping, Sequence
from typing import Any

from archdsl.foreign.initializers import number
from archdsl.ops import ACTIVATIONS, INPUT, OPS, Call, Op
from archdsl.ops.params import defaults

Shape = tuple[int, ...]
Texts = Mapping[str, str]
# The word of an activation that a person would take, where it is not the function's own name.
_CALLED = {"silu": "swish", "hard_silu": "hard swish"}
# A parameter that no parameter of a block stands for is kept under another key, which two uses must share.
_KEYS = {"padding": "pads"}
_PARAMS = {kept: key for key, kept in _KEYS.items()}
_MARK = "reversible"  # of an embedding that another row is tied to
# Options that are words.
_SPOKEN: dict[tuple[str, Any], str] = {
    ("each", True): "each position",
    ("bias", True): "bias",
    ("bias", False): "no bias",
    ("padding", "same"): "same",
    ("padding", "valid"): "valid",
}
# Layers whose stride stands behind a slash.
_SLASHED = ("conv", "depthwise", "max_pool", "avg_pool")
# Parameters that a layer takes as the number behind its name.
_MAIN = ("rate", "factor", "amount", "pieces", "channels", "groups", "slope", "shape")


def lowered(op: Op, params: Mapping[str, Any], inputs: tuple[Shape, ...]) -> tuple[Call, ...]:
    """Return an op as a single call of itself, so that blocks are found among ops."""
    said = {key: value for key, value in params.items() if value is not None and key != _MARK}
    kwargs = {_KEYS.get(key, key): _short(key, value) for key, value in said.items()}
    if op.takes_flat:  # a map is flattened for it, unless it says otherwise
        kwargs["each"] = len(inputs[0]) > 1
    return (Call(op.name, kwargs, inputs=(INPUT,)),)


def _short(key: str, value: Any) -> Any:
    """Return one number for equal ones, so that a block has one parameter for them."""
    if key == "amount" and isinstance(value, tuple) and all(low == high for low, high in value):
        value = tuple(low for low, _ in value)
    alike = key in ("stride", "dilation", "amount") and isinstance(value, tuple) and len(set(value)) == 1
    return value[0] if alike and not isinstance(value[0], tuple) else value


def _one_sided(params: Mapping[str, Any]) -> dict[str, Any]:
    """Say of zeros or a crop on one side of each axis which side it is."""
    pairs: Any = params.get("amount")
    alike = isinstance(pairs, tuple) and len(set(pairs)) == 1 and isinstance(pairs[0], tuple)
    if not alike or all(pairs[0]):
        return dict(params)
    (before, after), rest = pairs[0], {key: value for key, value in params.items() if key != "amount"}
    return {**rest, "before": before} if before else {**rest, "after": after}


def by_name(op: str, names: Sequence[str]) -> dict[str, str]:
    """Return the options that name the values which an op reads besides the current one, where it joins
    none."""
    return {} if joins(op) else dict(zip(OPS[op].reads, names, strict=False))


def joins(op: str) -> bool:
    """Return whether an op joins several values."""
    return OPS[op].arity[0] > 1


def text(value: Any) -> str:
    """Write a value: `3x3`, `yes`, `0.001`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "x".join(map(text, value))
    if isinstance(value, float):
        word = number(value)
        return f"({word})" if "/" in word else word
    return str(value)


def layer(op: str, params: Mapping[str, Any], given: Texts, usual: Mapping[str, Any]) -> str:
    """Write a layer; `given` has the parameters that are names of a block's, `usual` what settings say of
    others."""
    if op == "activation":
        return _activation(params)
    if OPS[op].family == "own":
        values = ", ".join(text(value) for _, value in params["arguments"])
        return f"{params['rule'].name}({values})" if values else str(params["rule"].name)
    params = {_PARAMS.get(key, key): value for key, value in _one_sided(params).items()}
    left = {key: value for key, value in params.items() if key in given or not _usual(op, key, value, usual)}
    words = [_word(op, left, given)]
    for key, value in left.items():
        if key in _said(op, left, given):
            continue
        if (key, value) in _SPOKEN and key not in given:
            words.append(_SPOKEN[key, value])
            continue
        word = given.get(key) or _option(key, value)
        slashed = key == "stride" and op in _SLASHED and "x" not in word
        words.append(f"/{word}" if slashed else f"{key}={word}")
    return ", ".join(words)


def _option(key: str, value: Any) -> str:
    """Write the value of an option; a deviation stands in parentheses, or it would be a number of its own."""
    if key != "initializer" or "(" in value or " " not in value:
        return text(value)
    return "{}({})".format(*value.split(" "))


def _usual(op: str, key: str, value: Any, usual: Mapping[str, Any]) -> bool:
    if key == "kernel":
        return False
    own = defaults(op).get(key)
    others = key == "bias" and not OPS[op].is_filter  # the setting speaks of convolutions
    default = own if others else usual.get(key, None if OPS[op].is_pool and key == "padding" else own)
    return bool(value == default)


def _word(op: str, params: Mapping[str, Any], given: Texts) -> str:
    name = OPS[op].words[0] if OPS[op].words else op.replace("_", " ")
    kernel = "" if "kernel" not in params or "kernel" in given else text(params["kernel"])
    main = next((key for key in _MAIN if key in params and key not in given), "")
    if kernel:
        width = given.get("channels") or (text(params["channels"]) if main == "channels" else "")
        channels = f", {width}" if width else ""
        return f"{kernel}{channels}" if op == "conv" else f"{kernel} {name}{channels}"
    named = next((key for key in _MAIN if key in params and key in given), "")
    if main or named:
        return f"{name} {text(params[main]) if main else given[named]}"
    return name


def _said(op: str, params: Mapping[str, Any], given: Texts) -> set[str]:
    """Return the parameters that the layer's first words have already."""
    main = next((key for key in _MAIN if key in params and key not in given), "")
    if "kernel" in params and "kernel" not in given:
        return {"kernel", "channels"}
    return {main or next((key for key in _MAIN if key in params), "")}


def _activation(params: Mapping[str, Any]) -> str:
    function = params["function"]
    word = _CALLED.get(function, function.replace("_", " "))
    assert word in ACTIVATIONS, word
    slope = params.get("slope")
    return word if slope is None else f"{word} slope={text(slope)}"
