"""The outline of a document: its tables, and in each its parameters, blocks and rows; what can be folded."""

from typing import NamedTuple

from archdsl.editor.document import Document
from archdsl.editor.facts import shape_text
from archdsl.pipeline.networks import Compiled
from archdsl.source import Span
from archdsl.text.grid import Grid


class Symbol(NamedTuple):
    """A part of a document: `kind` is `table`, `block`, `parameter` or `row`; `name_span` lies in `span`."""

    name: str
    detail: str
    kind: str
    span: Span
    name_span: Span
    children: tuple["Symbol", ...] = ()


class Fold(NamedTuple):
    """Lines, counted from 0, that can be folded into the first of them."""

    first: int
    last: int
    kind: str


def outline(document: Document) -> tuple[Symbol, ...]:
    """Return the tables of a document; those that hold several networks once."""
    tables: dict[tuple[str, Span], list[Compiled]] = {}
    for one in document.compilation.compiled:
        tables.setdefault((one.table.name, one.table.span), []).append(one)
    return tuple(_table(document, name, span, networks) for (name, span), networks in tables.items())


def _table(document: Document, name: str, span: Span, networks: list[Compiled]) -> Symbol:
    first = networks[0]
    children = (*_parameters(first), *_blocks(document, first), *_rows(document, first))
    detail = f"{len(networks)} networks" if len(networks) > 1 else first.settings.style
    whole = _around(document, [span, *(child.span for child in children)])
    return Symbol(name, detail, "table", whole, Span(whole.start, whole.start), children)


def _parameters(one: Compiled) -> list[Symbol]:
    return [
        Symbol(found.name, "param", "parameter", found.span, found.span) for found in one.table.parameters
    ]


def _blocks(document: Document, one: Compiled) -> list[Symbol]:
    spans = {block.head.span.start: block.span for block in _grid(one).blocks} if one.printed else {}
    own = {block.name: block for block in one.settings.blocks.own.values() if block.source is document.source}
    return [
        Symbol(block.name, "block", "block", spans.get(block.span.start, block.span), block.span)
        for block in own.values()
    ]


def _rows(document: Document, one: Compiled) -> list[Symbol]:
    facts = {row.span: row for row in document.rows if row.network == one.settings.name}
    found = []
    for row in one.table.rows:
        known = facts.get(row.span)
        size = shape_text(known.computed) if known and known.computed else "has an error"
        name = row.name or row.text.split("\n")[0].strip() or "row"
        place = row.name_span if row.name else row.text_span
        inside = row.span.start <= place.start and place.end <= row.span.end
        found.append(Symbol(name, size, "row", row.span, place if inside else row.span))
    return found


def _grid(one: Compiled) -> Grid:
    assert one.printed is not None
    return one.printed.grid


def _around(document: Document, spans: list[Span]) -> Span:
    """Return the place that holds all of several, in the text."""
    size = len(document.source.text)
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    return Span(max(start, 0), min(max(end, start), size))


def folds(document: Document) -> tuple[Fold, ...]:
    """Return what can be folded: tables of documents, blocks, runs of comments."""
    spans = [
        (block.span, "region")
        for one in document.compilation.compiled
        if one.printed
        for block in _grid(one).blocks
    ]
    if not document.is_spec:
        spans += [(symbol.span, "region") for symbol in outline(document)]
    found = {_fold(document, span, kind) for span, kind in spans} | set(_comments(document))
    return tuple(sorted(fold for fold in found if fold.last > fold.first))


def _fold(document: Document, span: Span, kind: str) -> Fold:
    first = document.source.position(span.start)[0] - 1
    return Fold(first, document.source.position(max(span.start, span.end - 1))[0] - 1, kind)


def _comments(document: Document) -> list[Fold]:
    found: list[Fold] = []
    lines = document.source.clean.split("\n") if document.is_spec else []
    for number, line in enumerate(lines):
        if not line.startswith("#"):
            continue
        if found and found[-1].last == number - 1:
            found[-1] = found[-1]._replace(last=number)
        else:
            found.append(Fold(number, number, "comment"))
    return found
