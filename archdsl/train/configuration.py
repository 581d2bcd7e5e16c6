"""`config.json`: what a run was asked to do. Read back key by key, so that a damaged file is told by the
key."""

import json
import math
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from archdsl.train.errors import RunError, reason

NAME, VERSION = "config.json", 2


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _optional_text(value: Any) -> bool:
    return value is None or _text(value)


def _mapping(value: Any) -> bool:
    return isinstance(value, dict)


def _numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, int | float) for one in value.values())


def _plain_name(value: Any) -> bool:
    """Return whether a value names a file of the folder itself: no path leads out of it."""
    return _text(value) and value not in (".", "..") and not set(value) & set("/\\:\0") and len(value) < 80


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _finite(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, int | float) and math.isfinite(one) for one in value
    )


_Test = tuple[Callable[[Any], bool], str]
KEYS: dict[str, _Test] = {
    "network": (_text, "a text"),
    "parameters": (_numbers, "a table of numbers"),
    "spec": (_mapping, "a table"),
    "spec.file": (_plain_name, "the name of a file in the run folder"),
    "spec.source": (_text, "the name of the file that was trained"),
    "spec.table": (_optional_text, "a text or null"),
    "spec.define": (_numbers, "a table of numbers"),
    "spec.style": (_optional_text, "a text or null"),
    "spec.input": (_optional_text, "a text or null"),
    "spec.variant": (_optional_text, "a text or null"),
    "data": (_mapping, "a table"),
    "data.name": (_text, "a text"),
    "images": (_numbers, "a table of numbers"),
    "data.classes": (_texts, "a list of texts"),
    "scaling": (_mapping, "a table"),
    "scaling.scale": (_finite, "a list of numbers"),
    "scaling.offset": (_finite, "a list of numbers"),
    "pixels": (_mapping, "a table"),
    "pixels.mean": (_finite, "a list of numbers"),
    "pixels.deviation": (_finite, "a list of numbers"),
    "labels": (_mapping, "a table"),
    "recipe": (_mapping, "a table"),
    "precision": (_text, "a text"),
    "backend": (_text, "a text"),
    "save_every": (_text, "a text"),
    "versions": (_mapping, "a table"),
}


def read(folder: Path) -> dict[str, Any]:
    """Read the configuration of a run; raise RunError that names the key which is missing or wrong."""
    path, value = folder / NAME, table(folder)
    if value.get("version") != VERSION:
        raise RunError(f"{path} is of version {value.get('version')!r}: this archdsl reads version {VERSION}")
    for key, test in KEYS.items():
        _check(path, value, key, test)
    return value


def read_in_part(folder: Path, needed: Collection[str]) -> dict[str, Any]:
    """Read the configuration of a run of any version, to be looked at: only some keys are needed; raise
    RunError where one of them is missing, or any is wrong."""
    path, value = folder / NAME, table(folder)
    for key, test in KEYS.items():
        if key in needed or _has(value, key):
            _check(path, value, key, test)
    return value


def _has(value: Any, key: str) -> bool:
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def table(folder: Path) -> dict[str, Any]:
    """Read the JSON of a configuration; raise RunError where it is none."""
    path = folder / NAME
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        said = f"{folder} is not a run folder: cannot read its {NAME}: {reason(error)}"
        raise RunError(said) from None
    except (ValueError, RecursionError) as error:
        place = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise RunError(f"{path} is damaged: it is not JSON{place}") from None
    if not isinstance(value, dict):
        raise RunError(f"{path} is damaged: it holds no table")
    return value


def _check(path: Path, value: Any, key: str, test: _Test) -> None:
    holds, expected = test
    for part in key.split("."):
        if part not in value:
            raise RunError(f"{path} is damaged: it has no `{key}`")
        value = value[part]
    if not holds(value):
        shown = json.dumps(value)
        shown = shown if len(shown) < 60 else shown[:57] + "..."
        raise RunError(f"{path} is damaged: `{key}` is {shown}, expected {expected}")
