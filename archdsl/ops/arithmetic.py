"""The functions of arithmetic, and formulas as data: what an own layer gives and counts."""

import math
from collections.abc import Callable, Mapping

from archdsl.light import Any

# A number, a name, or an operation of formulas: `("*", "k", 2)`, `("max", "H", 1)`.
Formula = Any


def divisible(value: float, divisor: float = 8, keep: float = 0.9) -> int:
    """Round to a multiple of `divisor`, at least one of it and never below a share `keep` of the value
    (MobileNet's rule has 90 %)."""
    divisor = max(1, int(divisor))
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < keep * value else rounded


def power(base: float, exponent: float) -> int | float:
    """Return a power of a whole number up to its 60th; anything else is endless."""
    return base**exponent if 0 <= exponent <= 60 and base == int(base) else math.inf


# Name -> (fewest arguments, most arguments, function).
FUNCTIONS: dict[str, tuple[int, int, Callable[..., int | float]]] = {
    "min": (2, 16, min),
    "max": (2, 16, max),
    "floor": (1, 1, math.floor),
    "ceil": (1, 1, math.ceil),
    "round": (1, 1, lambda value: math.floor(value + 0.5)),
    "divisible": (1, 2, divisible),
    "sqrt": (1, 1, lambda value: math.sqrt(value) if value >= 0 else math.inf),
    "mod": (2, 2, lambda value, by: value % by if by else math.inf),
    "power": (2, 2, power),
}
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "x": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else math.inf,
    "^": power,
}


def reckoned(formula: Formula, names: Mapping[str, Any]) -> float:
    """Return the value of a formula; infinite where it has none. Raises TypeError for a name that is no
    number."""
    if isinstance(formula, str):
        return float(names[formula])
    if not isinstance(formula, tuple):
        return float(formula)
    operator, *parts = formula
    values = [reckoned(part, names) for part in parts]
    function = _OPERATORS.get(operator) or FUNCTIONS[operator][2]
    return float(function(*values)) if all(map(math.isfinite, values)) else math.inf
