"""Rows and columns that only lay a table out: empty columns under a merged header, rows nested under titles
by a mark."""

from archdsl.patterns import pattern
from archdsl.table.roles import says_nothing
from archdsl.table.table import Body, Row
from archdsl.text.grid import Cell, joined

_MARK = pattern(r"\s*(?:[-–—•·*>→↳└├│|`]+[-─\s]*)(?=[A-Za-z\d(])")


def without_spacers(rows: Body, header: int) -> Body:
    """Leave out columns that are empty below a header merged with the one to the left (`colspan`), or below
    none."""
    spacers = {index for index in range(1, len(rows[0]) if rows and header else 0) if _is_spacer(rows, index)}
    return (
        tuple(tuple(cell for index, cell in enumerate(row) if index not in spacers) for row in rows)
        if spacers
        else rows
    )


def _is_spacer(rows: Body, index: int) -> bool:
    return all(row[index] is row[index - 1] or not row[index].text.strip() for row in rows)


def unnested(rows: Body, header: int) -> Body:
    """Take the marks off names that are nested by one (`- conv1`), and set the titles above them across the
    table."""
    body = rows[header:]
    marks = [_MARK.match(row[0].text) for row in body]
    titles = {i for i in range(len(body) - 1) if marks[i + 1] and not marks[i] and _is_title(body[i])}
    if not titles or not all(
        mark or i in titles or len(_filled(row)) != 1
        for i, (row, mark) in enumerate(zip(body, marks, strict=True))
    ):
        return rows
    kept = [
        _across(row) if i in titles else _unmarked(row) if marks[i] else row for i, row in enumerate(body)
    ]
    return (*rows[:header], *kept)


def _across(row: Row) -> Row:
    """Set a title across the table, with a colon."""
    cell = row[0].part(0, len(row[0].text.rstrip().rstrip(":")))
    end = cell.span.end
    return (joined(cell, Cell(":", end, (max(end - 1, 0), end))),) * len(row)


def _is_title(row: Row) -> bool:
    return _filled(row) == [row[0]]


def _filled(row: Row) -> list[Cell]:
    return [cell for cell in row if not says_nothing(cell.text)]


def _unmarked(row: Row) -> Row:
    match = _MARK.match(row[0].text)
    return (row[0].part(match.end(), len(row[0].text)), *row[1:]) if match else row
