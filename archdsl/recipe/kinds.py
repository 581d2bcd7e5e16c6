"""The types that a key may have -> values of that type, their name for a person, and their spelling in
TOML."""

import math
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from archdsl.problems.base import listed

_NAMES = {int: "a whole number", float: "a number", bool: "true or false", str: "a text in quotes"}
_MANY = {int: "whole numbers", float: "numbers", str: "texts in quotes"}


class Unfit(Exception):
    """A value is not of the type."""


def converted(hint: Any, value: Any) -> Any:
    """Return a value that TOML or JSON holds as one of the type; raise Unfit where it is none."""
    if get_origin(hint) in (Union, UnionType):
        return _first(get_args(hint), value)
    if get_origin(hint) is Literal:
        if isinstance(value, str) and value in get_args(hint):
            return value
        raise Unfit
    if get_origin(hint) is tuple:
        if isinstance(value, list | tuple):
            return tuple(converted(get_args(hint)[0], part) for part in value)
        raise Unfit
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is hint:
        return value
    raise Unfit


def _first(hints: tuple[Any, ...], value: Any) -> Any:
    for hint in hints:
        try:
            return converted(hint, value)
        except Unfit:
            continue
    raise Unfit


def choices(hint: Any) -> tuple[str, ...]:
    """List the words among which a value, or each of a list, is chosen."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(word for part in get_args(hint) for word in choices(part))


def words(hint: Any) -> str:
    """Name a type: what a value must be."""
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(words(part) for part in get_args(hint))
    if get_origin(hint) is Literal:
        return listed(get_args(hint))
    if get_origin(hint) is tuple:
        part = get_args(hint)[0]
        return f"a list of {_MANY.get(part) or words(part)}"
    return _NAMES[hint]


def found(value: Any) -> str:
    """Name what a value is instead."""
    names = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a date")


def numbers(value: Any) -> list[float]:
    """List the numbers in a value."""
    if isinstance(value, tuple):
        return [number for part in value for number in numbers(part)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def finite(value: Any) -> bool:
    """Return whether all numbers in a value are finite."""
    return all(math.isfinite(number) for number in numbers(value))


def written(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, tuple | list):
        return "[" + ", ".join(written(part) for part in value) + "]"
    return f"{value!r}"
