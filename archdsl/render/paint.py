"""Characters with styles -> a line of text, with or without ANSI colours."""

from itertools import groupby

from archdsl.light import Literal

Style = Literal["", "error", "warning", "gutter", "help", "added", "removed", "strong"]

_ANSI: dict[Style, str] = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "gutter": "\x1b[1;34m",
    "help": "\x1b[1;32m",
    "added": "\x1b[32m",
    "removed": "\x1b[31m",
    "strong": "\x1b[1m",
}
_RESET = "\x1b[0m"


class Row:
    """One line of output, written to at any column; what is written later covers what was there."""

    __slots__ = ("_cells",)

    def __init__(self, text: str = "", style: Style = "") -> None:
        self._cells: list[tuple[str, Style]] = [(char, style) for char in text]

    def put(self, column: int, text: str, style: Style) -> None:
        """Write a text at a column, counted from 0."""
        missing = column + len(text) - len(self._cells)
        self._cells += [(" ", "")] * missing
        self._cells[column : column + len(text)] = [(char, style) for char in text]

    def add(self, text: str, style: Style = "") -> "Row":
        """Write a text at the end."""
        self._cells += [(char, style) for char in text]
        return self

    def extend(self, other: "Row") -> "Row":
        """Write another row at the end."""
        self._cells += other._cells
        return self

    def text(self, color: bool) -> str:
        """Return the line without its trailing blanks."""
        cells = self._cells
        while cells and cells[-1][0] == " ":
            cells = cells[:-1]
        if not color:
            return "".join(char for char, _ in cells)
        runs = (
            (style, "".join(char for char, _ in run))
            for style, run in groupby(cells, key=lambda cell: cell[1])
        )
        return "".join(f"{_ANSI[style]}{run}{_RESET}" if style else run for style, run in runs)
