"""A plain table -> rows of texts and aligned pipes, as Markdown and native specs have them."""

from collections.abc import Sequence
from itertools import groupby

from archdsl.format.table import Entry, PlainTable

_MIN = 3  # dashes below a header


def texts(table: PlainTable) -> list[list[str]]:
    """Return the cells of all rows; where a row goes on with the stage above, its name and size are left
    empty."""
    names, sizes = table.indices("name"), table.indices("size")
    found = []
    for row in table.rows:
        cells = [entry.text for entry in row]
        above = all(row[index].above for index in (*names, *sizes))
        for index in (*names, *(sizes if above and names else ())):
            if row[index].above:
                cells[index] = ""
        found.append(cells)
    return found


def joined(table: PlainTable) -> PlainTable:
    """Put the structures of a stage's rows into one cell, for forms in which a row is a stage."""
    stage = [*table.indices("name"), *table.indices("size")]
    number = 0
    numbered = []
    for row in table.rows:
        number += not (stage and all(row[index].above for index in stage))
        numbered.append((number, row))
    groups = [[row for _, row in rows] for _, rows in groupby(numbered, key=lambda pair: pair[0])]
    return table._replace(rows=tuple(_one(table, group) for group in groups))


def _one(table: PlainTable, rows: Sequence[tuple[Entry, ...]]) -> tuple[Entry, ...]:
    structures = table.indices("structure")
    return tuple(
        Entry("; ".join(filter(None, (row[index].text for row in rows))))
        if index in structures
        else rows[0][index]
        for index in range(len(table.columns))
    )


def pipes(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write rows of cells between aligned pipes, the first as header."""
    widths = [max(_MIN, *map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        for row in rows
    ]
    return [lines[0], f"| {' | '.join('-' * width for width in widths)} |", *lines[1:]]
