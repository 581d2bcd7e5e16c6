"""What all networks of a table share: rows across its columns, and the settings of the file."""

from archdsl.table.roles import CLAIMS, role_of
from archdsl.table.table import Table
from archdsl.text.grid import Cell, Grid, GridBlock, GridSetting


def spread(table: Table) -> Table:
    """Return a layer that stands alone in the first of several columns of networks to all of them.

    Forms without merged cells print it so. Where a table has no other columns, a layer that other rows print
    beside others belongs to its own network.
    """
    networks, body = table.networks, table.body
    if len(networks) == 1:
        return table
    bare = bool(body) and len(networks) == len(body[0])
    own = {cell.text.strip() for row in body if bare and len(filled(row)) > 1 for cell in row}
    return table._replace(body=tuple(_spread(row, networks, own) for row in body))


def _spread(row: tuple[Cell, ...], networks: tuple[int, ...], own: set[str]) -> tuple[Cell, ...]:
    first = row[networks[0]]
    alone = filled(tuple(row[index] for index in networks)) == [first] and first.text.strip() not in own
    return (
        tuple(first if index in networks else cell for index, cell in enumerate(row))
        if alone and not _claims(row)
        else row
    )


def _claims(row: tuple[Cell, ...]) -> bool:
    return role_of(row[0].text) in CLAIMS


def with_settings(
    grids: tuple[Grid, ...], settings: tuple[GridSetting, ...], blocks: tuple[GridBlock, ...]
) -> tuple[Grid, ...]:
    """Return the networks of a table the settings and blocks of their file, which win over the table's
    own."""
    keys = {setting.key.text.lower() for setting in settings}
    own = [
        tuple(setting for setting in grid.settings if setting.key.text.lower() not in keys) for grid in grids
    ]
    return tuple(
        grid._replace(settings=(*settings, *kept), blocks=(*blocks, *grid.blocks))
        for grid, kept in zip(grids, own, strict=True)
    )


def filled(row: tuple[Cell, ...]) -> list[Cell]:
    """List the cells of a row with some text, a merged one once."""
    found: list[Cell] = []
    for cell in row:
        if cell.text.strip() and not any(cell is one for one in found):
            found.append(cell)
    return found
