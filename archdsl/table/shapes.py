"""A shape as a program prints it (`(None, 26, 26, 32)`) -> as a table does (`26 x 26 x 32`), character for
character."""

import re
from math import prod

from archdsl.patterns import pattern
from archdsl.text.grid import Cell, joined

_LISTED = pattern(r"\s*(?:torch\.Size)?\s*[(\[]+\s*((?:[\w.?/-]+\s*,\s*)*[\w.?/-]+)\s*,?\s*[)\]]+\s*")
_BATCH = pattern(r"\s*(?:none|-1|\?|n|b|batch(?:_size)?)\s*[,x×]\s*(?=\w)", re.IGNORECASE)
_LISTED_ALONE = pattern(r"\s*(\d+)\s*,\s*\1(?:\s*,\s*\d+)?\s*")  # `16,16`: no thousands
_COLUMN = pattern(r"\s*(\d+)\s*,\s*1\s*")  # `(120, 1)`: flat values, as a column
_QUOTIENT = pattern(r"(?<![A-Za-z_])[A-Za-z]\w{0,30}\s*/\s*\d+(?!\s*\))")
_AXIS = r"(?:\d+|[A-Za-z]\w*\s*/\s*\d+)"
_AXES = pattern(rf"\s*{_AXIS}(?:\s*[,x×]\s*{_AXIS})*\s*")
# `27x27x1 pixels`, `7 x 7 x 5 (245)`, `7x7x5 = 245`: a unit, or the number of values, behind a size.
_BEHIND = pattern(
    r"\s*(?:pixels?|px)\s*$|(?:\s*\(\s*=?|(?<=\d)\s*=)\s*(\d[\d,]{0,15})\s*\)?\s*$", re.IGNORECASE
)
_GROUPED = pattern(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])")
_GROUPS = pattern(
    r"\s*\d{1,3}(?:,\d{3})+(?:\s*(?:→|->)\s*[\d,]+)?\s*|\s*\d+\s*(?:→|->)\s*\d{1,3}(?:,\d{3})+\s*"
)


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


def ungrouped(cell: Cell) -> Cell:
    """Take the commas out of numbers with thousands: `1,024`, `216 → 1,024`."""
    if "," not in cell.text or not _GROUPS.fullmatch(cell.text):
        return cell
    found, at = cell.part(0, 0), 0
    for comma in re.finditer(",", cell.text):
        found, at = joined(found, cell.part(at, comma.start())), comma.end()
    return joined(found, cell.part(at, len(cell.text)))


def _without_remark(cell: Cell) -> Cell:
    """Leave a unit out, and the number of values of a map if it is that."""
    behind = _BEHIND.search(cell.text[-_TAIL:])
    if behind is None:
        return cell
    axes = cell.part(0, max(len(cell.text) - _TAIL, 0) + behind.start())
    sides = re.split(r"\s*[x×]\s*", axes.text.strip())
    counted = behind[1] is None or str(prod(int(side) for side in sides if side.isdigit())) == behind[
        1
    ].replace(",", "")
    return axes if counted and len(sides) > 1 else cell


_TAIL = 40  # characters of a cell in which a remark may stand


def bare_shape(cell: Cell, *, window: bool = False) -> Cell:
    """Take the brackets off and the size of the batch out, and put `x` between the axes.

    `(120, 1)` is a column of 120 values; of a `window`, a stride or a padding it has two axes.
    """
    cell = ungrouped(_without_remark(cell))
    match = _LISTED.fullmatch(cell.text)
    inner = cell.part(match.start(1), match.end(1)) if match else cell
    batch = _BATCH.match(inner.text)
    rest = inner.part(batch.end(), len(inner.text)) if batch else inner
    column = _COLUMN.fullmatch(rest.text) if match and not window else None
    if column:
        return rest.part(*column.span(1))
    listed = match or batch or _LISTED_ALONE.fullmatch(cell.text)
    if not listed or not _AXES.fullmatch(rest.text):
        return cell
    return rest._replace(text=rest.text.replace(",", "x"))
