"""Cells of property columns that mean something else for the layer of their row: a dropout's rate under
`Activation`, a stride of `1/2`, the channels of a softmax."""

import re

from archdsl.ops import OPS
from archdsl.patterns import pattern
from archdsl.syntax.ast import Item, Layer
from archdsl.syntax.bag import fractional, free
from archdsl.text.grid import Bound

_RATE = pattern(r"\s*(?:(?:p|rate|prob\w*)\s*[=:]?\s*)?(0?\.\d+|\d{1,2}(?:\.\d+)?\s?%)\s*", re.IGNORECASE)
_FRACTION = pattern(r"\s*1\s*/\s*([2-9])\s*")


def as_meant(items: list[Item], bound: tuple[Bound, ...]) -> tuple[list[Item], tuple[Bound, ...]]:
    """Return the layers of a row and its cells, as they mean each other."""
    bound = tuple(_as_rate(items, one) for one in bound)
    items, bound = _as_fraction(items, bound)
    return _as_dense(items, bound), bound


def _as_rate(items: list[Item], one: Bound) -> Bound:
    """Read the share that stands in any column of a row which is a dropout alone as its rate: `Dropout | - |
    p=0.25`."""
    only = items[0] if len(items) == 1 else None
    if not isinstance(only, Layer) or not one.role or not free(only, "rate"):
        return one
    match = _RATE.fullmatch(one.cell.text)
    return one._replace(role="dropout", cell=one.cell.part(*match.span(1))) if match else one


def _as_fraction(items: list[Item], bound: tuple[Bound, ...]) -> tuple[list[Item], tuple[Bound, ...]]:
    """Read a stride of `1/2` in a column: that of a convolution which makes its map larger."""
    parts = {
        at: match
        for at, one in enumerate(bound)
        if one.role == "stride" and (match := _FRACTION.fullmatch(one.cell.text))
    }
    if not parts:
        return items, bound
    items = [fractional(item) if isinstance(item, Layer) else item for item in items]
    whole = (
        one._replace(cell=one.cell.part(*parts[at].span(1))) if at in parts else one
        for at, one in enumerate(bound)
    )
    return items, tuple(whole)


def _as_dense(items: list[Item], bound: tuple[Bound, ...]) -> list[Item]:
    """Read a softmax that prints other channels than come in as the dense layer before it, too."""
    only = items[0] if len(items) == 1 else None
    ends = {one.role: one.cell.text.strip() for one in bound if one.role in ("entering", "channels")}
    if not isinstance(only, Layer) or len(set(ends.values())) < 2:
        return items
    if not OPS[only.op].activates or only.options[0].value != "softmax":
        return items
    return [Layer("dense", (only.options[0]._replace(key="activation"),), only.span)]
