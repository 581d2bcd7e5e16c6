"""A shape as a program prints it (`(None, 26, 26, 32)`) -> as a table does (`26 x 26 x 32`), character for character."""

import re

from archdsl.readers.grid import Cell

_LISTED = re.compile(r"\s*(?:torch\.Size)?\s*[(\[]+\s*((?:[\w.?-]+\s*,\s*)*[\w.?-]+)\s*,?\s*[)\]]+\s*")
_BATCH = re.compile(r"\s*(?:none|-1|\?|n|b|batch(?:_size)?)\s*[,x×]\s*(?=\w)", re.IGNORECASE)
_COLUMN = re.compile(r"\s*(\d+)\s*,\s*1\s*")  # `(120, 1)`: flat values, as a column
_AXES = re.compile(r"\s*\d+(?:\s*[,x×]\s*\d+)*\s*")


def bare_shape(cell: Cell) -> Cell:
    """Take the brackets off and the size of the batch out, and put `x` between the axes."""
    match = _LISTED.fullmatch(cell.text)
    inner = cell.part(match.start(1), match.end(1)) if match else cell
    batch = _BATCH.match(inner.text)
    rest = inner.part(batch.end(), len(inner.text)) if batch else inner
    column = _COLUMN.fullmatch(rest.text) if match else None
    if column:
        return rest.part(*column.span(1))
    if not (match or batch) or not _AXES.fullmatch(rest.text):
        return cell
    return rest._replace(text=rest.text.replace(",", "x"))
