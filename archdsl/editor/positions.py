"""Offsets of a text <-> positions as the Language Server Protocol counts them: lines from 0, UTF-16 units."""

from collections.abc import Sequence
from typing import NamedTuple

from archdsl.source import Source, Span


class Position(NamedTuple):
    """A place between two characters: the line from 0, and the UTF-16 units of the line before it."""

    line: int
    character: int


def units(text: str) -> int:
    """Count the UTF-16 units of a text; a character beyond the basic plane has two."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


class Positions:
    """Converts places of one text; `mark` tells that it began with a byte order mark, which `Source` drops.

    `lines` are the lines as the editor has them, where those of the source are filled up with blanks.
    """

    def __init__(self, source: Source, mark: bool = False, lines: Sequence[str] = ()) -> None:
        self.source = source
        self.mark = mark
        self.lines = lines

    def at(self, offset: int) -> Position:
        """Return the position of an offset; one outside the text is brought into it."""
        offset = min(max(offset, 0), len(self.source.text))
        line, column = self.source.position(offset)
        before = self.line(line - 1)[: column - 1]
        return Position(line - 1, units(before) + (self.mark and line == 1))

    def offset(self, position: Position) -> int:
        """Return the offset of a position; a character beyond the line's end is its end."""
        starts = self.source.starts
        if position.line >= len(starts):
            return len(self.source.text)
        text, left = self.line(position.line), position.character - (self.mark and position.line == 0)
        if text.isascii():
            return starts[position.line] + min(max(left, 0), len(text))
        at = 0
        while at < len(text) and left > 0:
            left -= units(text[at])
            at += 1
        return starts[position.line] + at

    def line(self, number: int) -> str:
        """Return the text of a line, counted from 0, without its end."""
        return self.lines[number].rstrip("\r") if self.lines else self.source.line(number + 1)

    def range(self, span: Span) -> tuple[Position, Position]:
        """Return the positions of the two ends of a span."""
        return self.at(span.start), self.at(max(span.start, span.end))

    def line_span(self, number: int) -> Span:
        """Return the place of a line, counted from 0, without its end."""
        start = self.source.starts[number]
        return Span(start, start + len(self.line(number)))
