"""A recipe's name or file, and what the command line sets -> `Recipe`, or all of its faults."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from archdsl.diagnostics import Diagnostic
from archdsl.loading import read_source
from archdsl.problems import recipes as problems
from archdsl.recipe import library
from archdsl.recipe.check import layered
from archdsl.recipe.entry import Entry, from_set
from archdsl.recipe.recipe import KEYS, VERSION, Recipe, RecipeError
from archdsl.recipe.target import Target
from archdsl.recipe.toml import entries
from archdsl.source import Source, Span


def read(name_or_path: str, sets: Sequence[str | Entry] = (), target: Target | None = None) -> Recipe:
    """Read a recipe that comes along, by its name, or a file; `sets` (`rate=0.05`) win over what it says.

    With a `target`, what is said of its rows, classes and initial weights is checked too.

    Raises RecipeError with everything that is wrong.
    """
    faults: list[Diagnostic] = []
    source = _source(name_or_path, faults)
    values = _of_file(source, faults, target) if not faults else {}
    _stop(faults)
    asked = [from_set(entry) if isinstance(entry, str) else entry for entry in sets]
    values = layered(values, asked, asked[-1].source if asked else source, faults, target)
    _stop(faults)
    name = (
        name_or_path
        if name_or_path in library.names()
        else os.path.basename(name_or_path).removesuffix(".toml")
    )
    return Recipe(name, **values)


def from_values(values: Any, path: str) -> Recipe:
    """Read what `Recipe.as_dict` gave; `path` names the file that it stood in."""
    source = Source(path, "")
    faults: list[Diagnostic] = []
    if not isinstance(values, Mapping) or not isinstance(values.get("name"), str):
        raise RecipeError([problems.no_recipe(source)])
    _check_version(source, values.get("version"), None, faults)
    _stop(faults)
    nowhere = Span(0, 0)
    known = [
        Entry(key, value, source, nowhere, nowhere, nowhere)
        for key, value in values.items()
        if key not in ("version", "name")
    ]
    full = {entry.name: entry.value for entry in known}
    idle = {name for name, key in KEYS.items() if name in full and not key.applies(full)}
    checked = layered({}, [entry for entry in known if entry.name not in idle], source, faults)
    faults += [
        problems.missing(source, key.name, key.doc, "", None)
        for key in KEYS.values()
        if key.name not in full and not key.required
    ]
    _stop(faults)
    return Recipe(values["name"], **checked)


def _stop(faults: list[Diagnostic]) -> None:
    if faults:
        raise RecipeError(faults)


def _source(name: str, faults: list[Diagnostic]) -> Source:
    if name in library.names():
        return library.source(name)
    if not (os.path.exists(name) or name.endswith(".toml") or os.sep in name or name == "-"):
        faults.append(problems.unknown_recipe(name, library.names()))
        return Source(name, "")
    source, unreadable = read_source(name)
    faults += [unreadable] if unreadable else []
    return source


def _of_file(source: Source, faults: list[Diagnostic], target: Target | None) -> dict[str, Any]:
    """Return the values of a file, on top of those of the recipe that it is based on."""
    written, broken = entries(source)
    faults += broken
    head = {entry.name: entry for entry in reversed(written) if entry.name in ("base", "version")}
    if "version" in head:
        _check_version(source, head["version"].value, head["version"], faults)
    below: dict[str, Any] = {}
    if "base" in head:
        name = head["base"].value
        if name in library.names():
            below = _of_file(library.source(name), faults, None)
        else:
            faults.append(problems.unknown_base(head["base"], library.names()))
            return {}
    rest = [entry for entry in written if entry.name not in head]
    return layered(below, rest, source, faults, target) if not broken else _known(rest, source, faults)


def _known(entries: list[Entry], source: Source, faults: list[Diagnostic]) -> dict[str, Any]:
    """Return what is wrong with the entries of a file that was read in part: not what it lacks."""
    everything = {name: key.default for name, key in KEYS.items()}
    return layered(everything, entries, source, faults)


def _check_version(source: Source, version: Any, entry: Entry | None, faults: list[Diagnostic]) -> None:
    if version != VERSION or isinstance(version, bool):
        faults.append(problems.other_version(source, version, VERSION, entry))
