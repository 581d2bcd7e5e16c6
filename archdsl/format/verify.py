"""Two compilations -> whether they say the same; places, and texts that are only shown, are left aside."""

from typing import Any

from archdsl.pipeline import Compilation, Compiled
from archdsl.source import Span

_SHOWN = ("text", "line", "inferred", "origin", "settings", "places", "style_because")


def same(before: Compilation, after: Compilation) -> bool:
    """Tell whether two compilations have the same tables, settings, graphs and problems."""
    codes = [[diagnostic.code for diagnostic in compilation.diagnostics] for compilation in (before, after)]
    return codes[0] == codes[1] and list(map(_said, before.compiled)) == list(map(_said, after.compiled))


def _said(compiled: Compiled) -> Any:
    table, settings, graph = compiled.table, compiled.settings, compiled.graph
    return _without_places(table.rows), _without_places(table.parameters), _without_places(settings), _without_places(graph)


def _without_places(value: Any) -> Any:
    """Give a part of a compilation with its places left out."""
    if isinstance(value, Span):
        return None
    if isinstance(value, dict):
        return {key: _without_places(part) for key, part in value.items()}
    if not isinstance(value, tuple):
        return value
    fields = getattr(value, "_fields", None)
    if fields is None:
        return tuple(map(_without_places, value))
    return (type(value).__name__, *(_without_places(part) for field, part in zip(fields, value, strict=True) if field not in _SHOWN))
