"""Spans -> lines and columns as machines read them: from 1, in code points, the end exclusive."""

from typing import TypedDict

from archdsl.source import Source, Span


class Position(TypedDict):
    """A line and a column, both counted from 1."""

    line: int
    column: int


class Range(TypedDict):
    """From `start` up to, and not including, `end`."""

    start: Position
    end: Position


def clamp(source: Source, span: Span) -> Span:
    """Bring a span into the text."""
    size = len(source.text)
    start = min(max(span.start, 0), size)
    return Span(start, min(max(span.end, start), size))


def place(source: Source, span: Span) -> Range:
    """Return the lines and columns of a span."""
    start, end = clamp(source, span)
    return {"start": _position(source, start), "end": _position(source, end)}


def _position(source: Source, offset: int) -> Position:
    line, column = source.position(offset)
    return {"line": line, "column": column}
