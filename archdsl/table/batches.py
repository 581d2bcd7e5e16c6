"""Sizes that print how many images are in a batch: `(32, 7, 20, 20)` and, behind the maps, `(32, 4)`."""

from archdsl.patterns import pattern
from archdsl.table.roles import says_nothing
from archdsl.table.table import Row, Table
from archdsl.text.grid import Bound, Cell, joined

_SHAPE = pattern(r"\s*[(\[]\s*(\d{1,6})\s*,\s*((?:\d{1,9}\s*,\s*){0,3}\d{1,9})\s*,?\s*[)\]]\s*")


def without_batch(table: Table) -> Table:
    """Take the first number out of all sizes, where it is the same of maps and of flat values, or 1
    of all maps."""
    columns = [index for index in (table.roles.size, table.roles.incoming) if index is not None]
    cells = [row[index] for row in table.body for index in columns if not says_nothing(row[index].text)]
    matches = [_SHAPE.fullmatch(cell.text) for cell in cells]
    if not cells or None in matches or len({match[1] for match in matches if match}) > 1:
        return table
    axes = {match[2].count(",") + 1 for match in matches if match}
    single = axes == {3} and all(match[1] == "1" for match in matches if match)
    if not single and (1 not in axes or max(axes) < 2):  # maps of as many channels or rows are no batch
        return table
    body = tuple(tuple(_bare(row, index, columns) for index in range(len(row))) for row in table.body)
    batches = tuple(
        Bound("batch", "", cell.part(*match.span(1)))
        for cell, match in zip(cells, matches, strict=True)
        if match
    )
    return table._replace(body=body, passed=(*table.passed, *batches))


def _bare(row: Row, index: int, columns: list[int]) -> Cell:
    cell = row[index]
    match = _SHAPE.fullmatch(cell.text) if index in columns else None
    if match is None:
        return cell
    return joined(cell.part(0, match.start(1)), cell.part(match.start(2), len(cell.text)))
