"""Options that only some ops have -> their values, by what the op's parameter holds."""

from collections.abc import Callable
from itertools import zip_longest

from archdsl.light import TYPE_CHECKING, Any
from archdsl.ops import OPS, initial
from archdsl.problems import preamble
from archdsl.syntax.ast import Expr, Layer, Name, Option

if TYPE_CHECKING:
    from archdsl.resolve.resolve_layer import LayerResolver

_MAX = 1_000_000
_LOWEST = {"start": 0, "extra": 0, "over": 0, "mask": 0}
_YES = {"yes": True, "no": False, "true": True, "false": False}
# What an op cannot do without (several in order), and how it is written.
NEEDED = {
    **{"reshape": "shape", "crop": "amount", "pad": "amount", "select": "stop", "rescale": "factor"},
    **{"adaptive_avg_pool": "output", "adaptive_max_pool": "output"},
    **{"lstm": "channels", "gru": "channels", "rnn": "channels", "conv_lstm": "kernel channels"},
    **{
        "embedding": "shape",
        "learned": "shape",
        "heads": "heads",
        "space_to_depth": "block",
        "roll": "shift",
    },
    **{"windows": "window", "join_windows": "window", "shift_mask": "shift", "attention": "heads"},
}
EXAMPLES = {
    **{
        "reshape": "reshape 4x4x64",
        "crop": "crop 2",
        "pad": "zero padding 3",
        "select": "select 16",
        "rescale": "rescale 0.1",
    },
    **{"adaptive_avg_pool": "adaptive average pool 7x7", "adaptive_max_pool": "adaptive max pool 7x7"},
    **{"lstm": "LSTM 256", "gru": "GRU 256", "rnn": "RNN 256", "conv_lstm": "ConvLSTM 3x3, 64"},
    **{"embedding": "embedding 30000x512", "learned": "learned value 1x768", "heads": "split heads 8"},
    **{"space_to_depth": "space to depth 2", "roll": "roll, shift=-3", "attention": "attention, 8 heads"},
    **{"windows": "windows 7x7", "join_windows": "join windows 7x7"},
    **{"shift_mask": "shift mask 7x7, shift=3"},
}
_CHOICES = {
    "interpolation": ("nearest", "bilinear"),
    "merge": ("concat", "sum", "ave", "mul"),
    "biases": ("one", "two"),
    "reset": ("before", "after"),
    "kind": ("learned", "sinusoidal"),
}


def special(resolver: "LayerResolver", layer: Layer, option: Option) -> Any:
    """Evaluate an option of an op; None where the op has no such parameter, or a fault was reported."""
    parameter = next((param for param in OPS[layer.op].params if param.name == option.key), None)
    if parameter is None or option.key in OPS[layer.op].reads:
        return None
    if parameter.name in ("rule", "arguments"):
        return option.value if parameter.name == "rule" else _arguments(resolver, layer)
    if option.key in _READERS:
        return _READERS[option.key](resolver, option)
    match parameter.default:
        case bool():
            return _truth(resolver, option)
        case str():
            return _choice(resolver, option)
        case float():
            return number(resolver, option)
    return resolver.whole(option, _LOWEST.get(option.key, 1), _MAX)


def _per_axis(low: int) -> Callable[["LayerResolver", Option], tuple[int, ...] | None]:
    """Read a number for each axis, one for all of them where one is said."""

    def read(resolver: "LayerResolver", option: Option) -> tuple[int, ...] | None:
        found = _numbers(resolver, option, low)
        return found * resolver.rank if found and len(found) == 1 else found

    return read


def _arguments(resolver: "LayerResolver", layer: Layer) -> tuple[tuple[str, Any], ...]:
    """Return the parameters of a layer that the spec declares, with their values."""
    rule: Any = next(option.value for option in layer.options if option.key == "rule")
    return tuple((name, resolver.evaluator.values[name]) for name in rule.parameters)


def _expressions(option: Option) -> tuple[Expr, ...]:
    many = type(option.value) is tuple
    return option.value if many else (option.value,)  # type: ignore[return-value]


def _numbers(resolver: "LayerResolver", option: Option, low: int) -> tuple[int, ...] | None:
    if isinstance(option.value, str):
        resolver.reporter.add(
            preamble.bad_value(resolver.source, option.span, option.key, option.value, "numbers, like 4x4x64")
        )
        return None
    held = resolver.evaluator.values.get(option.value.id) if isinstance(option.value, Name) else None
    if isinstance(held, tuple):
        return held
    found = [
        resolver.evaluator.whole(one, f"the {option.key}", low, _MAX, option.span)
        for one in _expressions(option)
    ]
    return None if None in found else tuple(found)  # type: ignore[arg-type]


def _around(resolver: "LayerResolver", option: Option) -> tuple[tuple[int, int], ...] | None:
    """Return what is before and behind each axis: `2` for all of them, `1x2` for one by one, `0x1x0x1` for
    both ends of each."""
    found = _per_axis(0)(resolver, option)
    if found is not None and len(found) == 2 * resolver.rank:
        return tuple(zip(found[::2], found[1::2], strict=True))
    return None if found is None else tuple((one, one) for one in found)


def with_ends(more: dict[str, Any], rank: int) -> dict[str, Any]:
    """Return the options of a padding or a crop with what is said of one end (`zero padding, after=1`) in its
    amount."""
    if "before" not in more and "after" not in more:
        return more
    ends = zip_longest(more.get("amount", ((0, 0),) * rank), more.get("before", ()), more.get("after", ()))
    pairs = ((around or (0, 0), before or 0, after or 0) for around, before, after in ends)
    amount = tuple((low + before, high + after) for (low, high), before, after in pairs)
    return {key: value for key, value in more.items() if key not in ("before", "after")} | {"amount": amount}


def _decimals(resolver: "LayerResolver", option: Option) -> tuple[float, ...] | None:
    """Return a number for each channel, `0.485x0.456x0.406`, or one for all of them."""
    if isinstance(option.value, str):
        resolver.reporter.add(
            preamble.bad_value(
                resolver.source, option.span, option.key, option.value, "a number for each channel"
            )
        )
        return None
    found = [resolver.evaluator.finite(one, f"the {option.key}", option.span) for one in _expressions(option)]
    return None if None in found else tuple(map(float, found))  # type: ignore[arg-type]


def _initializer(resolver: "LayerResolver", option: Option) -> str | None:
    text = resolver.text(option)
    found = initial.spelled(text)
    if found is None:
        resolver.reporter.add(
            preamble.bad_value(
                resolver.source, option.span, option.key, text, ", ".join(initial.EXPECTED), initial.EXPECTED
            )
        )
    return found


def _truth(resolver: "LayerResolver", option: Option) -> bool | None:
    if not isinstance(option.value, str) and not (
        isinstance(option.value, Name) and option.value.id not in resolver.evaluator.values
    ):
        number = None if type(option.value) is tuple else resolver.evaluator.value(option.value)  # type: ignore[arg-type]
        return _YES.get(number, True) if isinstance(number, str) else bool(number)
    word = option.value if isinstance(option.value, str) else option.value.id
    if word.lower() not in _YES:
        resolver.reporter.add(
            preamble.bad_value(resolver.source, option.span, option.key, word, "yes or no", ("yes", "no"))
        )
    return _YES.get(word.lower())


def _choice(resolver: "LayerResolver", option: Option) -> str | None:
    choices = _CHOICES[option.key]
    named = option.value.id if isinstance(option.value, Name) else resolver.text(option)
    word = option.value if isinstance(option.value, str) else named
    if word not in choices:
        resolver.reporter.add(
            preamble.bad_value(resolver.source, option.span, option.key, word, " or ".join(choices), choices)
        )
        return None
    return word


def number(resolver: "LayerResolver", option: Option) -> float | None:
    if isinstance(option.value, str) or type(option.value) is tuple:
        resolver.reporter.add(
            preamble.bad_value(resolver.source, option.span, option.key, resolver.text(option), "a number")
        )
        return None
    found = resolver.evaluator.finite(option.value, f"the {option.key}", option.span)  # type: ignore[arg-type]
    return None if found is None else float(found)


# How the values of some options are read, whatever the default is.
_READERS: dict[str, Callable[["LayerResolver", Option], Any]] = {
    "shape": lambda resolver, option: _numbers(resolver, option, 1),
    "amount": _around,
    "order": lambda resolver, option: _numbers(resolver, option, 1),
    "output": _per_axis(1),
    "window": _per_axis(1),
    "block": _per_axis(1),
    "shift": _per_axis(-_MAX),
    "before": _per_axis(0),
    "after": _per_axis(0),
    "slope": number,
    "factor": number,
    "mean": _decimals,
    "variance": _decimals,
    "initializer": _initializer,
}
