"""The simple tables of reStructuredText, columns under `====  ====` -> sheets."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.forms.inline import cell as read_cell
from archdsl.forms.lines import Piece as Range
from archdsl.forms.lines import depth, joined
from archdsl.forms.merged_cells import Piece, lay_out, layout_problems
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.text.chars import whole
from archdsl.text.grid import Sheet

BORDER = pattern(r"[ \t]*=+(?:[ \t]+=+)+[ \t]*$")
_UNDERLINE = pattern(r"[ \t]*-+(?:[ \t]+-+)*[ \t]*$")
_RUN = pattern(r"[=-]+")


class _Row:
    """A row while it is read: for each column, the ranges of its lines."""

    def __init__(self, width: int) -> None:
        self.cells: list[list[Range]] = [[] for _ in range(width)]
        self.merged: dict[int, int] = {}  # first column -> the column after the last
        self.open = 0


class SimpleReader:
    """Reads one table from its lines and where they begin, from border to border."""

    def __init__(self, source: Source, lines: Sequence[str], starts: Sequence[int]) -> None:
        self.source = source
        self.lines = lines
        self.starts = starts
        self.columns = [match.span() for match in _RUN.finditer(lines[0])]
        self.rows: list[_Row] = []

    def read(self) -> Sheet:
        """Return the table; rows between the first two of three borders are header."""
        borders: list[int] = []
        for line, start in zip(self.lines, self.starts, strict=True):
            if BORDER.match(line):
                borders.append(len(self.rows))
            elif _UNDERLINE.match(line) and self.rows:
                self._underlined(line)
            elif line.strip():
                self._line(line, start, bool(borders) and borders[-1] == len(self.rows))
        problems: list[Diagnostic] = []
        rows = [self._pieces(row, problems) for row in self.rows]
        layout = lay_out(rows, False, borders[1] if len(borders) > 2 else 0, len(self.columns))
        problems += layout_problems(self.source, layout, "|")
        return Sheet(
            "",
            layout.rows,
            layout.header,
            Span(self.starts[0], self.starts[0] + len(self.lines[0])),
            None,
            tuple(problems[:20]),
        )

    def _line(self, line: str, start: int, first: bool) -> None:
        """Read a line; one without text in its first column, or within an open bracket, goes on with the row
        above."""
        named = line[self.columns[0][0] : self._stop(0, line)].strip()
        if first or not self.rows or (named and self.rows[-1].open <= 0):
            self.rows.append(_Row(len(self.columns)))
        row = self.rows[-1]
        column = 0
        while column < len(self.columns):
            after = column + 1
            while after < len(self.columns) and self._crosses(line, after):
                after += 1
            left = self.columns[column][0] if column else min(self.columns[0][0], len(line))
            if column in row.merged:
                after = max(after, row.merged[column])
            if after - column > 1:
                row.merged[column] = after
            row.cells[column].append((start + min(left, len(line)), start + self._stop(after - 1, line)))
            column = after
        row.open += depth(line)

    def _stop(self, column: int, line: str) -> int:
        return len(line) if column + 1 >= len(self.columns) else min(len(line), self.columns[column + 1][0])

    def _crosses(self, line: str, column: int) -> bool:
        """Return whether text runs over the gap before a column."""
        gap = line[self.columns[column - 1][1] : self.columns[column][0]]
        return bool(gap) and not gap.isspace() and " " not in gap

    def _underlined(self, line: str) -> None:
        """Read the line that says which columns the row above merges."""
        runs = [match.span() for match in _RUN.finditer(line)]
        for first, last in runs:
            inside = [
                index for index, (start, stop) in enumerate(self.columns) if first <= start and stop <= last
            ]
            if len(inside) > 1:
                row = self.rows[-1]
                row.merged[inside[0]] = inside[-1] + 1
                for column in inside[1:]:
                    row.cells[inside[0]] += row.cells[column]

    def _pieces(self, row: _Row, problems: list[Diagnostic]) -> list[Piece]:
        text = whole(self.source)
        pieces = []
        column = 0
        while column < len(self.columns):
            after = row.merged.get(column, column + 1)
            ranges = sorted(row.cells[column])
            merged = (
                [(ranges[0][0], ranges[-1][1])]
                if after - column > 1 and ranges and "\n" not in self._between(ranges)
                else ranges
            )
            pieces.append(
                Piece(read_cell(self.source, joined(text, merged), problems.append), 1, after - column)
            )
            column = after
        return pieces

    def _between(self, ranges: list[Range]) -> str:
        return self.source.clean[ranges[0][0] : ranges[-1][1]]
