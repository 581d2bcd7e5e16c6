"""A figure whose arcs lead past branches in branches -> DOT text in which everything has its place.

Graphviz leads such an arc across the branches, or around the wrong side; here it stands outside of all.
"""

from itertools import pairwise

from archdsl.figure.boxes import turn_box
from archdsl.figure.extent import JOIN
from archdsl.figure.ladder.board import Board, Spot
from archdsl.figure.ladder.room import column_extent
from archdsl.figure.ladder.stack import Ends, Stack
from archdsl.figure.parts import Arc, Column, Figure, Fork, Group, Step, Web
from archdsl.figure.theme import palette

_BETWEEN, _TITLE, TURN = 36.0, 10.0, 46.0  # columns; below the title; from the top of a circle to the steps


def crossed(model: Figure) -> bool:
    """Return whether an arc leads past branches in branches, and all else is a line of steps."""
    alone = not (model.far or model.sides or model.loose)
    return alone and any(map(_crossed, model.steps))


def _crossed(step: Step) -> bool:
    if not isinstance(step, Group):
        return False
    return any(_past(step, arc) for arc in step.arcs) or any(map(_crossed, step.steps))


def _past(group: Group, arc: Arc) -> bool:
    """Return whether an arc without layers leads past a web, or a fork in whose branches there is more than a
    line."""
    passed = group.steps[arc.start : arc.end]
    inner = [
        one for step in passed if isinstance(step, Fork) for branch in step.branches for one in branch.steps
    ]
    mixed = any(isinstance(one, Fork | Web | Group) for one in inner) or any(
        isinstance(one, Web) for one in passed
    )
    return mixed and not arc.pills


def write_straight(model: Figure, theme: str, *, headed: bool, tagged: bool) -> str:
    """Write such a figure; `headed` and `tagged` are as of `dot.write`."""
    board = Board(palette(theme), tagged=tagged)
    board.begin(model.title)
    top = board.title(model) + _TITLE if headed else 0.0
    left = 0.0
    for number, (low, high) in enumerate(pairwise([0, *model.breaks, len(model.steps)])):
        column, shapes = Column(model.steps[low:high], ()), model.shapes[low:high]
        size = column_extent(column, shapes)
        write_column(board, column, shapes, left + size.left, top, turns=(number, len(model.breaks)))
        left += size.left + size.right + _BETWEEN
    board.lines.append("}")
    return board.text()


def write_column(
    board: Board,
    column: Column,
    shapes: tuple[str, ...],
    x: float,
    top: float,
    *,
    turns: tuple[int, int],
    card: float = 0.0,
) -> None:
    """Write a column between the numbered circles that it begins and ends with; its cards are at least
    `card` wide."""
    stack = Stack(board, card)
    number, last = turns
    low = top + TURN * bool(number)
    ends = stack.column(column, x, low, rises=False, shapes=shapes)
    if number:
        above = _turn(board, number, x, top)
        stack.join(above, ends[0], rises=False)
        if shapes[0]:
            stack.said(shapes[0], x, (above, ends[0]), rises=False)
    if number < last:
        below = low + column_extent(column, shapes).height + TURN - JOIN
        stack.join(ends[-1], _turn(board, number + 1, x, below), rises=False)


def _turn(board: Board, number: int, x: float, top: float) -> Ends:
    spot: Spot = board.put(turn_box(str(number), board.colours), x, top)
    return Ends((spot,), (spot,))
