"""Cells of a U -> where each stands: levels from top to bottom, columns from left to right."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from archdsl.figure import labels
from archdsl.figure.ladder.room import Extent, column_extent, extent, flow
from archdsl.figure.marks import heads, taps
from archdsl.figure.metrics import text_width
from archdsl.figure.parts import Cell, Column, Far, Figure, Step

_LEVEL, _COLUMN = 26.0, 30.0  # between levels and columns
LANES = 22.0  # between cells and the first line above them
LANE = 9.0  # between lines that run beside each other
_ROOM = 12.0  # around a line that passes a column


class Edge(NamedTuple):
    """An edge between cells, with the step that it leaves and the one it reaches; `far` where it is one."""

    tail: int
    head: int
    out: int
    into: int
    far: Far | None


class Place(NamedTuple):
    """Where a cell stands: its axis, its top, and how much of it is above the line of its level."""

    x: float
    top: float
    above: float
    size: Extent

    @property
    def bottom(self) -> float:
        """Return where the cell ends."""
        return self.top + self.size.height


class Layout(NamedTuple):
    """A U with the places of its cells, the edges between them, and its own width and height."""

    places: tuple[Place, ...]
    edges: tuple[Edge, ...]
    size: tuple[float, float]


def steps_of(model: Figure, cell: Cell) -> tuple[Step, ...]:
    """Return the steps of a cell."""
    steps = model.sides[cell.side].steps if cell.side >= 0 else model.steps
    return tuple(steps[at] for at in cell.steps)


def shapes_of(model: Figure, cell: Cell) -> tuple[str, ...]:
    """Return the shapes between the steps of a cell."""
    return tuple("" if cell.side >= 0 else model.shapes[at] for at in cell.steps)


def edges(model: Figure) -> tuple[Edge, ...]:
    """List the edges between cells; those inside of one, too, where they lead past steps."""
    trunk = _trunk(model)
    leave = dict(_marked(model, trunk, taps))
    reach = dict(_marked(model, trunk, heads))
    found = [
        Edge(tail, head, out, into, None)
        for step in range(1, len(model.steps))
        for (tail, out), (head, into) in [(trunk[step - 1], trunk[step])]
        if tail != head and step not in model.loose
    ]
    for far in model.far:
        to = trunk.get(far.step) if far.step >= 0 else reach.get(far.end)
        if to is not None and far.start in leave:
            tail, out = leave[far.start]
            found.append(Edge(tail, to[0], out, to[1], far))
    for number, cell in enumerate(model.cells):
        if cell.side >= 0:
            tail, out = leave[model.sides[cell.side].start]
            found.append(Edge(tail, number, out, 0, None))
    return tuple(found)


_Where = tuple[int, int]  # a cell, and which of its steps


def _trunk(model: Figure) -> dict[int, _Where]:
    """Return where each step of the trunk stands; a dot that is not drawn stands at the step before it."""
    found: dict[int, _Where] = {}
    for number, cell in enumerate(model.cells):
        found |= {step: (number, at) for at, step in enumerate(cell.steps) if cell.side < 0}
    for step in range(len(model.steps)):
        found.setdefault(step, found.get(step - 1, (0, 0)))
    return found


def _marked(
    model: Figure, trunk: Mapping[int, _Where], kind: Callable[[Step], Iterator[int]]
) -> Iterator[tuple[int, _Where]]:
    """Give the nodes that edges leave or reach, with the steps that they are in."""
    for step, one in enumerate(model.steps):
        yield from ((mark, trunk[step]) for mark in kind(one))
    for number, cell in enumerate(model.cells):
        if cell.side >= 0:
            for at, one in enumerate(steps_of(model, cell)):
                yield from ((mark, (number, at)) for mark in kind(one))


def layout(model: Figure) -> Layout:
    """Give each cell its place."""
    found = edges(model)
    cells = model.cells
    sizes = [column_extent(Column(steps_of(model, cell), ()), shapes_of(model, cell)) for cell in cells]
    above = [_above(model, number, cell, found, sizes[number]) for number, cell in enumerate(cells)]
    axes, width = _axes(model, found, sizes)
    lines = _lines(model, found, sizes, above)
    places = tuple(
        Place(axes[cell.column], lines[cell.level] - above[number], above[number], sizes[number])
        for number, cell in enumerate(cells)
    )
    return Layout(places, found, (width, max(place.bottom for place in places)))


def _above(model: Figure, number: int, cell: Cell, found: Sequence[Edge], size: Extent) -> float:
    """Return how much of a cell stands above the line of its level: it runs through the step that edges
    across the level reach, or else leave."""
    cells = model.cells
    across = [
        edge for edge in found if edge.tail != edge.head and cells[edge.tail].level == cells[edge.head].level
    ]
    reached = [edge.into for edge in across if edge.head == number]
    left = [edge.out for edge in across if edge.tail == number]
    at = min(reached) if reached else max(left) if left else 0
    steps = steps_of(model, cell)
    middle = flow(Column(steps, ()), shapes_of(model, cell))[at] + extent(steps[at]).height / 2
    return size.height - middle if cell.rises else middle


def _axes(model: Figure, found: Sequence[Edge], sizes: Sequence[Extent]) -> tuple[list[float], float]:
    """Return the axis of each column, and the width of all: between columns there is room for the shapes on
    the edges that lead there."""
    cells = model.cells
    x, axes = 0.0, []
    for column in range(max(cell.column for cell in cells) + 1):
        own = [size for cell, size in zip(cells, sizes, strict=True) if cell.column == column]
        axes.append(x + max((size.left for size in own), default=0.0))
        x = axes[-1] + max((size.right for size in own), default=0.0)
        said = [
            label_width(edge.far.label) for edge in found if edge.far and cells[edge.tail].column == column
        ]
        x += _COLUMN + max(said, default=0.0) + 2 * LANE * bool(said)
    return axes, x - _COLUMN


def label_width(text: str) -> float:
    """Return the width of the shape on an edge."""
    return text_width(text, labels.SMALL) + 4


def over(cells: Sequence[Cell], edge: Edge) -> list[int]:
    """List the cells of a level that an edge across it leads past."""
    tail, head = cells[edge.tail], cells[edge.head]
    if tail.level != head.level:
        return []
    return [
        number
        for number, cell in enumerate(cells)
        if cell.level == tail.level and tail.column < cell.column < head.column
    ]


class _Block(NamedTuple):
    """What stands in a level and a column: how far it reaches above the line of its level, and below it."""

    level: int
    column: int
    up: float
    down: float


def _lines(
    model: Figure, found: Sequence[Edge], sizes: Sequence[Extent], above: Sequence[float]
) -> list[float]:
    """Return the height of the line of each level: cells of one column, and those with an edge between them,
    stand below each other."""
    cells = model.cells
    blocks = [
        _Block(cell.level, cell.column, up, size.height - up)
        for cell, size, up in zip(cells, sizes, above, strict=True)
    ]
    linked = [sorted((blocks[edge.tail], blocks[edge.head])) for edge in found]
    blocks += _passing(model, found, above)
    pairs = [(one, other) for one in blocks for other in blocks if one.column == other.column]
    pairs += [(one, other) for one, other in linked]
    lines = [max(block.up for block in blocks if block.level == 0)]
    for level in range(1, max(cell.level for cell in cells) + 1):
        least = [
            lines[one.level] + one.down + _LEVEL + other.up
            for one, other in pairs
            if one.level < other.level == level
        ]
        lines.append(max([lines[-1] + _LEVEL, *least]))
    return lines


def _passing(model: Figure, found: Sequence[Edge], above: Sequence[float]) -> Iterator[_Block]:
    """Give the room that edges across a level take in the columns that they pass."""
    for edge in found:
        tail, head = model.cells[edge.tail], model.cells[edge.head]
        if tail.level != head.level:
            continue
        passed = over(model.cells, edge)
        lanes = LANES + LANE * len(lanes_of(model.cells, found, tail.level))
        yield from (_Block(tail.level, model.cells[at].column, above[at] + lanes, 0.0) for at in passed)
        for column in range(tail.column + 1, head.column):
            yield _Block(tail.level, column, _ROOM, _ROOM)


def lanes_of(cells: Sequence[Cell], found: Sequence[Edge], level: int) -> list[Edge]:
    """List the edges of a level that lead over cells, the shortest first."""
    long = [edge for edge in found if cells[edge.tail].level == level and over(cells, edge)]
    return sorted(long, key=lambda edge: cells[edge.head].column - cells[edge.tail].column)
