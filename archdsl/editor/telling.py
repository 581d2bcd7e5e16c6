"""The diagnostics of a document, as an editor lists them."""

from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Severity
from archdsl.editor.document import Document
from archdsl.source import Span


class Told(NamedTuple):
    """One fault: where it is, what is said there, and further places with what is said of them."""

    span: Span
    severity: Severity
    code: str
    text: str
    related: tuple[tuple[Span, str], ...]
    found: Diagnostic


def told(document: Document) -> tuple[Told, ...]:
    """List the faults of a document in the order of their places."""
    return tuple(_told(document, found) for found in document.diagnostics)


def _told(document: Document, found: Diagnostic) -> Told:
    """One about another text (a style's, the library's) has its place at the beginning."""
    own = found.source.path == document.source.path
    related = tuple((label.span, label.text) for label in found.labels if own and not label.primary)
    span = found.span if own else Span(0, 0)
    return Told(_visible(document, span), found.severity, found.code, said(found), related, found)


def _visible(document: Document, span: Span) -> Span:
    """Return a place at least one character wide, in the text: an empty one can hardly be seen."""
    size = len(document.source.text)
    start = min(max(span.start, 0), size)
    end = min(max(span.end, start), size)
    if end > start or start == size:
        return Span(start, end)
    return Span(start, start if document.source.text[start] in "\r\n" else start + 1)


def said(found: Diagnostic) -> str:
    """Write the lines of a fault: its message, the label at its place, its causes and its fix."""
    primary = next((label.text for label in found.labels if label.primary), "")
    lines = [found.message, *([primary] if primary and primary not in found.message else [])]
    lines += [note.text if note.kind == "note" else f"{note.kind}: {note.text}" for note in found.notes]
    return "\n".join([*lines, *([f"help: {found.help}"] if found.help else [])])
