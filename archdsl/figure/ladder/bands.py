"""A strip of glyphs -> bands that fit the width of a page."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from archdsl.figure import labels
from archdsl.figure.extent import GAP
from archdsl.figure.ladder.glyphs import GAP as BETWEEN
from archdsl.figure.parts import Glyph, Paper


def breaks(model: Paper) -> list[int]:
    """Choose the glyphs that begin another band, where the strip is wider than a page: no edge but the
    strip's leads there."""
    widths = [_taken(glyph, stride) for glyph, stride in zip(model.glyphs, model.strides, strict=True)]
    free = [
        at
        for at in range(2, len(widths) - 1)
        if at not in model.loose and not any(low < at <= high for low, high in model.far)
    ]
    bands = ceil(sum(widths) / model.room)
    limit = sum(widths) / bands
    while len(found := _filled(widths, free, limit)) >= bands:
        limit *= 1.03
    widest = max(sum(widths[low:high]) for low, high in pairwise([0, *found, len(widths)]))
    return found if widest < 0.8 * sum(widths) else []


def _taken(glyph: Glyph, stride: str) -> float:
    """Return the width that a glyph takes in a band, with the line into it."""
    return labels.glyph_width(glyph) + way(stride)


def way(stride: str) -> float:
    """Return the length of the line into a glyph, which a stride may stand on."""
    return max(BETWEEN, labels.over_width(stride) + GAP) if stride else BETWEEN


def _filled(widths: Sequence[float], free: Sequence[int], limit: float) -> list[int]:
    """Fill each band up to a width before the next one is begun."""
    found: list[int] = []
    start = 0
    for at, following in pairwise([*free, len(widths)]):
        if sum(widths[start:following]) > limit:
            found.append(at)
            start = at
    return found
