"""An encoder-decoder -> DOT text in which everything has its place: cells of steps, and the ways between."""

from collections.abc import Sequence

from archdsl.figure.ladder.board import Board, Point, Spot
from archdsl.figure.ladder.layout import (
    LANE,
    LANES,
    Edge,
    Layout,
    lanes_of,
    layout,
    over,
    shapes_of,
    steps_of,
)
from archdsl.figure.ladder.stack import Ends, Stack
from archdsl.figure.parts import Column, Figure
from archdsl.figure.theme import palette

_TITLE = 10.0  # below the title
_NEAR = 13.0  # of a way that turns before a cell
_TEXT = 8.0  # of the middle of a text above its line


def write_ladder(model: Figure, theme: str = "light", *, headed: bool = True, tagged: bool = False) -> str:
    """Write a figure with cells as DOT; `headed` and `tagged` are as of `dot.write`."""
    board = Board(palette(theme), tagged=tagged)
    board.begin(model.title)
    top = board.title(model) + _TITLE if headed else 0.0
    _Writer(board, model, layout(model), top).write()
    board.lines.append("}")
    return board.text()


class _Writer:
    def __init__(self, board: Board, model: Figure, placed: Layout, top: float) -> None:
        self.board = board
        self.stack = Stack(board)
        self.model = model
        self.placed = placed
        self.top = top
        self.ends: list[list[Ends]] = []
        self.told: set[int] = set()  # the marks whose shape stands on an edge

    def write(self) -> None:
        """Write the cells, then the edges between them."""
        for cell, place in zip(self.model.cells, self.placed.places, strict=True):
            column = Column(steps_of(self.model, cell), ())
            shapes = shapes_of(self.model, cell)
            self.ends.append(
                self.stack.column(column, place.x, self.top + place.top, rises=cell.rises, shapes=shapes)
            )
        for edge in self.placed.edges:
            self._edge(edge)

    def _edge(self, edge: Edge) -> None:
        tail, head = self._spots(edge)
        one, other = self.model.cells[edge.tail], self.model.cells[edge.head]
        if one.level == other.level:
            self._across(edge, tail, head)
            return
        way = self._down(edge, tail, head) if one.level < other.level else self._up(edge, tail, head)
        self.board.line(tail, head, way)
        self._said(edge, way)

    def _spots(self, edge: Edge) -> tuple[Spot, Spot]:
        """Return where an edge begins and ends."""
        tail = self.ends[edge.tail][edge.out].exits[-1]
        head = self.ends[edge.head][edge.into].entries[0]
        if edge.far is None:
            return tail, head
        inside = self.board.heads.get(edge.far.end, head) if edge.far.step < 0 else head
        return self.board.taps.get(edge.far.start, tail), inside

    def _across(self, edge: Edge, tail: Spot, head: Spot) -> None:
        """Write an edge from the side of a step to the side of another one of the same level."""
        start, end = (tail.right, tail.y), (head.left, head.y)
        passed = over(self.model.cells, edge)
        accent = self.board.colours.accent
        column = self._left(edge.head)
        way: list[Point] = [start, (column - _NEAR, tail.y), (column - _NEAR, head.y), end]
        if passed:
            lanes = lanes_of(self.model.cells, self.placed.edges, self.model.cells[edge.tail].level)
            places = [self.placed.places[at] for at in passed]
            y = self.top + min(place.top for place in places) - LANES - LANE * lanes.index(edge)
            bus = self._right(edge.tail) + LANE
            way = [start, (bus, tail.y), (bus, y), (column - _NEAR, y), (column - _NEAR, head.y), end]
        elif edge.tail == edge.head:
            bus = self._right(edge.tail) + LANE
            way = [start, (bus, tail.y), (bus, head.y), (head.right, head.y)]
        self.board.line(tail, head, way, f'color="{accent}" penwidth=1.4')
        if edge.far and edge.far.start not in self.told:
            self.told.add(edge.far.start)
            at = self._right(edge.tail) + 4 + 2 * LANE * self._has_bus(edge.tail)
            self.stack.text(edge.far.label, at, tail.y - _TEXT, accent)

    def _down(self, edge: Edge, tail: Spot, head: Spot) -> list[Point]:
        """Return the way to the top of a cell below."""
        end = (head.x, head.top)
        near = head.top - _NEAR
        if self._last(edge) and not self.model.cells[edge.tail].rises:
            return [(tail.x, tail.bottom), (tail.x, near), (head.x, near), end]
        bus = self._right(edge.tail) + LANE
        return [(tail.right, tail.y), (bus, tail.y), (bus, near), (head.x, near), end]

    def _up(self, edge: Edge, tail: Spot, head: Spot) -> list[Point]:
        """Return the way to the bottom of a cell above, turning below what stands beside that one."""
        end = (head.x, head.bottom)
        one, other = self.model.cells[edge.tail], self.model.cells[edge.head]
        if not one.rises and not self._blocked(edge):
            return [(tail.right, tail.y), (head.x, tail.y), end]
        near = _NEAR + max(
            self.top + place.bottom
            for cell, place in zip(self.model.cells, self.placed.places, strict=True)
            if cell.level == other.level and one.column + (not one.rises) <= cell.column <= other.column
        )
        if one.rises and self._last(edge):
            return [(tail.x, tail.top), (tail.x, near), (head.x, near), end]
        bus = self._right(edge.tail) + 2 * LANE
        return [(tail.right, tail.y), (bus, tail.y), (bus, near), (head.x, near), end]

    def _blocked(self, edge: Edge) -> bool:
        """Return whether cells stand where the shortest way up from a cell that does not rise would lead."""
        one, other = self.model.cells[edge.tail], self.model.cells[edge.head]
        return any(
            one.column < cell.column <= other.column and other.level < cell.level <= one.level
            for cell in self.model.cells
        )

    def _has_bus(self, cell: int) -> bool:
        """Return whether a way turns up or down directly to the right of a cell."""
        levels = self.model.cells
        return any(
            over(self.model.cells, edge)
            or (levels[edge.head].level < levels[cell].level and self._blocked(edge))
            for edge in self.placed.edges
            if edge.tail == cell
        )

    def _last(self, edge: Edge) -> bool:
        return edge.out == len(self.ends[edge.tail]) - 1

    def _said(self, edge: Edge, way: Sequence[Point]) -> None:
        """Write the shape that an edge of the trunk carries to the right of its last stretch."""
        cell = self.model.cells[edge.head]
        if cell.side >= 0 or edge.far is not None:
            return
        shape = self.model.shapes[cell.steps[0]]
        if shape:
            (x, start), (_, end) = way[-2:]
            self.stack.text(shape, x + 5, (max(start, end) + min(start, end)) / 2)

    def _left(self, cell: int) -> float:
        """Return where the column of a cell begins."""
        column = self.model.cells[cell].column
        return min(
            place.x - place.size.left
            for one, place in zip(self.model.cells, self.placed.places, strict=True)
            if one.column == column
        )

    def _right(self, cell: int) -> float:
        """Return where the column of a cell ends."""
        column = self.model.cells[cell].column
        return max(
            place.x + place.size.right
            for one, place in zip(self.model.cells, self.placed.places, strict=True)
            if one.column == column
        )
