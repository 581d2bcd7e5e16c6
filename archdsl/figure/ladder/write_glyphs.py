"""The figure of a paper in a U -> DOT text: glyphs, the ways between them, and the insets below."""

from archdsl.figure.ladder.board import Board, Point, Spot
from archdsl.figure.ladder.glyph_board import GlyphBoard
from archdsl.figure.ladder.glyphs import Places, glyph_edges, lined, places
from archdsl.figure.ladder.layout import LANE, LANES, Edge, lanes_of, over
from archdsl.figure.ladder.stack import Stack
from archdsl.figure.parts import Cell, Paper
from archdsl.figure.theme import palette

_TITLE, _NEAR, _TEXT = 10.0, 12.0, 8.0  # below the title; of a turn before a glyph; of a text above its line
_INSETS = 30.0  # above the insets


def write_glyphs(model: Paper, theme: str, *, headed: bool, tagged: bool) -> str:
    """Write a paper with cells as DOT; `headed` and `tagged` are as of `dot.write`."""
    board = Board(palette(theme), tagged=tagged)
    model = lined(model)
    board.begin(model.title)
    top = board.title(model) + _TITLE if headed else 0.0
    edges = glyph_edges(model)
    placed = places(model, edges)
    writer = _Writer(board, model, placed, edges, top)
    writer.glyphs()
    writer.insets(writer.sides(top + placed.height + _INSETS), placed.columns[-1][1])
    board.lines.append("}")
    return board.text()


class _Writer(GlyphBoard):
    def __init__(self, board: Board, model: Paper, placed: Places, edges: list[Edge], top: float) -> None:
        super().__init__(board, model)
        self.placed = placed
        self.edges = edges
        self.top = top
        self.spots: list[Spot] = []
        self.told: set[int] = set()
        self.lines: dict[str, float] = {}  # the height of the middle of each box

    def glyphs(self) -> None:
        """Write the glyphs, then the edges inside of cells and between them."""
        for glyph, (x, y), top in zip(self.model.glyphs, self.placed.middles, self.placed.tops, strict=True):
            spot = self.glyph(glyph, x, self.top + top)
            self.spots.append(spot)
            self.lines[spot.name] = self.top + y
        for cell in self.model.cells:
            for at, other in zip(cell.steps, cell.steps[1:], strict=False):
                tail, head = self.spots[at], self.spots[other]
                self.board.line(
                    tail, head, [(tail.right, self.lines[tail.name]), (head.left, self.lines[head.name])]
                )
        for edge in self.edges:
            self._edge(edge)

    def _edge(self, edge: Edge) -> None:
        one, other = self.model.cells[edge.tail], self.model.cells[edge.head]
        tail, head = self.spots[one.steps[edge.out]], self.spots[other.steps[edge.into]]
        if one.level == other.level:
            self._across(edge, tail, head)
        elif one.level < other.level:
            self._down(edge, tail, head)
        else:
            self.board.line(tail, head, self._up(edge, tail, head))

    def _across(self, edge: Edge, tail: Spot, head: Spot) -> None:
        """Write an edge across a level: straight where nothing stands between, else above."""
        one, other = self.model.cells[edge.tail], self.model.cells[edge.head]
        accent = self.board.colours.accent
        last, first = edge.out == len(one.steps) - 1, edge.into == 0
        passed = over(self.model.cells, edge)
        lane = min(tail.top, head.top) - 4
        if passed:
            lanes = lanes_of(self.model.cells, self.edges, one.level)
            highest = min(self.spots[at].top for cell in passed for at in self.model.cells[cell].steps)
            lane = highest - LANES + 8 - LANE * lanes.index(edge)
        out: list[Point] = [(tail.right, self.lines[tail.name])]
        if passed or not first:
            bus = self.placed.columns[one.column][1] + LANE
            out += [(bus, self.lines[tail.name]), (bus, lane)]
        if not last:
            out = [(tail.x, tail.top), (tail.x, lane)]
        near = self.placed.columns[other.column][0] - LANE
        into: list[Point] = [(near, lane), (near, self.lines[head.name]), (head.left, self.lines[head.name])]
        if not first:
            into = [(head.x, lane), (head.x, head.top)]
        straight = first and last and not passed
        self.board.line(
            tail, head, [*out, *(into[-1:] if straight else into)], f'color="{accent}" penwidth=1.4'
        )
        self._said(edge, one, tail, accent)

    def _said(self, edge: Edge, cell: Cell, tail: Spot, accent: str) -> None:
        """Write the shape on the first edge that leads from a glyph across its level."""
        glyph = cell.steps[edge.out]
        if glyph not in self.told:
            self.told.add(glyph)
            at = self.placed.columns[cell.column][1] + 4 + 2 * LANE
            text, y = self.model.glyphs[glyph].shape, self.lines[tail.name] - _TEXT
            if edge.out == len(cell.steps) - 1:
                Stack(self.board).text(text, at, y, accent)

    def _down(self, edge: Edge, tail: Spot, head: Spot) -> None:
        near = head.top - _NEAR
        self.board.line(
            tail, head, [(tail.x, tail.bottom), (tail.x, near), (head.x, near), (head.x, head.top)]
        )

    def _up(self, edge: Edge, tail: Spot, head: Spot) -> list[Point]:
        """Return the way from the top of a glyph up to the bottom of another one, or in a bend from the side
        of the deepest one."""
        one, other = self.model.cells[edge.tail], self.model.cells[edge.head]
        between = any(
            one.column < cell.column <= other.column and other.level < cell.level <= one.level
            for cell in self.model.cells
        )
        last = edge.out == len(one.steps) - 1
        if not one.rises and last and not between:
            return [
                (tail.right, self.lines[tail.name]),
                (head.x, self.lines[tail.name]),
                (head.x, head.bottom),
            ]
        level = [at for cell in self.model.cells if cell.level == other.level for at in cell.steps]
        near = max(self.spots[at].bottom for at in level) + _NEAR
        if one.rises or not last:
            return [(tail.x, tail.top), (tail.x, near), (head.x, near), (head.x, head.bottom)]
        bus = self.placed.columns[one.column][1] + 2 * LANE
        return [
            (tail.right, self.lines[tail.name]),
            (bus, self.lines[tail.name]),
            (bus, near),
            (head.x, near),
            (head.x, head.bottom),
        ]
