"""A shape as a program prints it (`(None, 26, 26, 32)`) -> as a table does (`26 x 26 x 32`), character for character."""

import re

from archdsl.patterns import pattern
from archdsl.text.grid import Cell, joined

_LISTED = pattern(r"\s*(?:torch\.Size)?\s*[(\[]+\s*((?:[\w.?-]+\s*,\s*)*[\w.?-]+)\s*,?\s*[)\]]+\s*")
_BATCH = pattern(r"\s*(?:none|-1|\?|n|b|batch(?:_size)?)\s*[,x×]\s*(?=\w)", re.IGNORECASE)
_LISTED_ALONE = pattern(r"\s*(\d+)\s*,\s*\1(?:\s*,\s*\d+)?\s*")  # `16,16`: no thousands
_COLUMN = pattern(r"\s*(\d+)\s*,\s*1\s*")  # `(120, 1)`: flat values, as a column
_QUOTIENT = pattern(r"[A-Za-z]\w*\s*/\s*\d+(?!\s*\))")
_AXES = pattern(r"\s*\d+(?:\s*[,x×]\s*\d+)*\s*")


def whole_shape(cell: Cell) -> Cell:
    """Put parentheses around the quotients of a size, `H/2 x W/2`, as our arithmetic has them."""
    found = Cell("", cell.start, (cell.start,))
    at = 0
    for match in _QUOTIENT.finditer(cell.text):
        start, stop = match.span()
        place = cell.place(start, stop)
        left, right = (Cell(mark, at, (at, at)) for mark, at in (("(", place.start), (")", place.end)))
        for part in (cell.part(at, start), left, cell.part(start, stop), right):
            found = joined(found, part)
        at = stop
    return joined(found, cell.part(at, len(cell.text))) if at else cell


def bare_shape(cell: Cell) -> Cell:
    """Take the brackets off and the size of the batch out, and put `x` between the axes."""
    match = _LISTED.fullmatch(cell.text)
    inner = cell.part(match.start(1), match.end(1)) if match else cell
    batch = _BATCH.match(inner.text)
    rest = inner.part(batch.end(), len(inner.text)) if batch else inner
    column = _COLUMN.fullmatch(rest.text) if match else None
    if column:
        return rest.part(*column.span(1))
    listed = match or batch or _LISTED_ALONE.fullmatch(cell.text)
    if not listed or not _AXES.fullmatch(rest.text):
        return cell
    return rest._replace(text=rest.text.replace(",", "x"))
