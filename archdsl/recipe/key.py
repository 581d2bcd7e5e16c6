"""What is declared of a key of a recipe, once: its place, type, range, default, condition and meaning."""

from collections.abc import Mapping
from dataclasses import field, fields
from functools import cache
from typing import Any, NamedTuple, get_type_hints


class Bounds(NamedTuple):
    """What a number (each number of a list) must be; `least` and `most` are allowed themselves, `above` and
    `below` are not."""

    least: float | None = None
    above: float | None = None
    most: float | None = None
    below: float | None = None

    def allow(self, value: float) -> bool:
        """Return whether a number is within."""
        low = (self.least is None or value >= self.least) and (self.above is None or value > self.above)
        high = (self.most is None or value <= self.most) and (self.below is None or value < self.below)
        return low and high

    def words(self) -> str:
        """Write the bounds, as they follow a noun; empty where there are none."""
        named = (
            ("of at least", self.least),
            ("above", self.above),
            ("of at most", self.most),
            ("below", self.below),
        )
        said = [f"{word} {bound:,g}" if bound != _MOST else "" for word, bound in named if bound is not None]
        return " and ".join(word for word in said if word)


_MOST = 2**31 - 1


class Key(NamedTuple):
    """A key: `hint` is its Python type; a required one has no default, `default` is then what a fix writes.

    `when` is the key on which this one depends, with the values for which it has an effect (none: any but
    zero).
    """

    name: str
    section: str
    hint: Any
    default: Any
    doc: str
    required: bool
    bounds: Bounds
    when: tuple[str, tuple[Any, ...]] | None

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Return whether the key has an effect beside these values."""
        if self.when is None:
            return True
        other, wanted = self.when
        return values.get(other) in wanted if wanted else bool(values.get(other))

    def condition(self) -> str:
        """Write when the key has an effect; empty where it always has."""
        if self.when is None:
            return ""
        other, wanted = self.when
        return f"{other} = {' or '.join(map(str, wanted))}" if wanted else f"{other} above 0"


def key(
    default: Any,
    section: str,
    doc: str,
    *,
    required: bool = False,
    when: tuple[str, tuple[Any, ...]] | None = None,
    **bounds: float,
) -> Any:
    """Declare a key as the field of a dataclass."""
    if bounds and "most" not in bounds and "below" not in bounds and isinstance(default, int):
        bounds["most"] = _MOST
    return field(default=default, metadata={"key": (section, doc, required, Bounds(**bounds), when)})


@cache
def keys_of(recipe: type) -> dict[str, Key]:
    """List the keys that a dataclass declares, by name, in order."""
    hints = get_type_hints(recipe)
    found = {}
    for declared in fields(recipe):
        if "key" in declared.metadata:
            section, doc, required, bounds, when = declared.metadata["key"]
            found[declared.name] = Key(
                declared.name, section, hints[declared.name], declared.default, doc, required, bounds, when
            )
    return found
