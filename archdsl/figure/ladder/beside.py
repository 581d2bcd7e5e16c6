"""A trunk of cards and the blocks that stand once beside and below it -> DOT text in which everything has its
place."""

from collections.abc import Iterator
from itertools import pairwise

from archdsl.figure import labels
from archdsl.figure.extent import RANK, Size
from archdsl.figure.ladder.board import Board
from archdsl.figure.ladder.room import column_extent, extent
from archdsl.figure.ladder.stack import Stack
from archdsl.figure.ladder.straight import TURN, write_column
from archdsl.figure.packing import Packing, packed
from archdsl.figure.parts import Column, Figure, Group
from archdsl.figure.sheet import NARROW_PAD
from archdsl.figure.theme import palette

_TITLE, _AROUND = RANK, 2 * 72 * NARROW_PAD  # below the title; around a figure in print


def write_beside(model: Figure, theme: str, *, headed: bool, tagged: bool) -> str:
    """Write such a figure; `headed` and `tagged` are as of `dot.write`."""
    board = Board(palette(theme), tagged=tagged)
    board.begin(model.title)
    top = board.title(model) + _TITLE if headed else 0.0
    places = beside(model)
    last = len(model.breaks)
    for number, ((x, y), (column, shapes)) in enumerate(zip(places.columns, _columns(model), strict=True)):
        axis = x + column_extent(column, shapes).left
        write_column(board, column, shapes, axis, top + y, turns=(number, last), card=_card(column))
    stack = Stack(board)
    for (x, y), group in zip(places.blocks, model.insets, strict=True):
        stack.step(group, x + extent(group).left, top + y, rises=False)
    board.lines.append("}")
    return board.text()


def beside(model: Figure) -> Packing:
    """Place the columns of the trunk and the blocks, as wide as the figure has room."""
    return packed(list(column_sizes(model)), block_sizes(model), model.room)


def beside_size(model: Figure) -> Size:
    """Return the size of such a figure with its head and what is around it."""
    return with_head(model, beside(model).size)


def with_head(model: Figure, size: Size) -> Size:
    """Return the size of a figure with its head and what is around it."""
    width, height = labels.title_size(model)
    return max(size[0], width) + _AROUND, size[1] + height + _TITLE + _AROUND


def column_sizes(model: Figure) -> Iterator[Size]:
    """Give the size of each column of the trunk, with the circles that it begins and ends with."""
    last = len(model.breaks)
    for number, (column, shapes) in enumerate(_columns(model)):
        room = column_extent(column, shapes)
        yield room.left + room.right, room.height + TURN * (bool(number) + (number < last))


def block_sizes(model: Figure) -> list[Size]:
    """List the sizes of the blocks."""
    rooms = [extent(group) for group in model.insets]
    return [(room.left + room.right, room.height) for room in rooms]


def _columns(model: Figure) -> Iterator[tuple[Column, tuple[str, ...]]]:
    for low, high in pairwise([0, *model.breaks, len(model.steps)]):
        yield Column(model.steps[low:high], ()), model.shapes[low:high]


def _card(column: Column) -> float:
    """Return the width of the widest card of a column."""
    cards = (step for step in column.steps if isinstance(step, Group) and not step.steps)
    return max((labels.card_size(card)[0] for card in cards), default=0.0)
