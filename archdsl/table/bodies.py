"""Rows that say everything themselves: titles of sections out, several layers of one row apart, ditto marks
filled in."""

import re
from collections import Counter
from collections.abc import Iterator

from archdsl.patterns import pattern
from archdsl.table.operators import TITLE
from archdsl.table.table import Body, Row, Table
from archdsl.text.grid import Bound, Cell

# Not `same`, which is a padding.
DITTO = pattern(r"\s*(?:\"|″|〃|''|,,|ditto|idem|do\.|同上)\s*", re.IGNORECASE)


def lines_apart(table: Table) -> Table:
    """Divide rows that print several layers below each other; several networks print as many in a row as each
    of them has there."""
    if len(table.networks) > 1:
        return table
    return table._replace(body=tuple(part for row in table.body for part in _apart(row)))


def dittos(table: Table) -> Table:
    """Fill ditto marks in with what stands above; names and networks, which have their own dittos, are left
    alone."""
    return table._replace(body=tuple(_undittoed(table.body, (table.roles.name, *table.networks))))


def _undittoed(body: Body, kept: tuple[int | None, ...]) -> Iterator[Row]:
    above: Row = ()
    for row in body:
        above = tuple(
            above[index] if above and index not in kept and DITTO.fullmatch(cell.text) else cell
            for index, cell in enumerate(row)
        )
        yield above


def _apart(row: Row) -> tuple[Row, ...]:
    """Divide a row of which the cells have several lines, one for each layer; a cell of one line is that of
    all of them."""
    counts = {len(_lines(cell)) for cell in row if cell.text.strip()} - {1}
    several = sum(len(_lines(cell)) > 1 for cell in row)
    if len(counts) != 1 or several < 2 or any("[" in cell.text for cell in row):
        return (row,)
    lines = [_lines(cell) for cell in row]
    return tuple(
        tuple(own[i] if len(own) > 1 else cell for own, cell in zip(lines, row, strict=True))
        for i in range(counts.pop())
    )


def _lines(cell: Cell) -> list[Cell]:
    """Divide a cell at its line breaks, which readers write as semicolons."""
    parts, at = [], 0
    for text in cell.text.split(";"):
        parts.append(cell.part(at, at + len(text)))
        at += len(text) + 1
    return [part for part in parts if part.text.strip()]


def without_titles(table: Table) -> Table:
    """Leave titles of sections out (`Encoder`, across the table); names that come again are told apart by
    them."""
    name = None if table.roles.name in table.networks else table.roles.name
    names = Counter(row[name].text.strip() for row in table.body if name is not None and not _title(row))
    rows, titles, title = [], [], None
    for row in table.body:
        if _title(row):
            title = next(cell for cell in row if cell.text.strip())
            titles.append(Bound("title", "", title))
        elif title and name is not None and row[name].text.strip() and names[row[name].text.strip()] > 1:
            rows.append(
                tuple(_under(title, cell) if index == name else cell for index, cell in enumerate(row))
            )
        else:
            rows.append(row)
    return table._replace(body=tuple(rows), passed=(*table.passed, *titles))


def _title(row: Row) -> bool:
    filled = [cell for cell in row if cell.text.strip()]
    return (
        len(row) > 2
        and bool(filled)
        and all(cell is filled[0] for cell in filled)
        and _is_title(filled[0].text)
    )


def _is_title(text: str) -> bool:
    return text.rstrip().endswith(":") or TITLE.fullmatch(text) is not None


def _under(title: Cell, cell: Cell) -> Cell:
    """Put the title of a section before a name, which stands where it stands."""
    words, place = f"{title.text.strip(' :')} {cell.text.strip()}", cell.span
    return Cell(
        words, place.start, (*(place.start,) * (len(words) - 1), max(place.end - 1, place.start), place.end)
    )
