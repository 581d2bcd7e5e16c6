"""Options that only some ops have -> their values, by what the op's parameter holds."""

from archdsl.light import TYPE_CHECKING, Any
from archdsl.ops import OPS
from archdsl.problems import names
from archdsl.syntax.ast import Expr, Layer, Name, Option

if TYPE_CHECKING:
    from archdsl.resolve.resolve_layer import LayerResolver

_MAX = 1_000_000
_LOWEST = {"start": 0, "extra": 0}
_YES = {"yes": True, "no": False, "true": True, "false": False}
# What an op cannot do without, and how it is written.
NEEDED = {
    **{"reshape": "shape", "crop": "amount", "pad": "amount", "select": "stop", "rescale": "factor"},
    **{"adaptive_avg_pool": "output", "adaptive_max_pool": "output"},
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
}
_CHOICES = {"interpolation": ("nearest", "bilinear")}


def special(resolver: "LayerResolver", layer: Layer, option: Option) -> Any:
    """Evaluate an option of an op; None where the op has no such parameter, or a fault was reported."""
    parameter = next((param for param in OPS[layer.op].params if param.name == option.key), None)
    if parameter is None:
        return None
    if option.key == "shape":
        return _numbers(resolver, option, 1)
    if option.key == "amount":
        return _around(resolver, option)
    if option.key == "output":
        found = _numbers(resolver, option, 1)
        return found * resolver.rank if found and len(found) == 1 else found
    if option.key in ("slope", "factor"):
        return number(resolver, option)
    match parameter.default:
        case bool():
            return _truth(resolver, option)
        case str():
            return _choice(resolver, option)
        case float():
            return number(resolver, option)
    return resolver.whole(option, _LOWEST.get(option.key, 1), _MAX)


def _expressions(option: Option) -> tuple[Expr, ...]:
    many = type(option.value) is tuple
    return option.value if many else (option.value,)  # type: ignore[return-value]


def _numbers(resolver: "LayerResolver", option: Option, low: int) -> tuple[int, ...] | None:
    if isinstance(option.value, str):
        resolver.reporter.add(
            names.bad_value(resolver.source, option.span, option.key, option.value, "numbers, like 4x4x64")
        )
        return None
    found = [
        resolver.evaluator.whole(one, f"the {option.key}", low, _MAX, option.span)
        for one in _expressions(option)
    ]
    return None if None in found else tuple(found)  # type: ignore[arg-type]


def _around(resolver: "LayerResolver", option: Option) -> tuple[tuple[int, int], ...] | None:
    """Return as much before as after each axis: `2` for all of them, `1x2` for one by one."""
    found = _numbers(resolver, option, 0)
    if found is None:
        return None
    return tuple((one, one) for one in (found * resolver.rank if len(found) == 1 else found))


def _truth(resolver: "LayerResolver", option: Option) -> bool | None:
    if not isinstance(option.value, str) and not (
        isinstance(option.value, Name) and option.value.id not in resolver.evaluator.values
    ):
        number = None if type(option.value) is tuple else resolver.evaluator.value(option.value)  # type: ignore[arg-type]
        return _YES.get(number, True) if isinstance(number, str) else bool(number)
    word = option.value if isinstance(option.value, str) else option.value.id
    if word.lower() not in _YES:
        resolver.reporter.add(
            names.bad_value(resolver.source, option.span, option.key, word, "yes or no", ("yes", "no"))
        )
    return _YES.get(word.lower())


def _choice(resolver: "LayerResolver", option: Option) -> str | None:
    choices = _CHOICES[option.key]
    word = option.value if isinstance(option.value, str) else resolver.text(option)
    if word not in choices:
        resolver.reporter.add(
            names.bad_value(resolver.source, option.span, option.key, word, " or ".join(choices), choices)
        )
        return None
    return word


def number(resolver: "LayerResolver", option: Option) -> float | None:
    if isinstance(option.value, str) or type(option.value) is tuple:
        resolver.reporter.add(
            names.bad_value(resolver.source, option.span, option.key, resolver.text(option), "a number")
        )
        return None
    found = resolver.evaluator.finite(option.value, f"the {option.key}", option.span)  # type: ignore[arg-type]
    return None if found is None else float(found)
