"""The figure of a paper with a strip -> DOT text: bands of glyphs, edges past them above, insets below."""

from collections.abc import Sequence
from itertools import pairwise

from archdsl.figure import labels
from archdsl.figure.boxes import turn_box
from archdsl.figure.extent import JOIN
from archdsl.figure.ladder.bands import breaks, way
from archdsl.figure.ladder.board import Board, Spot
from archdsl.figure.ladder.glyph_board import GlyphBoard
from archdsl.figure.ladder.glyphs import GAP, glyph_height
from archdsl.figure.parts import Paper
from archdsl.figure.theme import palette

_Past = tuple[int, int]  # an edge past glyphs, from one to another

_TITLE, _BAND, _ARC = 14.0, 24.0, 20.0  # below the title; below a band; between edges past glyphs
_TEXT, _APART = 9.0, 8.0  # of a text above its line; between texts below glyphs


def write_strip(model: Paper, theme: str, *, headed: bool, tagged: bool) -> str:
    """Write a paper's figure without cells as DOT; `headed` and `tagged` are as of `dot.write`."""
    board = Board(palette(theme), tagged=tagged)
    board.begin(model.title)
    top = board.title(model) + _TITLE if headed else 0.0
    writer = _Writer(board, model)
    for low, high in pairwise([0, *writer.breaks, len(model.glyphs)]):
        top = writer.band(low, high, top) + _BAND
    writer.insets(writer.sides(top), writer.width)
    board.lines.append("}")
    return board.text()


class _Writer(GlyphBoard):
    def __init__(self, board: Board, model: Paper) -> None:
        super().__init__(board, model)
        self.breaks = breaks(model)
        self.spots: dict[int, Spot] = {}
        self.width = 0.0  # of the widest band

    def band(self, low: int, high: int, top: float) -> float:
        """Write some glyphs on one line, between numbered circles where the strip goes on below; return
        where they end."""
        far = [(one, other) for one, other in self.model.far if low <= one < high]
        glyphs = self.model.glyphs[low:high]
        above = max(glyph.height / 2 + labels.GLYPH_TEXT for glyph in glyphs)
        deep = _lanes(far)
        y = top + _ARC * max(deep.values(), default=0) + above
        tail = self._turn(self.breaks.index(low) + 1, 0.0, y) if low else None
        end = float(JOIN) if tail else 0.0
        for at, glyph in enumerate(glyphs, low):
            stride, half = self.model.strides[at], labels.glyph_width(glyph) / 2
            x = max(tail.right + way(stride) + glyph.width / 2, end + _APART + half) if tail else half
            head = self.spots[at] = self.glyph(glyph, x, y - glyph.height / 2 - labels.GLYPH_TEXT)
            if tail and at not in self.model.loose:
                self._edge(tail, head, stride, y)
            tail, end = head, x + half
        if tail and high in self.breaks:
            circle = self._turn(self.breaks.index(high) + 1, max(tail.right + GAP, end), y)
            self._edge(tail, circle, "", y)
            end = circle.right
        self.width = max(self.width, end)
        for edge in far:
            crossing = [x for one in far if deep[one] > deep[edge] for x in self._ends(one)]
            self._past(edge, y - above - _ARC * (deep[edge] - 0.3), crossing)
        return y - above + max(above - g.height / 2 - labels.GLYPH_TEXT + glyph_height(g) for g in glyphs)

    def _turn(self, number: int, left: float, y: float) -> Spot:
        return self.board.put(turn_box(str(number), self.board.colours), left + JOIN / 2, y - JOIN / 2)

    def _edge(self, tail: Spot, head: Spot, stride: str, y: float) -> None:
        """Write the edge into a glyph, with the stride above it."""
        self.board.line(tail, head, [(tail.right, y), (head.left, y)])
        if stride:
            self._say(stride, (tail.right + head.left) / 2, y - _TEXT, self.board.colours.note)

    def _say(self, text: str, x: float, y: float, colour: str) -> None:
        width, label = labels.small(text, colour)
        said = {"label": f"<{label}>", "tooltip": labels.quoted(text)}
        self.board.put((width, 14, said), x, y - 7)

    def _ends(self, edge: _Past) -> tuple[float, float]:
        """Return where an edge past glyphs goes up, and where down."""
        return self.spots[edge[0]].x + _ARC / 4, self.spots[edge[1]].x - _ARC / 4

    def _past(self, edge: _Past, y: float, crossing: Sequence[float]) -> None:
        """Write an edge past glyphs, up from the right of one and down to the left of another; its shape
        stands in the widest piece between lines that cross it."""
        colour = self.board.colours.accent
        tail, head = (self.spots[at] for at in edge)
        out, into = self._ends(edge)
        corners = [(out, tail.top), (out, y), (into, y), (into, head.top)]
        self.board.line(tail, head, corners, f'color="{colour}" penwidth=1.4')
        stops = sorted([out, *(x for x in crossing if out < x < into), into])
        left, right = max(pairwise(stops), key=lambda piece: piece[1] - piece[0])
        self._say(self.model.glyphs[edge[0]].shape, (left + right) / 2, y - _TEXT, colour)


def _lanes(far: Sequence[_Past]) -> dict[_Past, int]:
    """Number the lines above a band from the lowest on: each lies above those that it spans, and on none that
    it meets."""
    lanes: dict[_Past, int] = {}
    for edge in sorted(far, key=lambda edge: (edge[1] - edge[0], edge)):
        met = {one: lane for one, lane in lanes.items() if one[0] <= edge[1] and edge[0] <= one[1]}
        lane = 1 + max((lane for one, lane in met.items() if _spans(edge, one)), default=0)
        while lane in met.values():
            lane += 1
        lanes[edge] = lane
    return lanes


def _spans(edge: _Past, other: _Past) -> bool:
    return edge[0] <= other[0] and other[1] <= edge[1]
