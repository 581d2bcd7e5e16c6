"""Entries on top of the values that they change -> new values, or every fault among them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from archdsl.diagnostics import Diagnostic
from archdsl.problems import recipes as problems
from archdsl.recipe.entry import Entry
from archdsl.recipe.key import Key
from archdsl.recipe.kinds import Unfit, choices, converted, finite, found, numbers, words, written
from archdsl.recipe.recipe import KEYS
from archdsl.recipe.target import Target
from archdsl.source import Source


def layered(
    below: Mapping[str, Any],
    entries: Sequence[Entry],
    source: Source,
    faults: list[Diagnostic],
    target: Target | None = None,
) -> dict[str, Any]:
    """Lay entries over values; `source` is where a key that is missing should have been.

    `below` holds only keys that have an effect, and so does what is given back. What has an effect only
    beside values that an entry replaces is dropped; an entry without an effect is a fault.
    """
    said: dict[str, Any] = {}
    places: dict[str, Entry] = {}
    failed = set()
    for entry in entries:
        if entry.name in places:
            faults.append(problems.twice(entry, places[entry.name]))
            continue
        places[entry.name] = entry
        value, fault = _value(entry)
        if fault is None and target:
            fault = target.fault(entry, value)
        if fault is None:
            said[entry.name] = value
        else:
            faults.append(fault)
            failed.add(entry.name)
    values = {**below, **said}
    full = {name: values.get(name, key.default) for name, key in KEYS.items()}
    sound = {name: key for name, key in KEYS.items() if not key.when or key.when[0] not in failed}
    idle = [name for name in said if name in sound and not KEYS[name].applies(full)]
    faults += [problems.without_effect(places[name], KEYS[name].condition()) for name in idle]
    needed = [key for key in sound.values() if key.required and key.applies(full)]
    faults += [
        _missing(source, key, places) for key in needed if key.name not in values and key.name not in failed
    ]
    return {name: value for name, value in values.items() if KEYS[name].applies(full)}


def _missing(source: Source, key: Key, places: Mapping[str, Entry]) -> Diagnostic:
    cause = places.get(key.when[0]) if key.when else None
    return problems.missing(cause.source if cause else source, key.name, key.doc, written(key.default), cause)


def _value(entry: Entry) -> tuple[Any, Diagnostic | None]:
    """Return the value of an entry, or its fault."""
    if entry.name not in KEYS:
        return None, problems.unknown_key(entry, KEYS)
    key = KEYS[entry.name]
    try:
        value = converted(key.hint, entry.value)
    except Unfit:
        return None, _unfit(key, entry)
    if not finite(value) or not all(map(key.bounds.allow, numbers(value))):
        return None, problems.out_of_range(
            entry, f"{words(key.hint)} {key.bounds.words()}", written(_within(key, value))
        )
    return value, None


def _unfit(key: Key, entry: Entry) -> Diagnostic:
    """Report a value of another type, with the nearest one that is right."""
    known, meant = choices(key.hint), _meant(key, entry.value)
    for word in entry.value if isinstance(entry.value, list) else [entry.value]:
        if known and isinstance(word, str) and word not in known and not meant.startswith("["):
            return problems.no_choice(entry, word, known)
    return problems.wrong_type(entry, words(key.hint), found(entry.value), meant)


def _meant(key: Key, value: Any) -> str:
    """Write what a value of another type is most likely meant as; empty where that is unknown."""
    tries = [[value], *([value.strip(), value.strip().lower()] if isinstance(value, str) else [])]
    readings: list[Any] = [*tries]
    if isinstance(value, str):
        readings += [reading for kind in (int, float) if (reading := _number(kind, value)) is not None]
        readings += [{"true": True, "yes": True, "false": False, "no": False}.get(value.strip().lower())]
    if type(value) in (int, float):
        readings += [bool(value)] if value in (0, 1) else [round(value)] if math.isfinite(value) else []
    readings += value if isinstance(value, list) and len(value) == 1 else []
    for reading in readings:
        try:
            meant = converted(key.hint, reading)
        except Unfit:
            continue
        if all(map(key.bounds.allow, numbers(meant))):
            return written(meant)
    return ""


def _number(kind: type[int] | type[float], text: str) -> float | None:
    try:
        return kind(text.replace(",", "."))
    except ValueError:
        return None


def _within(key: Key, value: Any) -> Any:
    """Return the bound that a number passes where it is allowed itself, else the key's default."""
    bounds, (number, *_) = key.bounds, [*numbers(value), 0.0]
    if isinstance(value, tuple) or not finite(value):
        return key.default
    if bounds.most is not None and number > bounds.most and bounds.most < 2**31 - 1:
        return type(key.default)(bounds.most)
    if bounds.least is not None and number < bounds.least:
        return type(key.default)(max(bounds.least, key.default if not key.required else bounds.least))
    return key.default
