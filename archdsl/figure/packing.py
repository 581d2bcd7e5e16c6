"""Boxes of known size -> places for them on a page of some width, the trunk at the left.

What is placed is kept as a line of heights, from left to right; each box goes where it ends highest.
"""

from collections.abc import Sequence
from typing import NamedTuple

from archdsl.figure.extent import Size

GAP = 14.0  # between boxes, in points

Point = tuple[float, float]


class Packing(NamedTuple):
    """Where the columns of the trunk and the blocks begin (left, top), and the size of all."""

    columns: tuple[Point, ...]
    blocks: tuple[Point, ...]
    size: Size


class _Step(NamedTuple):
    """A piece of the line below what is placed: where it begins, and how high it is."""

    left: float
    top: float


def packed(columns: Sequence[Size], blocks: Sequence[Size], room: float) -> Packing:
    """Place columns beside each other, then blocks in the order that leaves the lowest figure: as they come,
    unless the highest first or the widest first saves a twentieth."""
    plain = range(len(blocks))
    orders = [
        list(plain),
        sorted(plain, key=lambda at: -blocks[at][1]),
        sorted(plain, key=lambda at: -blocks[at][0]),
    ]
    found = [_in_order(columns, blocks, order, room) for order in orders]
    return min(found, key=lambda one: one.size[1] * (0.95 if one is found[0] else 1.0))


def _in_order(columns: Sequence[Size], blocks: Sequence[Size], order: Sequence[int], room: float) -> Packing:
    line = [_Step(0.0, 0.0)]
    begun: list[Point] = []
    for size in columns:
        left = begun[-1][0] + columns[len(begun) - 1][0] + GAP if begun else 0.0
        begun.append((left, 0.0))
        line = _raised(line, left, size[0] + GAP, size[1] + GAP)
    sizes = zip(begun, columns, strict=True)
    room = max([room, *(x + width for (x, _), (width, _) in sizes), *(width for width, _ in blocks)])
    places: dict[int, Point] = {}
    for at in order:
        width, height = blocks[at]
        top, left = min(
            (_rest(line, step.left, width + GAP), step.left) for step in line if step.left + width <= room
        )
        places[at] = left, top
        line = _raised(line, left, width + GAP, top + height + GAP)
    ends = [*zip(begun, columns, strict=True), *((places[at], blocks[at]) for at in places)]
    right = max((x + width for (x, _), (width, _) in ends), default=0.0)
    size = right, max((y + height for (_, y), (_, height) in ends), default=0.0)
    return Packing(tuple(begun), tuple(places[at] for at in range(len(blocks))), size)


def _rest(line: Sequence[_Step], left: float, width: float) -> float:
    """Return how high a box can rise at a place."""
    ends = [step.left for step in line[1:]] + [float("inf")]
    return max(
        step.top for step, end in zip(line, ends, strict=True) if end > left and step.left < left + width
    )


def _raised(line: Sequence[_Step], left: float, width: float, top: float) -> list[_Step]:
    """Return the line with a box that ends at `top`."""
    right = left + width
    after = max((step for step in line if step.left <= right), key=lambda step: step.left)
    outside = [step for step in line if step.left < left or step.left > right]
    return sorted([*outside, _Step(left, top), _Step(right, after.top)])
