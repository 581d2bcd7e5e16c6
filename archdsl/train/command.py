"""The configuration of a run -> the command line that repeats it."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from archdsl.recipe import library, read
from archdsl.recipe.kinds import written
from archdsl.recipe.recipe import KEYS

_SPEC = {"style": "--style", "input": "--input", "variant": "--variant"}
_DATA = {"source": "--data", "directory": "--data-dir", "resize": "--resize", "limit": "--limit"}


def command(config: Mapping[str, Any]) -> str:
    """Write the command that trains once more as a run was trained; the spec is named as its file was.

    Keys of the recipe are set where they are not what the recipe of that name says; a file of the user stands
    as what it changes of `modern`.
    """
    spec = config.get("spec") or {}  # a run of an older version may lack some of it
    table = f"#{spec['table']}" if spec.get("table") else ""
    words = ["archdsl", "train", f"{spec.get('source', 'SPEC')}{table}"]
    for name, value in spec.get("define", {}).items():
        words += ["-D", f"{name}={value:g}"]
    words += _given(spec, _SPEC) + _given(config.get("data") or {}, _DATA)
    return shlex.join([*words, *_recipe(config["recipe"])])


def _given(values: Mapping[str, Any], options: Mapping[str, str]) -> list[str]:
    return [word for key, option in options.items() if values.get(key) for word in (option, str(values[key]))]


def _recipe(values: Mapping[str, Any]) -> Iterator[str]:
    name = values["name"] if values.get("name") in library.names() else "modern"
    base = read(name).as_dict()
    yield from ("--recipe", name)
    for key in KEYS.values():
        value = values.get(key.name, base[key.name])
        if key.applies(values) and value != base[key.name]:
            yield from ("--set", f"{key.name}={value if isinstance(value, str) else written(value)}")
