"""Rows of cells that may be merged -> rectangular rows in which a merged cell stands at every place that it
covers."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.light import Final, NamedTuple
from archdsl.problems import readers, syntax
from archdsl.source import Source, Span
from archdsl.text.grid import Cell

MAX_CELLS: Final = 200_000
MAX_COLUMNS: Final = 1000


class Piece(NamedTuple):
    """A cell as written and over how many rows and columns it is merged: negative rows go up, 0 is as far as
    the table goes."""

    cell: Cell
    rows: int = 1
    columns: int = 1


class Layout(NamedTuple):
    """The table, and what did not fit: pairs of cells on one place, the first cell beyond the limits, cells
    beyond the columns."""

    rows: tuple[tuple[Cell, ...], ...]
    header: int
    overlaps: list[tuple[Cell, Cell]]
    beyond: Cell | None
    surplus: list[Cell]


def lay_out(
    rows: Sequence[Sequence[Piece]], flow: bool, header: int = 0, columns: int = MAX_COLUMNS
) -> Layout:
    """Return every piece its places.

    Where pieces `flow` (HTML), one goes to the next place that no merged cell from above covers. Elsewhere
    the places below a merged cell are written out, empty. Rows with nothing of their own are left out.
    """
    return _Table(rows, flow, min(columns, MAX_COLUMNS)).layout(header)


_KEEP: Final = {
    "&": "write an `&` that is part of a cell as `\\&`",
    "|": "write a `|` that is part of a cell as `\\|`, and `;` between the layers of a bracket",
}


def layout_problems(source: Source, layout: Layout, separator: str) -> list[Diagnostic]:
    """Say what does not fit into a table."""
    found = [readers.overlapping_spans(source, cell.span, other.span) for cell, other in layout.overlaps[:5]]
    if layout.beyond:
        found.append(readers.table_too_large(source, layout.beyond.span, MAX_CELLS))
    keep = _KEEP.get(separator, "put a cell that holds the separator in quotes")
    further: dict[int, Span] = {}  # of each line
    for cell in layout.surplus:
        line = source.position(cell.span.start)[0]
        further[line] = Span(further.get(line, cell.span).start, cell.span.end)
    return found + [syntax.ragged_row(source, span, keep) for span in list(further.values())[:5]]


class _Table:
    def __init__(self, rows: Sequence[Sequence[Piece]], flow: bool, columns: int) -> None:
        self.rows = rows
        self.flow = flow
        self.columns = columns
        self.pieces: list[Piece] = []
        self.lines: list[dict[int, int]] = []  # for each row: column -> piece
        self.overlaps: list[tuple[Cell, Cell]] = []
        self.beyond: Cell | None = None
        self.too_wide: Cell | None = None
        self.surplus: list[Cell] = []

    def layout(self, header: int) -> Layout:
        active: dict[int, tuple[int, int]] = {}  # column -> piece, the rows that it still covers
        places = width = 0
        for row in self.rows:
            line, active = self._line(row, active)
            width = max(width, max(line, default=-1) + 1)
            places += len(line) + 1
            if self.beyond is None and (places > MAX_CELLS or width * (len(self.lines) + 1) > MAX_CELLS):
                self.beyond = row[0].cell if row else self.pieces[-1].cell
            if self.beyond:
                break
            self.lines.append(line)
        self._upwards()
        kept = self._with_content()
        return Layout(
            self._cells(kept, width),
            sum(index < header for index in kept),
            self.overlaps,
            self.beyond or self.too_wide,
            self.surplus,
        )

    def _line(
        self, row: Sequence[Piece], active: dict[int, tuple[int, int]]
    ) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
        line = {column: number for column, (number, left) in active.items() if left}
        below = {column: (number, left - 1) for column, (number, left) in active.items() if left > 1}
        at = 0
        for piece in row:
            while self.flow and at in line:
                at += 1
            if at >= self.columns:
                self.surplus += [piece.cell] if piece.cell.text else []
                continue
            number = len(self.pieces)
            self.pieces.append(piece)
            if piece.columns > MAX_COLUMNS and not self.flow:
                self.too_wide = self.too_wide or piece.cell
            stop = min(at + piece.columns, self.columns)
            self._occupy(line, below, range(at, stop), number)
            at = stop
        return line, below

    def _occupy(
        self, line: dict[int, int], below: dict[int, tuple[int, int]], places: range, number: int
    ) -> None:
        piece = self.pieces[number]
        left = (piece.rows if piece.rows > 0 else len(self.rows) if piece.rows == 0 else 1) - 1
        told = False
        for column in places:
            # Some converters write the text of a merged cell again where it goes on.
            if (
                column in line
                and not self.flow
                and piece.cell.text in ("", self.pieces[line[column]].cell.text)
            ):
                continue
            if column in line and not told:
                self.overlaps.append((piece.cell, self.pieces[line[column]].cell))
                told = True
            line[column] = number
            below.pop(column, None)
            if left > 0:
                below[column] = (number, left)

    def _upwards(self) -> None:
        """Return cells that are merged with rows above them their places there."""
        for index, line in enumerate(self.lines):
            for column, number in line.items():
                rows = self.pieces[number].rows
                for above in range(index - 1, max(index + rows, -1), -1) if rows < 0 else ():
                    taken = self.lines[above].get(column)
                    if taken is not None and self.pieces[taken].cell.text:
                        if taken != number:
                            self.overlaps.append((self.pieces[number].cell, self.pieces[taken].cell))
                        break
                    self.lines[above][column] = number

    def _with_content(self) -> list[int]:
        """List the rows that hold some text which stands in no other row that is kept."""
        rows_of: dict[int, int] = {}
        for line in self.lines:
            for number in set(line.values()):
                rows_of[number] = rows_of.get(number, 0) + 1
        kept = []
        for index, line in enumerate(self.lines):
            numbers = set(line.values())
            if any(self.pieces[number].cell.text and rows_of[number] == 1 for number in numbers):
                kept.append(index)
            else:
                for number in numbers:
                    rows_of[number] -= 1
        return kept

    def _cells(self, kept: list[int], width: int) -> tuple[tuple[Cell, ...], ...]:
        rows_of: dict[int, set[int]] = {}
        columns_of: dict[int, set[int]] = {}
        for index in kept:
            for column, number in self.lines[index].items():
                rows_of.setdefault(number, set()).add(index)
                columns_of.setdefault(number, set()).add(column)
        columns = self._distinct(kept, width)
        own = set(columns)
        cells = {
            number: self.pieces[number].cell._replace(rows=len(rows), columns=len(columns_of[number] & own))
            for number, rows in rows_of.items()
        }
        grid = []
        for index in kept:
            line = self.lines[index]
            end = max((cells[number].span.end for number in line.values()), default=0)
            grid.append(tuple(cells[line[column]] if column in line else Cell("", end) for column in columns))
        return tuple(grid)

    def _distinct(self, kept: list[int], width: int) -> list[int]:
        """List the columns; those that every row merges with the one before are one with it."""
        own = {0} if width else set()
        for index in kept:
            line = self.lines[index]
            own.update(
                column for column in range(1, width) if line.get(column, -column) != line.get(column - 1)
            )
        return sorted(own)
