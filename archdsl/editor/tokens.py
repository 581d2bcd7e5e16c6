"""Semantic tokens: each word of a table coloured by what it was taken for."""

from collections.abc import Iterator
from typing import NamedTuple

from archdsl.editor.document import Document
from archdsl.editor.names import occurrences
from archdsl.ledger.entries import Entry
from archdsl.ledger.lines import printed_lines
from archdsl.ops import OPS
from archdsl.resolve.conventions import CONVENTIONS, FACTS
from archdsl.source import Span

# The types of tokens that the protocol knows, as far as they are used here, in the order of their numbers.
TYPES = (
    *("keyword", "class", "function", "number", "parameter"),
    *("property", "type", "variable", "comment", "string"),
)
_NAMES = {"parameter": "parameter", "block": "class", "row": "variable", "step": "variable"}
_NEAR = 9  # entries are sorted by their beginning: those inside another one come soon after it
_OPS = {name.replace("_", " ") for name in OPS}
_NUMBERS = ("channels", "kernel", "shape", "output", "repeat", "params", "macs", "flops", "depth", "entering")
_WIRES = ("from", "add", "concat", "multiply", "maximum", "average", "aside", "tied", "when")
_KINDS = {
    **dict.fromkeys((*CONVENTIONS, *FACTS), "property"),
    **dict.fromkeys(_OPS, "function"),
    **dict.fromkeys(_NUMBERS, "number"),
    "name": "variable",
    "header": "type",
    "norm": "function",
    "activation": "function",
    "filler": "comment",
    "unit": "comment",
}


class Token(NamedTuple):
    """A place in one line, and the type of its token."""

    span: Span
    kind: str


def tokens(document: Document) -> tuple[Token, ...]:
    """List the tokens of a document in their order; none overlap, and none goes over the end of a line."""
    named = [Token(one.span, _NAMES[one.symbol.kind]) for one in occurrences(document)]
    taken = {at for token in named for at in range(*token.span)}
    rest = [token for token in _taken(document) if taken.isdisjoint(range(*token.span))]
    found: list[Token] = []
    for token in sorted([*named, *rest]):
        for part in _lines(document, token):
            if not found or found[-1].span.end <= part.span.start:
                found.append(part)
    return tuple(found)


def _taken(document: Document) -> Iterator[Token]:
    """Return comments of a spec and what was taken; of places inside each other the inner ones."""
    if document.is_spec:
        yield from _comments(document)
    entries = [entry for entry in document.entries if entry.what != "told"]
    for at, entry in enumerate(entries):
        later = entries[at + 1 : at + _NEAR]
        if entry.what in _WIRES:
            yield Token(_first_word(document, entry.span), "keyword")
        elif not any(one.span != entry.span and one.span.end <= entry.span.end for one in later):
            yield Token(entry.span, _kind(document, entry))


def _first_word(document: Document, span: Span) -> Span:
    return Span(span.start, span.start + len(document.text(span).split()[0]))


def _kind(document: Document, entry: Entry) -> str:
    key = entry.row < 0 and document.text(entry.span).strip().lower() == entry.what
    if entry.row < 0 and entry.what in (*CONVENTIONS, *FACTS):
        return "keyword" if key else "number" if document.text(entry.span)[:1].isdecimal() else "string"
    return _KINDS.get(entry.what, "property")


def _comments(document: Document) -> Iterator[Token]:
    for number, cell in enumerate(printed_lines(document.source)):
        line = document.positions.line_span(number)
        start = cell.start + len(cell.text)
        if start < line.end and document.text(Span(start, line.end)).strip():
            yield Token(Span(start, line.end), "comment")


def _lines(document: Document, token: Token) -> Iterator[Token]:
    """Divide a token at the ends of lines."""
    at = token.span.start
    for piece in document.text(token.span).split("\n"):
        text = piece.strip()
        if text:
            start = at + piece.index(text[0])
            yield Token(Span(start, start + len(text)), token.kind)
        at += len(piece) + 1
