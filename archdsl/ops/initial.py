"""How a kernel is initialised: the words of the language, their one spelling, and the Keras initializer that
each is."""

import re

from archdsl.ops.base import Call
from archdsl.patterns import pattern

# Initializers that Keras knows by these names and that take no numbers.
NAMED = (
    "glorot_uniform",
    "glorot_normal",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "variance_scaling",
)
# With a number: a deviation, or the half width of a uniform distribution.
SPREAD = {
    "normal": ("RandomNormal", "stddev"),
    "truncated_normal": ("TruncatedNormal", "stddev"),
    "uniform": ("RandomUniform", "maxval"),
}
MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
EXPECTED = (*NAMED, "variance_scaling(2, fan_out, uniform)", *(f"{name} 0.02" for name in SPREAD))
ALIASES = {
    "glorot": "glorot_uniform",
    "xavier": "glorot_uniform",
    "he": "he_normal",
    "kaiming": "he_normal",
    "gaussian": "normal",
}

_HYPHEN = pattern(r"(?<=[a-z])-(?=[a-z])")
_PARTS = pattern(r"([a-z_]+)\s*(?:\(([^()]*)\)|(.*))")
_NUMBER = pattern(r"(\d{1,9}(?:\.\d{0,12})?|\.\d{1,12})(?:e(-?\d{1,2}))?(?:/(\d{1,9}))?")


def spelled(text: str) -> str | None:
    """Return the one spelling of an initializer, or None where the text is none.

    `normal(0.02)` and `Normal 0.02` are `normal 0.02`; `variance-scaling(2, fan-out)` is the same with its
    distribution.
    """
    if text in NAMED:
        return text
    match = _PARTS.fullmatch(_HYPHEN.sub("_", text.strip().lower()))
    if match is None:
        return None
    name = ALIASES.get(match[1], match[1])
    given = [word for word in re.split(r"[,\s]+", match[2] if match[2] is not None else match[3]) if word]
    if not given:
        return name if name in NAMED else None
    if name in SPREAD:
        return f"{name} {_shown(given[0])}" if len(given) == 1 and _number(given[0]) else None
    return _scaling(given) if name == "variance_scaling" else None


def _scaling(given: list[str]) -> str | None:
    scale, mode, distribution, *more = (*given, *("", "fan_in", "truncated_normal")[len(given) :])
    distribution = "untruncated_normal" if distribution == "normal" else distribution
    known = mode in MODES and distribution in DISTRIBUTIONS and not more
    return f"variance_scaling({_shown(scale)}, {mode}, {distribution})" if known and _number(scale) else None


def _number(text: str) -> float:
    """Read `0.02`, `2e-2` or `1/3`; 0 where the text is no number above 0 and up to 1000."""
    match = _NUMBER.fullmatch(text)
    value = (
        float(match[1]) * 10.0 ** int(match[2] or 0) / (int(match[3] or 1) or float("inf")) if match else 0
    )
    return value if value <= 1000 else 0


def _shown(number: str) -> str:
    return number if "/" in number else f"{_number(number):g}"


def initializer(spelling: str) -> Call | str:
    """Return the Keras initializer of a spelling that `spelled` gave: its name, or a call of
    `keras.initializers`."""
    if spelling in NAMED:
        return spelling
    name, *numbers = re.split(r"[(,\s)]+", spelling.rstrip(")"))
    value = _number(numbers[0])
    if name not in SPREAD:
        return Call(
            "initializers.VarianceScaling", {"scale": value, "mode": numbers[1], "distribution": numbers[2]}
        )
    constructor, key = SPREAD[name]
    lower = {"minval": -value} if key == "maxval" else {}
    return Call(f"initializers.{constructor}", {**lower, key: value})


def constant(value: float) -> Call | str:
    """Return the initializer that makes every element of a weight `value`."""
    return "ones" if value == 1 else Call("initializers.Constant", {"value": value})
