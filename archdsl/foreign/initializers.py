"""Values of a Keras configuration -> what a call of ours has in their place."""

import re
from fractions import Fraction
from typing import Any

from archdsl.ops import Call
from archdsl.ops.initial import NAMED, SPREAD, initializer, spelled

_NAMES = {"Ones": "ones", "Zeros": "zeros"}
_WITHOUT_SAYING = ("seed",)


def plain(value: Any) -> Any:
    """Return a list as a tuple, and a serialised initializer as its name or its call."""
    if isinstance(value, list):
        return tuple(map(plain, value))
    if isinstance(value, dict) and isinstance(value.get("config"), dict) and "class_name" in value:
        return _initializer(str(value["class_name"]), value["config"])
    return value


def _initializer(kind: str, config: dict[str, Any]) -> Any:
    if kind == "Constant" and config.get("value") in (0, 1):
        return "ones" if config["value"] else "zeros"
    name = _NAMES.get(kind, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower())
    said = {key: value for key, value in config.items() if key not in _WITHOUT_SAYING and value is not None}
    if name in _NAMES.values() or (name in NAMED and not said):
        return name
    if name == "variance_scaling":
        return _named(said) or Call("initializers.VarianceScaling", said)
    if name in ("random_normal", "truncated_normal") and not said.get("mean"):
        said.pop("mean", None)
    return Call(f"initializers.{kind}", said)


def _named(said: dict[str, Any]) -> str:
    """Find the name that Keras gives variance scaling of such numbers."""
    key = (said.get("scale"), said.get("mode"), said.get("distribution"))
    return {
        (1.0, "fan_avg", "uniform"): "glorot_uniform",
        (1.0, "fan_avg", "truncated_normal"): "glorot_normal",
        (2.0, "fan_in", "uniform"): "he_uniform",
        (2.0, "fan_in", "truncated_normal"): "he_normal",
        (1.0, "fan_in", "uniform"): "lecun_uniform",
        (1.0, "fan_in", "truncated_normal"): "lecun_normal",
    }.get(key, "")  # type: ignore[arg-type]


def spelling(made: Any) -> str:
    """Return the language's spelling of an initializer; raise ValueError where it has none."""
    if isinstance(made, str) and made in NAMED:
        return made
    if not isinstance(made, Call):
        raise ValueError(made)
    found = spelled(_text(made))
    if found is None or initializer(found) != made:
        raise ValueError(made)
    return found


def number(value: float) -> str:
    """Write a number, as a fraction where that is exact and shorter: `1/3`."""
    part = Fraction(value).limit_denominator(1000)
    exact = part.denominator > 1 and part.numerator / part.denominator == value
    if exact and len(repr(value)) > 12:
        return f"{part.numerator}/{part.denominator}"
    short = f"{value:.12g}"
    return repr(float(short)).removesuffix(".0")


def _text(made: Call) -> str:
    name = made.target.rpartition(".")[2]
    if name == "VarianceScaling":
        scale = number(made.kwargs["scale"])
        return f"variance_scaling({scale}, {made.kwargs['mode']}, {made.kwargs['distribution']})"
    for word, (constructor, key) in SPREAD.items():
        if constructor == name and key in made.kwargs:
            return f"{word} {number(made.kwargs[key])}"
    return name
