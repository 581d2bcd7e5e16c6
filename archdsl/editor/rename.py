"""Another name for a parameter, a block, a row or a line of a block: the edits, proved by compiling the
result."""

import re

from archdsl.diagnostics import Edit
from archdsl.editor.document import Document
from archdsl.editor.names import Occurrence, Symbol, occurrences, places, symbol_at
from archdsl.pipeline import compile_source
from archdsl.source import Source, Span
from archdsl.syntax.names import compact
from archdsl.syntax.slug import slug
from archdsl.why.slips import edited

_NAMES = {
    "parameter": (re.compile(r"[^\W\d]\w*"), "letters, digits and `_`, a letter first"),
    "step": (re.compile(r"[A-Za-z_]\w*"), "letters, digits and `_`, a letter first"),
    "block": (re.compile(r"[A-Za-z][\w-]*"), "letters, digits, `-` and `_`, a letter first"),
    "row": (re.compile(r"[A-Za-z][\w.-]*"), "letters, digits, `-`, `.` and `_`, a letter first"),
}


class RenameError(ValueError):
    """The name cannot be given; the message says why."""


def renamed_place(document: Document, offset: int) -> Span | None:
    """Return the place of the name at an offset that can be changed; None where there is none."""
    found = symbol_at(document, offset)
    return _part(document, found) if found else None


def rename(document: Document, offset: int, new: str) -> tuple[Edit, ...]:
    """Return the edits that change the name at an offset everywhere; raise RenameError where it cannot be."""
    found = symbol_at(document, offset)
    if found is None:
        raise RenameError("there is no name of a parameter, a block or a row here")
    _allowed(document, found.symbol, new)
    spans = [part for one in places(document, found.symbol) if (part := _part(document, one))]
    written = new.replace("_", "\\_") if document.source.path.endswith(".tex") else new
    edits = tuple(Edit(span, written) for span in spans)
    _proved(document, edits, new)
    return edits


def _allowed(document: Document, symbol: Symbol, new: str) -> None:
    form, said = _NAMES[symbol.kind]
    if not form.fullmatch(new):
        raise RenameError(f"`{new}` cannot be the name of a {symbol.kind}: {said}")
    key = _key(symbol.kind, new)
    taken = [one.symbol for one in occurrences(document) if one.defines and one.symbol != symbol]
    if any(one.kind == symbol.kind and one.scope == symbol.scope and one.key == key for one in taken):
        raise RenameError(f"another {symbol.kind} is called `{new}`")


def _proved(document: Document, edits: tuple[Edit, ...], new: str) -> None:
    """Raise RenameError where the text has other errors after it, or its networks have other layers."""
    source = document.source
    after = compile_source(Source(source.path, edited(source.text, edits)))
    before = document.compilation
    codes = [sorted(one.code for one in found.diagnostics) for found in (before, after)]
    ops = [
        [[node.op for node in one.graph.nodes] if one.graph else None for one in found.compiled]
        for found in (before, after)
    ]
    if codes[0] != codes[1] or ops[0] != ops[1]:
        raise RenameError(f"with `{new}` the table would be read differently")


def _part(document: Document, one: Occurrence) -> Span | None:
    """Return the part of a place that is the name itself: of `unit6` the `unit`; None for an alias."""
    text = document.text(one.span)
    if _key(one.symbol.kind, text) == one.symbol.key:
        return one.span
    name = re.match(r"[A-Za-z_-]+", text) if one.symbol.kind == "block" else None
    if name and compact(name[0]) == one.symbol.key:
        return Span(one.span.start, one.span.start + name.end())
    return None


def _key(kind: str, name: str) -> str:
    return compact(name) if kind == "block" else slug(name) if kind in ("row", "step") else name
