"""Networks as rows, their layers or stages side by side -> networks as columns, their layers below each
other."""

from archdsl.lang.networks import STAGE, is_network
from archdsl.lang.vocabulary import layer_word
from archdsl.table.operators import NUMBERED
from archdsl.table.roles import CLAIMS, holds_layers, role_of, strengths
from archdsl.table.table import Body
from archdsl.text.grid import Cell


def networks_upright(rows: Body, header: int) -> Body:
    """Turn a table whose rows are networks: layers are named above its columns, and networks before its
    rows."""
    if header != 1 or len(rows) < 2 or len(rows[0]) < 2 or not _lies(rows):
        return rows
    corner, *columns = zip(*rows, strict=True)
    return ((Cell("", corner[0].start), *corner[1:]), *columns)


def _lies(rows: Body) -> bool:
    corner, *above = (cell.text.strip() for cell in rows[0])
    named = [row[0].text.strip() for row in rows[1:]]
    told = is_network(corner)
    layers = [index for index, text in enumerate(above, 1) if role_of(text) not in CLAIMS]
    if not layers or (corner and not told):
        return False
    if any(map(_is_layer, named)) or len(set(named)) < len(named):
        return False
    if any(role_of(name) for name in named if len(name) > 1):  # headers, of a table on its side
        return False
    called = all(
        _is_layer(rows[0][index].text) or (told and "structure" in strengths(rows[0][index].text))
        for index in layers
    )
    return called and all(holds_layers([row[index].text for row in rows[1:]]) for index in layers)


def _is_layer(text: str) -> bool:
    """Return whether a text names a layer or a part of a network: `conv1`, `Stem`, `Stage 2`."""
    return layer_word(text) or NUMBERED.fullmatch(text) is not None or STAGE.fullmatch(text) is not None
