"""Two compilations -> whether they say the same; places, and texts that are only shown, are left aside."""

from collections.abc import Mapping
from typing import Any

from archdsl.pipeline import Compilation
from archdsl.pipeline.networks import Compiled
from archdsl.source import Source, Span
from archdsl.syntax.library import LibraryFile

_SHOWN = ("text", "line", "inferred", "origin", "places", "style_because")


def same(before: Compilation, after: Compilation) -> bool:
    """Return whether two compilations have the same tables, settings, graphs and problems."""
    codes = [[diagnostic.code for diagnostic in compilation.diagnostics] for compilation in (before, after)]
    return codes[0] == codes[1] and list(map(_said, before.compiled)) == list(map(_said, after.compiled))


def same_networks(before: Compilation, after: Compilation) -> bool:
    """Return whether two compilations have the same networks under the same conventions, however the tables
    are written."""
    return list(map(_meant, before.compiled)) == list(map(_meant, after.compiled))


def same_file(before: LibraryFile, after: LibraryFile) -> bool:
    """Return whether two files of the library say the same."""
    said = [(file.settings, file.parameters, file.blocks, file.every_reading()) for file in (before, after)]
    return _without_places(said[0]) == _without_places(said[1])  # type: ignore[no-any-return]


def _said(compiled: Compiled) -> Any:
    table, settings, graph = compiled.table, compiled.settings, compiled.graph
    return tuple(
        map(_without_places, (table.rows, table.parameters, table.variants, table.claims, settings, graph))
    )


def _meant(compiled: Compiled) -> Any:
    settings, graph = compiled.settings, compiled.graph
    said = (
        "".join(settings.variant.split()),
        settings.style,
        settings.input,
        settings.classes,
        settings.conventions,
        settings.values,
    )
    claims = [(claim.what, claim.text.replace("×", "x")) for claim in settings.claims]
    return said, claims, _without_places(graph._replace(name="")) if graph else None


def _without_places(value: Any) -> Any:
    """Return a part of a compilation with its places left out."""
    if isinstance(value, Span | Source):
        return None
    if isinstance(value, Mapping):
        return {key: _without_places(part) for key, part in value.items()}
    if not isinstance(value, tuple):
        return value
    fields = getattr(value, "_fields", None)
    if fields is None:
        return tuple(map(_without_places, value))
    return (
        type(value).__name__,
        *(_without_places(part) for field, part in zip(fields, value, strict=True) if field not in _SHOWN),
    )
