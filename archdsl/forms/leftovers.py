"""What converters leave in a table -> the table without it: headers that they made up, columns that hold
nothing."""

import re

from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.text.grid import Cell, Sheet

_MADE_UP: Final = pattern(
    r"\s*(?:(?:col(?:umn)?|field|unnamed|header)[\s:_-]*\d*|\d{1,2}|[A-Z])?\s*", re.IGNORECASE
)
Rows = tuple[tuple[Cell, ...], ...]


def cleared(sheet: Sheet) -> Sheet:
    """Return a sheet without what a converter left in it."""
    rows = _filled(sheet.rows)
    if len(rows) > 2 and _is_made_up(rows):
        return sheet._replace(rows=rows[1:], header=1)
    return sheet if rows is sheet.rows else sheet._replace(rows=rows)


def _is_made_up(rows: Rows) -> bool:
    """Return whether the first row has a word and a number for each column, `col 1`, and the next one words
    alone."""
    first, second = ([cell.text.strip() for cell in row] for row in rows[:2])
    numbered = sum(re.search(r"\w[\s:_-]*\d+$", text) is not None for text in first)
    words = all(re.match(r"[^\W\d]", text) for text in second)
    return numbered > 1 and words and all(map(_MADE_UP.fullmatch, first))


def _filled(rows: Rows) -> Rows:
    """Leave out columns below a header merged from the left in which no row has a cell of its own."""
    if not rows:
        return rows
    hollow = {
        column
        for column in range(1, len(rows[0]))
        if rows[0][column] is rows[0][column - 1]
        and rows[0][column].text.strip()
        and not any(_own(row, column) for row in rows[1:])
    }
    return (
        tuple(tuple(cell for column, cell in enumerate(row) if column not in hollow) for row in rows)
        if hollow
        else rows
    )


def _own(row: tuple[Cell, ...], column: int) -> bool:
    return row[column] is not row[column - 1] and row[column].text.strip() != ""
