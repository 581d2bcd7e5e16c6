"""Rows of pipes without a header or a rule -> a table of `structure | output`, where their last cells are
sizes.

    | Input           |                | 20x20x3 |
    | Convolution 3x3 | stride 1, SAME | 20x20x5 |
    | Fully connected |                | 9       |

A header holds no size. What stands before the size says one layer.
"""

from archdsl.patterns import pattern
from archdsl.text.chars import Text, Writer
from archdsl.text.grid import Cell

_SIZE = pattern(r"\s*\(?\d{1,6}(?:\s*[x×,]\s*\d{1,6}){0,4}\)?\s*")
_MAP = pattern(r"\d\s*[x×,]\s*\d")
Rows = list[list[Cell]]


def headed(rows: Rows) -> Rows:
    """Return the rows with a header and one cell before the size; as they are where their last cells are no
    sizes."""
    lasts = [row[-1].text for row in rows]
    if (
        len(rows) < 3
        or not all(map(_SIZE.fullmatch, lasts))
        or sum(_MAP.search(text) is not None for text in lasts) < 2
    ):
        return rows
    if len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return rows
    place = rows[0][0].start
    head = [Cell(word, place, (place,) * (len(word) + 1)) for word in ("structure", "output")]
    return [head, *([_joined(row[:-1]), row[-1]] for row in rows)]


def _joined(cells: list[Cell]) -> Cell:
    """Put the cells of a layer together, a comma between them."""
    filled = [cell for cell in cells if cell.text.strip()]
    writer = Writer()
    for cell in filled:
        writer.put(", " if len(writer) else "", cell.start)
        writer.copy(
            Text(cell.text, cell.offsets or range(cell.start, cell.start + len(cell.text) + 1)),
            0,
            len(cell.text),
        )
    return writer.text(filled[-1].span.end).cell() if filled else cells[0]
