"""A row that prints nothing but the network's input -> the setting that it is."""

import re

from archdsl.table.bands import filled
from archdsl.table.roles import CLAIMS, SIZE
from archdsl.table.sections import SECTION
from archdsl.table.shapes import bare_shape
from archdsl.table.table import ColumnRoles, Table
from archdsl.text.grid import Cell, GridSetting, joined, natural

_NIL = ("", "-", "–", "—", "/", "0", "none", "n/a")
_WORD = re.compile(
    r"\s*(?:the\s+)?(?:input|input-?layer|images?|data|rgb image|x|z|noise|latent|g\(z\))"
    r"(?:\s+(?:input|images?|layer|size|data|volume|tensor|vector|code|z))?"
    r"\s*(?:\((?:images?|(?:rgb|gr[ae]y(?:-?scale)?)(?: images?)?|z|noise)\))?\s*:?\s*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\s*input(?:\s+image)?\s*[:(]?\s*(?=\d)(.*?)\s*\)?\s*", re.IGNORECASE)
_NEUTRAL = ("repeat", "stride", *CLAIMS)
_CHANNELS_FIRST = 4  # an image of more channels than this is taken to print them last


def take_input(table: Table) -> Table:
    """Take the row out that prints the input: `input (224 x 224 RGB image)` alone, or `Input | - | 224x224x3 | - | 0`."""
    for index, row in enumerate(() if table.settings else table.body):
        setting = _sentence(row) or _row(row, table.roles)
        if setting:
            return table._replace(body=(*table.body[:index], *table.body[index + 1 :]), settings=(setting,))
    return table


def _sentence(row: tuple[Cell, ...]) -> GridSetting | None:
    cells = filled(row)
    cell = cells[0] if len(cells) == 1 else Cell("", 0)
    match = _SENTENCE.fullmatch(cell.text)
    if match:
        return _setting(cell, cell.part(match.start(1), match.end(1)))
    section = SECTION.fullmatch(cell.text)
    return section and _setting(cell, _with_channels(cell.part(*section.span(2 if section[2] else 3)), None))


def _row(row: tuple[Cell, ...], roles: ColumnRoles) -> GridSetting | None:
    """Read a row of a word, a size and perhaps the channels; what else it has must say nothing."""
    cells = [cell for cell in filled(row) if cell.text.strip().lower() not in _NIL]
    words = [cell for cell in cells if _WORD.fullmatch(cell.text)]
    printed = [row[index] for index in (roles.size, roles.incoming) if index is not None]
    sizes = [cell for cell in cells if SIZE.fullmatch(bare_shape(cell).text.strip()) or (cell in printed and cell.text.strip().isdecimal())]
    properties = [(role, row[index]) for role, _, index in roles.bound if row[index] in cells and row[index] not in (*words, *sizes)]
    plain = all(role in ("channels", "") or (role in _NEUTRAL and cell.text.strip() in ("0", "1")) for role, cell in properties)
    if not words or len(sizes) != 1 or not plain or len(words) + 1 + len({id(cell) for _, cell in properties}) < len(cells):
        return None
    channels = [cell for role, cell in properties if role == "channels"]
    alike = len({cell.text.strip() for cell in channels}) == 1
    return _setting(words[0], _with_channels(bare_shape(sizes[0]), channels[0] if alike else None))


def named_input(name: Cell, size: Cell) -> GridSetting | None:
    """Read the name and the size of a row that has nothing else."""
    said = _WORD.fullmatch(name.text) and SIZE.fullmatch(bare_shape(size).text.strip())
    return _setting(name, _with_channels(bare_shape(size), None)) if said else None


def _with_channels(size: Cell, channels: Cell | None) -> Cell:
    """Put the channels of a column of their own behind a size, and those before it after it."""
    axes = re.split(r"\s*[xX×]\s*", size.text.strip())
    square = len(axes) == 3 and axes[-1] == axes[-2] != axes[0]
    if len(axes) > 2 and all(map(str.isdecimal, axes)) and (square or natural(axes[0]) <= _CHANNELS_FIRST < natural(axes[-1])):
        return _respelt(size, "x".join((*axes[1:], axes[0])))
    if len(axes) == 2 and channels is not None and channels.text.strip().isdecimal():
        return joined(joined(size, Cell("x", size.span.end, (size.span.end,) * 2)), channels)
    return size


def _respelt(cell: Cell, text: str) -> Cell:
    """Give another spelling of a whole cell, which stands where the cell stands."""
    place = cell.span
    return Cell(text, place.start, (*(place.start,) * (len(text) - 1), place.end - 1, place.end))


def _setting(word: Cell, value: Cell) -> GridSetting:
    """Call the setting `input`, whatever the row calls it."""
    return GridSetting(_respelt(word, "input"), value)
