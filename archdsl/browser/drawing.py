"""The figures of a page: living ones, and files as `archdsl draw` writes them."""

from typing import Any

from archdsl.browser.compiled import compiled, network
from archdsl.browser.refusal import Refusal
from archdsl.figure.broken import broken
from archdsl.figure.draw import living, living_sketch, render
from archdsl.figure.engine import EngineMissingError, LayoutError
from archdsl.figure.levels import LEVELS, TooManyLayersError
from archdsl.figure.theme import THEMES

_KINDS = ("svg", "html", "dot", "mmd")
_FAULTS = (EngineMissingError, LayoutError, TooManyLayersError)


def draw(message: dict[str, Any]) -> dict[str, Any]:
    """Return a figure for the page: of a broken table the sketch of its rows."""
    theme, level = _chosen(message)
    try:
        if compiled(message["document"]).failed:
            return _sketch(message, theme)
        svg, facts = living(network(message), theme, level)
    except _FAULTS as fault:
        raise Refusal(str(fault)) from None
    return {"svg": svg, "facts": facts, "broken": False}


def save(message: dict[str, Any]) -> dict[str, Any]:
    """Return a figure as the text of a file, with the name of its network."""
    theme, level = _chosen(message)
    kind = _one_of(message, "kind", _KINDS)
    found = network(message)
    try:
        return {"name": found.name, "text": render(found, kind, theme, level).decode()}
    except _FAULTS as fault:
        raise Refusal(str(fault)) from None


def _sketch(message: dict[str, Any], theme: str) -> dict[str, Any]:
    drawn = broken(compiled(message["document"]))
    if drawn is None:
        raise Refusal("no row of the table could be read")
    return {"svg": living_sketch(drawn.model, theme), "facts": drawn.facts(), "broken": True}


def _chosen(message: dict[str, Any]) -> tuple[str, str]:
    return _one_of(message, "theme", THEMES), _one_of(message, "level", LEVELS)


def _one_of(message: dict[str, Any], key: str, known: tuple[str, ...]) -> str:
    value = str(message.get(key, known[0]))
    if value not in known:
        raise Refusal(f"unknown {key} `{value}`; there are {', '.join(known)}")
    return value
