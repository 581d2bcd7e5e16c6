"""A line of source -> what a terminal shows of it, and the display column of each of its code points."""

from bisect import bisect_right
from collections.abc import Sequence

from archdsl.light import NamedTuple

_TAB = 4
# Of a line too long to show whole: this much of its beginning (the name of the row), and what surrounds the
# labels.
_HEAD = 16
_SMALLEST_GAP = 4


class Shown(NamedTuple):
    """A line as shown; `columns[i]` is where the code point at `offsets[i]` (and those left out after it)
    stands."""

    text: str
    offsets: list[int]
    columns: list[int]

    def column(self, offset: int) -> int:
        """Return the display column, from 0, of an offset in the line."""
        return self.columns[bisect_right(self.offsets, offset) - 1]


def show(line: str, focus: Sequence[tuple[int, int]], width: int) -> Shown:
    """Lay a line out; one longer than `width` is reduced to its beginning and the surroundings of the
    focus."""
    parts: list[str] = []
    offsets: list[int] = []
    columns: list[int] = []
    column = position = 0
    for start, stop in (*_windows(len(line), focus, width), (len(line), len(line))):
        if position < start:
            parts.append("…")
            offsets.append(position)
            columns.append(column)
            column += 1
        for offset in range(start, stop):
            glyph, cells = _glyph(line[offset], column)
            parts.append(glyph)
            offsets.append(offset)
            columns.append(column)
            column += cells
        position = stop
    return Shown("".join(parts), [*offsets, len(line)], [*columns, column])


def plain(text: str) -> str:
    """Make a text safe for a terminal: one line, with control and invisible characters spelled out."""
    if text.isprintable():
        return text
    return "".join(_glyph(" " if char in "\r\n\t" else char, 0)[0] for char in text)


def _windows(length: int, focus: Sequence[tuple[int, int]], width: int) -> list[tuple[int, int]]:
    if length <= width:
        return [(0, length)]
    around = width // 4
    wanted = [(0, _HEAD), *((place - around, place + around) for span in focus for place in span)]
    windows: list[tuple[int, int]] = []
    for start, stop in sorted((max(start, 0), min(stop, length)) for start, stop in wanted):
        if windows and start < windows[-1][1] + _SMALLEST_GAP:
            windows[-1] = (windows[-1][0], max(windows[-1][1], stop))
        else:
            windows.append((start, stop))
    return windows


def _glyph(char: str, column: int) -> tuple[str, int]:
    if " " <= char <= "~":
        return char, 1
    if char == "\t":
        cells = _TAB - column % _TAB
        return " " * cells, cells
    if char < " ":
        return chr(0x2400 + ord(char)), 1
    return _unicode_glyph(char)


def _unicode_glyph(char: str) -> tuple[str, int]:
    from unicodedata import category, east_asian_width  # most specs never need it

    kind = category(char)
    if kind in {"Mn", "Me"}:
        return char, 0
    # Controls, invisible and direction marks, line separators, halves of surrogate pairs.
    if kind in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        name = f"<U+{ord(char):04X}>"
        return name, len(name)
    return char, 2 if east_asian_width(char) in "WF" else 1
