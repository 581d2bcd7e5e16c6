"""A network's table as found -> entries: which place was taken for what."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from archdsl.light import TYPE_CHECKING, NamedTuple
from archdsl.source import Span
from archdsl.text.grid import Cell, Grid, GridRow

if TYPE_CHECKING:
    from archdsl.pipeline.networks import Printed

_MARKS = "✓✔✗✘√☑"


def is_word(char: str) -> bool:
    """Return whether a character says something: a letter, a digit or a mark; the others only part and
    join."""
    return char.isalnum() or char in _MARKS


class Entry(NamedTuple):
    """A place of the source and what it was taken for; `row` is the index of its row, or -1."""

    span: Span
    what: str
    row: int = -1


def entries(printed: "Printed") -> tuple[Entry, ...]:
    """List what was taken from the table, in the order of the print."""
    grid = printed.grid
    found = [*_above(grid), *_rows(grid), *_structures(grid, printed.claims), *_told(printed)]
    return tuple(sorted({one for one in found if one.span.end > one.span.start}))


def _above(grid: Grid) -> Iterator[Entry]:
    for cell in grid.headers:
        yield Entry(cell.span, "header")
    for setting in grid.settings:
        key, value = setting.key.span, setting.value.span
        if not value.start < key.start < value.end:  # `picture | Input | 8x8x1`: the row's cells are taken
            yield Entry(key, setting.key.text.strip().lower())
            yield Entry(value, setting.key.text.strip().lower())
    for block in grid.blocks:
        yield Entry(block.span, "block")
    for bound in (*grid.claims, *grid.passed):
        yield Entry(bound.cell.span, bound.role)
    if grid.sheet is not None:
        from archdsl.ledger.columns import of_sheet

        for span, what in of_sheet(grid):
            yield Entry(span, what)


def _rows(grid: Grid) -> Iterator[Entry]:
    for number, row in enumerate(grid.rows):
        for cell, what in _cells(row):
            yield Entry(cell.span, what, number)


def _cells(row: GridRow) -> Iterator[tuple[Cell, str]]:
    yield row.name, "name"
    yield row.size, "output"
    for cell, what in ((row.incoming, "input"), (row.repeat, "repeat")):
        if cell is not None:
            yield cell, what
    for bound in row.passed:
        yield _trimmed(bound.cell), bound.role
    for bound in (*row.claims, *(bound for part in row.parts for bound in part.bound)):
        yield bound.cell, bound.role or bound.header.strip()


def _trimmed(cell: Cell) -> Cell:
    """Return a piece of a cell without the signs around its words."""
    said = [at for at, char in enumerate(cell.text) if is_word(char)]
    return cell.part(said[0], said[-1] + 1) if said else cell.part(0, 0)


def _structures(grid: Grid, claims: tuple[tuple[Span, str], ...]) -> Iterator[Entry]:
    """Return what was taken inside cells of layers to the rows that these stand in."""
    cells = sorted(
        (part.structure.span, number) for number, row in enumerate(grid.rows) for part in row.parts
    )
    starts = [cell.start for cell, _ in cells]
    for span, what in claims:
        at = bisect_right(starts, span.start) - 1
        within = at >= 0 and span.start <= cells[at][0].end
        yield Entry(span, what, cells[bisect_left(starts, starts[at])][1] if within else -1)


def _told(printed: "Printed") -> Iterator[Entry]:
    for diagnostic in printed.told:
        for label in diagnostic.labels:
            yield Entry(label.span, "told")
