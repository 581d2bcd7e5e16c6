"""Steps -> how much room they need, in points."""

from collections.abc import Sequence

from archdsl.figure import labels
from archdsl.figure.parts import Arc, Capsule, Column, Fork, Group, Join, Split, Step, Web
from archdsl.figure.pills import Pill

CAPSULE_WIDTH, CAPSULE_HEIGHT = 68, 22
JOIN, DOT, TEXT_JOIN = 18, 5, 20
RANK = 10.1  # the distance of two ranks
GAP = 14.4  # between columns
TITLE = 60  # height of the title of a figure
_MARGIN, _HEAD = 24, 80
_GATE = 43  # height of a pill in a gate, with the way to the next

Size = tuple[float, float]


def step_size(step: Step, *, stacked: bool = False) -> Size:
    """Return the width and height of a step."""
    match step:
        case Pill():
            return labels.stacked_size(step) if stacked else (labels.pill_width(step), labels.HEIGHT)
        case Capsule():
            return CAPSULE_WIDTH, CAPSULE_HEIGHT
        case Split():
            return DOT, DOT
        case Join(symbol):
            return (JOIN, JOIN) if len(symbol) == 1 else (labels.join_width(symbol), TEXT_JOIN)
        case Fork(branches):
            return _fork_size(branches)
        case Web(steps):
            return _column_size(steps, (), stacked=True)
        case Group():
            return _group_size(step)


def column_width(column: Column) -> float:
    """Return the width of a branch."""
    return _column_size(column.steps, column.arcs, stacked=True)[0]


def _fork_size(branches: Sequence[Column]) -> Size:
    sizes = [_column_size(branch.steps, branch.arcs, stacked=True) for branch in branches]
    return sum(width for width, _ in sizes) + GAP * (len(sizes) - 1), max(
        height for _, height in sizes
    ) + RANK


def _column_size(steps: Sequence[Step], arcs: Sequence[Arc], *, stacked: bool) -> Size:
    sizes = [step_size(step, stacked=stacked) for step in steps]
    width = max((width for width, _ in sizes), default=40)
    for arc in arcs:
        width += labels.side_size(arc)[0] + GAP
    return width, sum(height for _, height in sizes) + 2 * RANK * max(0, len(sizes) - 1)


def _group_size(group: Group) -> Size:
    if not group.steps:
        return labels.card_size(group)
    width, height = _column_size(group.steps, group.arcs, stacked=False)
    gates = sum(_GATE * len(arc.pills) + RANK for arc in group.arcs if arc.kind == "gate")
    return max(width, labels.header_width(group)) + _MARGIN, height + gates + _HEAD + _MARGIN
