"""Sizes that a table prints of another network -> the strides that they mean.

A table that adapts a network prints the sizes of the original: what shrinks there is strided in the
adaptation, too.
"""

import re

from archdsl.patterns import pattern
from archdsl.table.table import Table
from archdsl.text.grid import Cell, joined, natural

_SIDE = pattern(r"\s*(\d+)")
_OWN = pattern(r"stride|/\s*\d|\bs\d|pool", re.IGNORECASE)


def strided(table: Table) -> Table:
    """Put the stride that a size means behind each structure that prints none."""
    if table.ratio is None:
        return table
    rows, before = [], 0
    for row in table.body:
        match = _SIDE.match(row[table.ratio].text)
        side = natural(match[1]) if match else before
        ratio = before // side if before and before % side == 0 and side > 1 else 1
        rows.append(
            tuple(_with(cell, ratio) if index in table.networks else cell for index, cell in enumerate(row))
        )
        before = side
    return table._replace(body=tuple(rows))


def _with(cell: Cell, ratio: int) -> Cell:
    text = cell.text.strip()
    if ratio == 1 or "]" not in text or _OWN.search(text):
        return cell
    words, end = f" /{ratio}", cell.span.end
    return joined(cell, Cell(words, end, (max(end - 1, 0),) * len(words) + (end,)))
