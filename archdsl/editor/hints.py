"""Inlay hints: behind each row the shape that comes out of it, its parameters and its multiply-adds."""

from typing import NamedTuple

from archdsl.editor.document import Document, RowFacts
from archdsl.editor.facts import amount, listed, shape_text
from archdsl.source import Span


class Hint(NamedTuple):
    """A text behind the line that ends at `offset`, and what is shown when one points at it."""

    offset: int
    text: str
    tooltip: str


def hints(document: Document, first: int, last: int) -> tuple[Hint, ...]:
    """Return the hints of the lines from `first` to `last`, counted from 0."""
    found = []
    for line, rows in sorted(document.by_line.items()):
        text = _text(rows) if first <= line <= last else ""
        if text:
            end: Span = document.positions.line_span(line)
            found.append(Hint(end.end, text, listed(rows)))
    return tuple(found)


def _text(rows: tuple[RowFacts, ...]) -> str:
    """Write what the networks of a row have in common, and the least and largest of what they have not."""
    shapes = list(dict.fromkeys(shape_text(row.computed) for row in rows if row.computed and not row.faulty))
    if not shapes:
        return ""
    sound = [row for row in rows if not row.faulty]
    params = _range([row.params for row in sound])
    macs = _range([row.macs for row in sound if row.macs is not None])
    parts = ["→ " + " | ".join(shapes[:3]) + (" | …" if len(shapes) > 3 else "")]
    parts += [f"{params} params"] if params else []
    parts += [f"{macs} MACs"] if macs else []
    return " · ".join(parts)


def _range(counts: list[int]) -> str:
    """Write a count, or the least and the largest of several; empty where all are 0."""
    low, high = min(counts, default=0), max(counts, default=0)
    if not high:
        return ""
    return amount(low) if low == high else f"{amount(low)} to {amount(high)}"
