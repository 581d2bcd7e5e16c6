"""The strip of a paper's figure -> the same glyphs in a U, those of a cell beside each other."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from archdsl.figure import labels
from archdsl.figure.ladder.cells import Link, arranged, divided, levels
from archdsl.figure.ladder.layout import LANE, LANES, Edge, label_width, lanes_of
from archdsl.figure.metrics import BETWEEN
from archdsl.figure.parts import Cell, Glyph, Paper
from archdsl.figure.strip import Strip

GAP, _LEVEL, _COLUMN = 24.0, 26.0, 34.0  # between glyphs, levels and columns


class Places(NamedTuple):
    """Where the middle of each glyph's box stands and its texts begin, where each column begins and ends, and
    the height of all."""

    middles: tuple[tuple[float, float], ...]
    tops: tuple[float, ...]
    columns: tuple[tuple[float, float], ...]
    height: float


def glyph_cells(strip: Strip, coarse: Sequence[Fraction]) -> tuple[Cell, ...]:
    """Arrange glyphs in cells; none where they do not make a U."""
    finest = levels([coarse[end] for end in strip.ends])
    runs = [tuple(run) for run in divided(finest, strip.loose)]
    place = {at: number for number, run in enumerate(runs) for at in run}
    links = [Link(place[low], place[high], far) for low, high, far in _pairs(strip)]
    return arranged(runs, finest, [link for link in links if link.tail != link.head])


def _pairs(strip: Strip | Paper) -> list[tuple[int, int, bool]]:
    """List the glyphs that feed each other; the last word says whether past others."""
    next_to = [(at - 1, at, False) for at in range(1, len(strip.glyphs)) if at not in strip.loose]
    return next_to + [(low, high, True) for low, high in strip.far]


def glyph_edges(model: Paper) -> list[Edge]:
    """List the edges between cells, with the glyphs that they leave and reach."""
    where = {
        glyph: (number, at) for number, cell in enumerate(model.cells) for at, glyph in enumerate(cell.steps)
    }
    found = []
    for low, high, far in _pairs(model):
        (tail, out), (head, into) = where[low], where[high]
        if tail != head or far:
            found.append(Edge(tail, head, out, into, None))
    return found


def glyph_height(glyph: Glyph) -> float:
    """Return the height of a glyph with the texts above and below it."""
    below = len(glyph.told.split("\n")) * bool(glyph.told)
    return glyph.height + (2 + below) * labels.GLYPH_TEXT


def _middle(glyph: Glyph) -> float:
    """Return how far the middle of the box is below the top."""
    return labels.GLYPH_TEXT + glyph.height / 2


def lined(model: Paper) -> Paper:
    """Write the layers of each glyph below each other."""
    glyphs = (one._replace(layers=one.layers.replace(BETWEEN, "\n")) for one in model.glyphs)
    return model._replace(glyphs=tuple(glyphs))


def places(model: Paper, edges: Sequence[Edge]) -> Places:
    """Give each glyph its place: levels below each other, the cells of a column one below the other."""
    widths = [
        sum(labels.glyph_width(model.glyphs[at]) for at in cell.steps) + GAP * (len(cell.steps) - 1)
        for cell in model.cells
    ]
    columns = _columns(model, edges, widths)
    lines, height = _lines(model, edges)
    middles: dict[int, tuple[float, float]] = {}
    tops: dict[int, float] = {}
    for cell, own in zip(model.cells, widths, strict=True):
        low, high = columns[cell.column]
        x = (low + high - own) / 2
        for at in cell.steps:
            width = labels.glyph_width(model.glyphs[at])
            middles[at] = x + width / 2, lines[cell.level]
            tops[at] = lines[cell.level] - _middle(model.glyphs[at])
            x += width + GAP
    order = range(len(model.glyphs))
    return Places(tuple(middles[at] for at in order), tuple(tops[at] for at in order), tuple(columns), height)


def _columns(model: Paper, edges: Sequence[Edge], widths: Sequence[float]) -> list[tuple[float, float]]:
    cells = model.cells
    found: list[tuple[float, float]] = []
    x = 0.0
    for column in range(max(cell.column for cell in cells) + 1):
        stacked = (own for cell, own in zip(cells, widths, strict=True) if cell.column == column)
        width = max(stacked, default=0.0)
        found.append((x, x + width))
        said = [
            label_width(model.glyphs[cells[edge.tail].steps[edge.out]].shape)
            for edge in edges
            if cells[edge.tail].column == column and cells[edge.tail].level == cells[edge.head].level
        ]
        x += width + _COLUMN + max(said, default=0.0) + 2 * LANE * bool(said)
    return found


def _lines(model: Paper, edges: Sequence[Edge]) -> tuple[list[float], float]:
    """Return the line of each level, on which the middles of its boxes stand, and where the last one ends."""
    lines: list[float] = []
    y = 0.0
    for level in range(max(cell.level for cell in model.cells) + 1):
        glyphs = [model.glyphs[at] for cell in model.cells if cell.level == level for at in cell.steps]
        high = max(map(_middle, glyphs), default=0.0)
        low = max((glyph_height(glyph) - _middle(glyph) for glyph in glyphs), default=0.0)
        above = len(lanes_of(model.cells, edges, level))
        y += (LANES + LANE * above) * bool(above)
        lines.append(y + high)
        y += high + low + _LEVEL
    return lines, y - _LEVEL
