"""The built-in recipes, each a TOML file of this package."""

import os
from functools import cache

from archdsl.source import Source

_FOLDER = os.path.join(os.path.dirname(__file__), "library")


@cache
def names() -> tuple[str, ...]:
    """List the recipes by name."""
    return tuple(sorted(file[:-5] for file in os.listdir(_FOLDER) if file.endswith(".toml")))


def source(name: str) -> Source:
    """Return the text of a recipe."""
    with open(os.path.join(_FOLDER, f"{name}.toml"), encoding="utf-8") as file:
        return Source(f"{name}.toml", file.read())


def about(name: str) -> str:
    """Return what a recipe is for: the comment at its head."""
    lines = source(name).text.splitlines()
    return " ".join(
        line.lstrip("# ")
        for line in lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))]
    )
