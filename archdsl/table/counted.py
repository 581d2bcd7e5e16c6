"""Columns of how often and how wide (`2 × 24`), where nothing else says the layers -> layers, whose window
the file sets."""

from archdsl.patterns import pattern
from archdsl.table.roles import UNREAD, says_nothing
from archdsl.table.table import Body, Table
from archdsl.text.grid import Cell, joined

_BARE = pattern(r"\s*(\d{1,3})\s*[×xX]\s*(\d{1,5})\s*")
_LAYER = "conv, "


def counted_columns(roles: list[str], body: Body) -> list[int]:
    """Find the columns without a role that print such counts alone, beside one of sizes."""
    return [
        index
        for index, role in enumerate(roles)
        if role in ("", UNREAD) and "size" in roles and _is_counted(body, index)
    ]


def counted_widths(table: Table) -> Table:
    """Write the layer between the repeat and the width of columns that print nothing else."""
    columns = {index for index in table.networks if _is_counted(table.body, index)}
    rows = (
        tuple(_said(cell) if index in columns else cell for index, cell in enumerate(row))
        for row in table.body
    )
    return table._replace(body=tuple(rows)) if columns else table


def _is_counted(body: Body, index: int) -> bool:
    cells = [row[index].text.strip() for row in body if not says_nothing(row[index].text)]
    pairs = [match.groups() for cell in cells if (match := _BARE.fullmatch(cell))]
    return 0 < len(cells) == len(pairs) and any(a != b for a, b in pairs)


def _said(cell: Cell) -> Cell:
    match = _BARE.fullmatch(cell.text)
    if not match:
        return cell
    at, sign = match.start(2), len(cell.text[: match.start(2)].rstrip()) - 1
    place = cell.place(sign, sign + 1).start
    layer = Cell(_LAYER, place, (place,) * (len(_LAYER) + 1))
    return joined(joined(cell.part(0, at), layer), cell.part(at, len(cell.text)))
