"""The arguments of layers, instance by instance -> as few parameters of one function as say them all."""

from typing import Any, NamedTuple

from archdsl.backends.steps import Code, Parameter

# Once the number of filters varies, a function that hides some of them in its body reads like a mistake.
_LIFTED = ("filters",)
_NAMES = {"strides": "stride", "dilation_rate": "dilation"}
_RESERVED = ("x", "i", "name", "inputs", "keras", "layers")


class Column(NamedTuple):
    """One argument of one step: its value in each instance, and what it is where it is left out (if it may be)."""

    step: tuple[str, str]
    kwarg: str
    values: dict[int, Any]
    default: Any
    optional: bool

    @property
    def varies(self) -> bool:
        """Tell whether two instances differ here."""
        return len({repr(value) for value in self.values.values()}) > 1


class Slot(NamedTuple):
    """A parameter in the making: the argument it feeds and its value in each instance."""

    kwarg: str
    values: dict[int, Any]
    default: Any
    optional: bool


class Parameterised(NamedTuple):
    """The parameters, what every argument of every step becomes, and the values that each instance passes."""

    slots: list[Slot]
    parameters: list[Parameter]
    expressions: dict[tuple[tuple[str, str], str], Any]
    arguments: list[dict[str, Any]]


def parameterise(columns: list[Column], instances: int) -> Parameterised:
    """Turn the columns that vary into parameters; columns that always agree, or are multiples, share one."""
    lifted = {c.kwarg for c in columns if c.varies and c.kwarg in _LIFTED}
    slots: list[Slot] = []
    found: list[tuple[Column, int, str]] = []
    for column in columns:
        if column.varies or column.kwarg in lifted:
            found.append((column, *_fit(column, slots)))
    names = _names(slots)
    expressions: dict[tuple[tuple[str, str], str], Any] = {(c.step, c.kwarg): next(iter(c.values.values())) for c in columns}
    expressions |= {(c.step, c.kwarg): Code(form.format(names[slot])) for c, slot, form in found}
    parameters = [_parameter(slot, name, instances) for slot, name in zip(slots, names, strict=True)]
    arguments = [{name: slot.values[i] for slot, name in zip(slots, names, strict=True) if i in slot.values} for i in range(instances)]
    return Parameterised(slots, sorted(parameters, key=lambda p: not p.required), expressions, arguments)


def _fit(column: Column, slots: list[Slot]) -> tuple[int, str]:
    """Give the slot that feeds a column, a new one if need be, and how it does (`{}`, `4 * {}`)."""
    for number, slot in enumerate(slots):
        common = slot.values.keys() & column.values.keys()
        if slot.kwarg == column.kwarg and common and all(_same(slot.values[i], column.values[i]) for i in common):
            slot.values.update(column.values)
            return number, "{}"
    for number, slot in enumerate(slots):
        form = _multiple(slot, column)
        if form:
            return number, form
    slots.append(Slot(column.kwarg, dict(column.values), column.default, column.optional))
    return len(slots) - 1, "{}"


def _same(a: Any, b: Any) -> bool:
    return repr(a) == repr(b)


def _multiple(slot: Slot, column: Column) -> str:
    """Write a column as a whole multiple or fraction of a slot, if it is one in more than one value."""
    if slot.kwarg != column.kwarg or not column.varies or not column.values.keys() <= slot.values.keys():
        return ""
    pairs = [(slot.values[i], value) for i, value in column.values.items()]
    if any(type(number) is not int or number < 1 for pair in pairs for number in pair):
        return ""
    (base, value), *_ = pairs
    factor, share = value // base, base // value
    if factor > 1 and all(b * factor == v for b, v in pairs):
        return f"{factor} * {{}}"
    if share > 1 and all(v * share == b for b, v in pairs):
        return f"{{}} // {share}"
    return ""


def _names(slots: list[Slot]) -> list[str]:
    """Name the slots after the arguments they feed, numbered where two feed the same kind."""
    bases = [_NAMES.get(slot.kwarg, slot.kwarg) for slot in slots]
    bases = [f"{base}_" if base in _RESERVED else base for base in bases]
    return [base if bases.count(base) == 1 else f"{base}{bases[: i + 1].count(base)}" for i, base in enumerate(bases)]


def _parameter(slot: Slot, name: str, instances: int) -> Parameter:
    if slot.optional:
        return Parameter(name, slot.default, required=False)
    if len(slot.values) < instances:  # only steps under a flag use it
        return Parameter(name, None, required=False)
    return Parameter(name)
