"""What all networks of a table share: rows across its columns, and the settings of the file."""

from archdsl.text.grid import Cell, Grid, GridBlock, GridSetting


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
    return list({id(cell): cell for cell in row if cell.text.strip()}.values())
