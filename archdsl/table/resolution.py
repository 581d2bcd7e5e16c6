"""A column of resolutions -> whether they come into its rows or leave them, by the strides beside them."""

from collections.abc import Sequence
from itertools import pairwise

from archdsl.patterns import pattern
from archdsl.table.table import Body
from archdsl.text.grid import Cell

_EITHER = pattern(r"\s*(?:spatial\s+)?(?:resolution|res\.?)\s*(?:\(.*\))?\s*", 2)
_SIDE = pattern(r"\s*(\d{1,5})")
_STRIDE = pattern(r"(?:\bs(?:trides?)?\s*[=:]?\s*|/\s*)([1-9])\b", 2)


def leaves(header: str, body: Body, index: int, roles: Sequence[str]) -> bool:
    """Return whether a column called `Resolution` prints what leaves its rows: sizes are the one above
    over the row's own stride, some of which are not that over the stride above."""
    if not _EITHER.fullmatch(header):
        return False
    rows = [(int(match[1]), _stride(row, roles)) for row in body if (match := _SIDE.match(row[index].text))]
    leaving, coming = set(), set()
    for at, ((above, stride), (own, its)) in enumerate(pairwise(rows)):
        leaving |= {at} if _halves(above, own, its) else set()
        coming |= {at} if _halves(above, own, stride) else set()
    return leaving > coming


def _stride(row: tuple[Cell, ...], roles: Sequence[str]) -> int:
    """Return the stride that a row prints; 1 where it prints none."""
    for cell, role in zip(row, roles, strict=False):
        text = cell.text.strip()
        match = _STRIDE.search(text)
        if match or (role == "stride" and text.isdecimal()):
            return int(match[1] if match else text)
    return 1


def _halves(above: int, own: int, stride: int) -> bool:
    """Return whether a size is the one above, over a stride, rounded either way."""
    return own in (above // stride, -(-above // stride))
