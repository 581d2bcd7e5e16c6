"""Columns that print one side of square maps, `Output width | 20` -> the maps, `20x20`; stars between sides
-> `x`."""

from archdsl.patterns import pattern
from archdsl.table.head import header_text
from archdsl.table.roles import header_words
from archdsl.table.table import Body
from archdsl.text.grid import Cell, joined

_SIDE = pattern(r"(in|input|out|output|map|feature map) (?:width|side)")
_HEIGHT = pattern(r"(?:in|input|out|output|map|feature map) height")
_STARRED = pattern(r"\s*\d{1,6}(?:\s*\*\s*\d{1,6}){2,3}\s*")
_NUMBER = pattern(r"\s*\d{1,6}\s*")


def starred(rows: Body, header: int) -> Body:
    """Write `x` between three sides or more that stars part: no number of a layer is a product of three."""
    return tuple(row if index < header else tuple(map(_sided, row)) for index, row in enumerate(rows))


def _sided(cell: Cell) -> Cell:
    return cell._replace(text=cell.text.replace("*", "x")) if _STARRED.fullmatch(cell.text) else cell


def squares(rows: Body, header: int) -> Body:
    """Write the sides of maps out, where no column has their heights."""
    heads = (
        [header_words(header_text(rows[:header], index)) for index in range(len(rows[0]))]
        if header and rows
        else []
    )
    if any(_HEIGHT.fullmatch(head) for head in heads):
        return rows
    sides = {index for index, head in enumerate(heads) if _SIDE.fullmatch(head)}
    if not sides:
        return rows
    body = (
        tuple(_square(cell) if index in sides else cell for index, cell in enumerate(row))
        for row in rows[header:]
    )
    return (*rows[:header], *body)


def _square(cell: Cell) -> Cell:
    if not _NUMBER.fullmatch(cell.text):
        return cell
    side, end = cell.text.strip(), cell.span.end
    words = f"x{side}"
    return joined(
        cell.part(0, len(cell.text.rstrip())), Cell(words, end, (*(max(end - 1, 0),) * len(words), end))
    )
