"""Steps below each other -> how much room they need.

Everything is measured from an axis, on which the trunk runs.
"""

from collections.abc import Sequence
from typing import NamedTuple

from archdsl.figure import boxes, labels
from archdsl.figure.ladder.web import Slot, layers
from archdsl.figure.parts import Arc, Column, Fork, Group, Split, Step, Web
from archdsl.figure.theme import LIGHT, Palette

_GAP, _SAID, TIGHT = 16.0, 27.0, 12.0  # between steps: plain, with a shape beside, around a dot
MARGIN = 10.0  # of a frame
BESIDE = 14.0  # between the trunk's boxes and an arc, and between arcs
BRANCH = 16.0  # between branches
FAN = 12.0  # height in which edges spread to branches
LAYER, _PASS = 26.0, 10.0  # between the layers of a web; the width of an edge that passes one
PASSED = Arc(0, 0, ("identity",), ())  # what stands in a branch without layers


class Extent(NamedTuple):
    """Room on both sides of the axis, and the height."""

    left: float
    right: float
    height: float


def extent(step: Step, *, stacked: bool = False) -> Extent:
    """Return the room of a step; beside others, pills are `stacked`."""
    match step:
        case Group() if step.steps:
            return _frame_extent(step, stacked=stacked)
        case Group():
            return _centred(*labels.card_size(step))
        case Fork(branches):
            found = [branch_extent(branch) for branch in branches]
            width = sum(one.left + one.right for one in found) + BRANCH * (len(found) - 1)
            return _centred(width, max(one.height for one in found) + 2 * FAN)
        case Web():
            sizes = [layer_size(step, layer) for layer in layers(step)]
            height = sum(height for _, height in sizes) + LAYER * (len(sizes) - 1)
            return _centred(max(width for width, _ in sizes), height + 2 * FAN)
    return _centred(*box_of(step, LIGHT, stacked=stacked)[:2])


def _centred(width: float, height: float) -> Extent:
    return Extent(width / 2, width / 2, height)


def _frame_extent(group: Group, *, stacked: bool) -> Extent:
    inner = column_extent(Column(group.steps, group.arcs), stacked=stacked)
    width = max(inner.left + inner.right, labels.header_width(group)) + 2 * MARGIN
    left = inner.left + (width - inner.left - inner.right) / 2
    return Extent(left, width - left, labels.header_height(group) + inner.height + 2.5 * MARGIN)


def box_of(step: Step, colours: Palette, *, stacked: bool) -> boxes.Box:
    """Return the box of a step that is a single node."""
    assert not isinstance(step, Group | Fork | Web)
    return boxes.step_box(step, colours, 0, stacked=stacked)


def branch_extent(branch: Column) -> Extent:
    """Return the room of a branch."""
    return column_extent(branch, stacked=True) if branch.steps else _centred(*labels.side_size(PASSED))


def layer_size(web: Web, layer: Sequence[Slot]) -> tuple[float, float]:
    """Return width and height of a layer of a web."""
    sizes = [slot_extent(web, slot) for slot in layer]
    width = sum(one.left + one.right for one in sizes) + BRANCH * (len(sizes) - 1)
    return width, max(one.height for one in sizes)


def slot_extent(web: Web, slot: Slot) -> Extent:
    """Return the room of a step of a web, or of an edge that passes a layer."""
    return extent(web.steps[slot.step], stacked=True) if slot.step >= 0 else _centred(_PASS, 0)


def column_extent(column: Column, shapes: Sequence[str] = (), *, stacked: bool = False) -> Extent:
    """Return the room of steps below each other, with their arcs and the shapes beside the trunk."""
    sizes = [extent(step, stacked=stacked) for step in column.steps]
    tops = flow(column, shapes, stacked=stacked)
    left, right = max(one.left for one in sizes), max(one.right for one in sizes)
    said = max((labels.beside_width(shape) / 2 for shape in shapes if shape), default=0.0)
    placed = lanes(column.arcs)
    left += max((far for arc, far in placed if not arc.pills), default=0.0)
    right += max((far for arc, far in placed if arc.pills), default=0.0)
    return Extent(left, max(right, said), tops[-1] + sizes[-1].height)


def lanes(arcs: Sequence[Arc]) -> list[tuple[Arc, float]]:
    """Return the arcs, the shortest first, and how far beside the trunk's boxes each reaches: those of one
    side stand beside each other where they pass the same steps."""
    placed: list[tuple[Arc, float]] = []
    for arc in sorted(arcs, key=lambda arc: arc.end - arc.start):
        inner = (far for other, far in placed if bool(other.pills) == bool(arc.pills) and _meet(arc, other))
        placed.append((arc, max(inner, default=0.0) + BESIDE + beside_width(arc)))
    return placed


def _meet(one: Arc, other: Arc) -> bool:
    return one.start <= other.end and other.start <= one.end


def flow(column: Column, shapes: Sequence[str] = (), *, stacked: bool = False) -> list[float]:
    """Return where each step begins, in the direction of the flow."""
    heights = [extent(step, stacked=stacked).height for step in column.steps]
    tops = [0.0]
    for at in range(1, len(heights)):
        least = tops[-1] + heights[at - 1] + _gap(column.steps, shapes, at)
        for arc in column.arcs:
            if arc.end == at:
                start = tops[arc.start] + heights[arc.start] / 2
                least = max(least, start + side_height(arc) - heights[at] / 2)
        tops.append(least)
    return tops


def _gap(steps: Sequence[Step], shapes: Sequence[str], at: int) -> float:
    if shapes and shapes[at]:
        return _SAID
    return TIGHT if any(isinstance(step, Split) for step in steps[at - 1 : at + 1]) else _GAP


def side_height(arc: Arc) -> float:
    """Return the height that an arc needs between the middles of its ends."""
    return beside_height(arc) + 2 * _GAP


def beside_width(arc: Arc) -> float:
    """Return the width of what stands in an arc."""
    return max([labels.side_size(arc)[0], *map(labels.pill_width, arc.pills)])


def beside_height(arc: Arc) -> float:
    """Return the height of what stands in an arc."""
    plain = len(arc.pills[:-1]) * (labels.HEIGHT + TIGHT)
    return labels.side_size(arc)[1] + plain
