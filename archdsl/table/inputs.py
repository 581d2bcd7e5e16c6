"""A row that prints nothing but the network's input -> the setting that it is."""

import re
from math import prod

from archdsl.lang.ordinals import named_op
from archdsl.lang.vocabulary import layer_word
from archdsl.patterns import pattern
from archdsl.table.bands import filled
from archdsl.table.roles import CLAIMS, SIZE, says_none
from archdsl.table.sections import SECTION
from archdsl.table.shapes import bare_shape
from archdsl.table.spaces import is_drawn, space_of
from archdsl.table.table import Body, ColumnRoles, Row, Table
from archdsl.text.grid import Cell, GridSetting, joined, natural

_WORD = pattern(
    r"\s*(?:the\s+)?(?:input|input-?layer|images?|data|rgb image|x|z|noise|latent|g\(z\)"
    r"|输入层?|入力層?|입력층?|entrada|entrée|eingabe)"
    r"(?:\s+(?:input|images?|layer|size|data|volume|tensor|vector|code|z))?"
    r"\s*(?:\((?:images?|(?:rgb|gr[ae]y(?:-?scale)?)(?: images?)?|z|noise)\))?\s*:?\s*",
    re.IGNORECASE,
)
_BEGINS = pattern(r"\s*(?:the\s+)?(?:input|images?)\b", re.IGNORECASE)
_SHAPE = pattern(r"\d{1,9}(?:\s*[x×]\s*\d{1,9}){1,3}(?![\w×])")
_PLANES = (
    (1, pattern(r"\b(?:gr[ae]y(?:[ -]?scale)?|mono(?:chrome)?)\b|灰度|グレー|그레이|\bgris", re.IGNORECASE)),
    (3, pattern(r"\brgb\b|彩色|カラー|컬러", re.IGNORECASE)),
)
_IDENTIFIER = pattern(r"\s*(?!inputs?\s*$)[A-Za-z]\w*\s*", re.IGNORECASE)
_NEUTRAL = ("repeat", "stride", *CLAIMS)
_CHANNELS_FIRST = 4  # an image of more channels than this is taken to print them last


def take_input(table: Table) -> Table:
    """Take the row out that prints the input: `input (224 x 224 RGB image)` alone, or `Input | - | 224x224x3
    | - | 0`."""
    for index, row in enumerate(() if table.settings else table.body):
        setting = _space(row) or _sentence(row) or _row(row, table.roles)
        if setting:
            rest = (*table.body[:index], *table.body[index + 1 :])
            name = _called(row, table.roles, rest)
            value = setting.value if name is None else joined(joined(name, _colon(name)), setting.value)
            return table._replace(body=rest, settings=(setting._replace(value=value),))
    return table


def _called(row: Row, roles: ColumnRoles, rest: Body) -> Cell | None:
    """Return the name of the row of the input, where others name it."""
    name = None if roles.name is None else row[roles.name]
    if name is None or not _IDENTIFIER.fullmatch(name.text) or layer_word(name.text.strip()):
        return None
    said = re.compile(rf"(?<![\w-]){re.escape(name.text.strip())}(?![\w-])")
    others = (cell for one in rest for cell in one)
    return name if any(said.search(cell.text) for cell in others) else None


def _colon(name: Cell) -> Cell:
    end = name.span.end
    return Cell(": ", end, (end,) * 3)


def own_input(cell: Cell) -> GridSetting | None:
    """Read the cell of one network's input, where the row has those of several: `Input 28x28x1 | Input ∈
    R^10`."""
    return _space((cell,)) or _sentence((cell,))


def with_entering(table: Table) -> Table:
    """Take the input from what the first row reads: its map, and its channels in a column of their own."""
    entering = [index for role, _, index in table.roles.bound if role == "entering"]
    if table.settings or table.roles.incoming is None or not entering or not table.body:
        return table
    size, channels = table.body[0][table.roles.incoming], table.body[0][entering[0]]
    axes = re.split(r"\s*[x×]\s*", size.text.strip())
    if len(axes) != 2 or not all(map(str.isdecimal, (*axes, channels.text.strip()))):
        return table
    return table._replace(settings=(_setting(size, _with_channels(size, channels)),))


def _space(row: tuple[Cell, ...]) -> GridSetting | None:
    """Read `z in R^100 | - | 100`: a variable, its space, and the same size once more."""
    cells = [cell for cell in filled(row) if not says_none(cell.text) and cell.text.strip() != "0"]
    spaces = [(cell, size) for cell in cells if (size := space_of(cell))]
    if len(spaces) != 1:
        return None
    word, size = spaces[0]
    others = [bare_shape(cell) for cell in cells if cell is not word]
    if any(_values(other) != _values(size) for other in others):
        return None
    longest = max((size, *others), key=lambda one: len(_axes(one)))
    return _setting(word, _with_channels(longest, None))


def _sentence(row: tuple[Cell, ...]) -> GridSetting | None:
    """Read the only cell of a row: `input (224 x 224 RGB image)`, `Input: 8000x1 waveform`, `Decoder, input 8
    x 8 x 4`."""
    cells = filled(row)
    cell = cells[0] if len(cells) == 1 else Cell("", 0)
    size = _size_in(cell) if _BEGINS.match(cell.text) else None
    if size:
        return _setting(cell, _with_channels(size, None))
    section = SECTION.fullmatch(cell.text)
    return section and _setting(cell, _with_channels(cell.part(*section.span(2 if section[2] else 3)), None))


def _size_in(cell: Cell) -> Cell | None:
    """Return the size that a text prints beside words that are no layer's; a grey image has one channel, an
    RGB image three."""
    match = _SHAPE.search(cell.text)
    if not match or not _is_prose(cell.text[: match.start()] + " " + cell.text[match.end() :]):
        return None
    size, axes = cell.part(*match.span()), len(re.split("[x×]", match[0]))
    planes = next((count for count, said in _PLANES if said.search(cell.text)), None) if axes == 2 else None
    return size if planes is None else _respelt(size, f"{size.text.strip()}x{planes}")


def _is_prose(text: str) -> bool:
    """Return whether a text holds words only, and none of a layer."""
    words = re.findall(r"[^\W\d_][\w-]*", re.sub(r"(?i)gr[ae]y scale", "gray", text))
    known = any(layer_word(" ".join(words[at : at + 4])) for at in range(len(words)))
    return not known and not any(map(str.isdigit, text))


def _row(row: tuple[Cell, ...], roles: ColumnRoles) -> GridSetting | None:
    """Read a row of a word, a size and perhaps the channels; what else it has must say nothing: words, zeros,
    repeats of 1."""
    cells = [cell for cell in filled(row) if not says_none(cell.text) and cell.text.strip() != "0"]
    if len(cells) > 2 and cells[0] is row[0] and cells[0].text.strip().isdecimal():
        cells = cells[1:]  # the number of the row
    named = None if roles.name in (None, roles.structure) else row[roles.name]
    if named and not (_names_input(named.text) or named_op(named.text.strip())):
        cells = [cell for cell in cells if cell is not named]
    words = [cell for cell in cells if _names_input(cell.text)]
    if not words:
        return None
    sizes = [(cell, size) for cell in cells if cell not in words and (size := _size_of(cell, row, roles))]
    others = [
        cell
        for cell in cells
        if cell not in words and not any(cell is one for one, _ in sizes) and not _is_prose(cell.text)
    ]
    others = [cell for cell in others if not any(_counts_values(cell, size) for _, size in sizes)]
    said = [(role, cell) for cell in others for role in _roles_of(cell, row, roles)]
    plain = all(
        role in ("channels", "") or (role in _NEUTRAL and cell.text.strip() in ("0", "1"))
        for role, cell in said
    )
    channels = {cell.text.strip(): cell for role, cell in said if role == "channels"}
    if not sizes and len(channels) == 1 and len(others) == 1:
        return _setting(words[0], channels.popitem()[1])  # the units of an input without axes
    if len(sizes) != 1 or not plain or len(said) < len(others):
        return None
    return _setting(
        words[0], _with_channels(sizes[0][1], channels.popitem()[1] if len(channels) == 1 else None)
    )


def _names_input(text: str) -> bool:
    """Return whether a text says that its row is the input: `Input`, `z ~ N(0, 1)`, `images of faces`."""
    begins = _BEGINS.match(text) and _is_prose(text)
    return bool(_WORD.fullmatch(text) or begins) or is_drawn(text)


def _counts_values(cell: Cell, size: Cell) -> bool:
    """Return whether a cell prints how many values a map of a size has."""
    values = _values(size) if len(_axes(size)) > 1 else None
    return values is not None and cell.text.strip().replace(",", "") == str(values)


def _axes(size: Cell) -> list[str]:
    return re.split(r"\s*[xX×]\s*", size.text.strip())


def _values(size: Cell) -> int | None:
    """Return how many values a map of a printed size has; `None` where an axis is no number."""
    axes = _axes(size)
    return prod(map(natural, axes)) if all(map(str.isdecimal, axes)) else None


def _size_of(cell: Cell, row: tuple[Cell, ...], roles: ColumnRoles) -> Cell | None:
    """Return the size that a cell is, or prints in words; a number alone is one in a column of sizes."""
    bare = bare_shape(cell)
    printed = any(cell is row[index] for index in (roles.size, roles.incoming) if index is not None)
    whole = SIZE.fullmatch(bare.text.strip()) or (printed and bare.text.strip().isdecimal())
    return bare if whole else _size_in(cell)


def _roles_of(cell: Cell, row: tuple[Cell, ...], roles: ColumnRoles) -> list[str]:
    return [role for role, _, index in roles.bound if row[index] is cell]


def named_input(name: Cell, size: Cell) -> GridSetting | None:
    """Read the name and the size of a row that has nothing else."""
    said = _WORD.fullmatch(name.text) and SIZE.fullmatch(bare_shape(size).text.strip())
    return _setting(name, _with_channels(bare_shape(size), None)) if said else None


def _with_channels(size: Cell, channels: Cell | None) -> Cell:
    """Put the channels of a column of their own behind a size, and those before it after it."""
    axes = _axes(size)
    square = len(axes) == 3 and axes[-1] == axes[-2] != axes[0]
    if (
        len(axes) > 2
        and all(map(str.isdecimal, axes))
        and (square or natural(axes[0]) <= _CHANNELS_FIRST < natural(axes[-1]))
    ):
        return _respelt(size, "x".join((*axes[1:], axes[0])))
    if channels is not None and axes[-1:] == [channels.text.strip()] != axes[:1]:
        return size  # `1024 x 2`, of a sequence, with its channels once more beside it
    if len(axes) == 2 and channels is not None and channels.text.strip().isdecimal():
        return joined(joined(size, Cell("x", size.span.end, (size.span.end,) * 2)), channels)
    return size


def _respelt(cell: Cell, text: str) -> Cell:
    """Return another spelling of a whole cell, which stands where the cell stands."""
    place = cell.span
    return Cell(text, place.start, (*(place.start,) * (len(text) - 1), place.end - 1, place.end))


def _setting(word: Cell, value: Cell) -> GridSetting:
    """Call the setting `input`, whatever the row calls it."""
    return GridSetting(_respelt(word, "input"), value)
