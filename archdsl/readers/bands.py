"""What all networks of a table share: rows across its columns, the input printed in one, the settings of the file."""

import re

from archdsl.readers.grid import Cell, Grid, GridBlock, GridSetting
from archdsl.readers.roles import CLAIMS, SIZE, role_of

Body = tuple[tuple[Cell, ...], ...]
_NIL = ("-", "–", "—", "/")
_INPUT_WORD = re.compile(r"\s*(?:the\s+)?(?:input|image)(?:\s+(?:image|images|layer|size|data))?\s*", re.IGNORECASE)
_INPUT = re.compile(r"\s*input(?:\s+image)?\s*[:(]?\s*(?=\d)(.*?)\s*\)?\s*", re.IGNORECASE)


def spread(body: Body, networks: tuple[int, ...]) -> Body:
    """Give a layer that stands alone in the first of several columns of networks to all of them.

    Forms without merged cells print it so. Where a table has no other columns, a layer that other rows print beside others
    belongs to its own network.
    """
    bare = bool(body) and len(networks) == len(body[0])
    own = {cell.text.strip() for row in body if bare and len(_filled(row)) > 1 for cell in row}
    return tuple(_spread(row, networks, own) for row in body)


def _spread(row: tuple[Cell, ...], networks: tuple[int, ...], own: set[str]) -> tuple[Cell, ...]:
    first = row[networks[0]]
    alone = _filled(tuple(row[index] for index in networks)) == [first] and first.text.strip() not in own
    return tuple(first if index in networks else cell for index, cell in enumerate(row)) if alone and not _claims(row) else row


def _claims(row: tuple[Cell, ...]) -> bool:
    return role_of(row[0].text) in CLAIMS


def _named_input(setting: GridSetting) -> GridSetting:
    """Call the setting `input`, whatever the row calls it."""
    place = setting.key.span
    return setting._replace(key=Cell("input", place.start, (*(place.start,) * 5, place.end)))


def take_input(body: Body) -> tuple[Body, tuple[GridSetting, ...]]:
    """Take a row out that prints nothing but the input, as the setting that it is.

    It is one cell (`input (224 x 224 RGB image)`), or a name and a size (`Input | - | 224x224x3`).
    """
    for index, row in enumerate(body):
        filled = [cell for cell in _filled(row) if cell.text.strip() not in _NIL]
        sizes = [cell for cell in filled if SIZE.fullmatch(cell.text.strip())]
        words = [cell for cell in filled if _INPUT_WORD.fullmatch(cell.text)]
        if len(sizes) == 1 and words and len(words) + 1 == len(filled):
            setting = GridSetting(words[0]._replace(rows=1, columns=1), sizes[0])
            return (*body[:index], *body[index + 1 :]), (_named_input(setting),)
        match = _INPUT.fullmatch(filled[0].text) if len(filled) == 1 else None
        if match:
            cell = filled[0]
            at = len(cell.text) - len(cell.text.lstrip())
            setting = GridSetting(cell.part(at, at + 5), cell.part(match.start(1), match.end(1)))
            return (*body[:index], *body[index + 1 :]), (setting,)
    return body, ()


def with_settings(grids: tuple[Grid, ...], settings: tuple[GridSetting, ...], blocks: tuple[GridBlock, ...]) -> tuple[Grid, ...]:
    """Give the networks of a table the settings and blocks of their file, which win over the table's own."""
    keys = {setting.key.text.lower() for setting in settings}
    own = [tuple(setting for setting in grid.settings if setting.key.text.lower() not in keys) for grid in grids]
    return tuple(grid._replace(settings=(*settings, *kept), blocks=(*blocks, *grid.blocks)) for grid, kept in zip(grids, own, strict=True))


def _filled(row: tuple[Cell, ...]) -> list[Cell]:
    """List the cells of a row with some text, a merged one once."""
    found: list[Cell] = []
    for cell in row:
        if cell.text.strip() and not any(cell is one for one in found):
            found.append(cell)
    return found
