"""Layers and groups of equal shapes -> pairs, by order: of the network on one side, of the names on the
other.

Names are sorted, so `norm5` stands behind all of `denseblock1` wherever the network has it. So each kind of
name (its digits aside) is a queue of its own, and a layer takes the head of a queue: one of the module that
the layer before it is of, else the one that is nearest, in the tree of modules, to the layers around it.
"""

import re
from collections.abc import Mapping, Sequence

from archdsl.foreign.slots import Slot, sizes
from archdsl.foreign.tensors import Group, Shape

Queues = dict[str, list[int]]


def in_turn(
    slots: Sequence[Slot],
    groups: Sequence[Group],
    left: tuple[list[int], list[int]],
    known: Mapping[int, int],
) -> list[tuple[int, int]]:
    """Pair what is left where a shape is as often on both sides, and take it out; `known` has earlier
    pairs."""
    queues = _queues(slots, groups, left)
    order = sorted(range(len(slots)), key=lambda i: slots[i].wants[0].node)
    pairs: dict[int, int] = {}
    before: int | None = None
    for i, behind in zip(order, [*order[1:], -1], strict=True):
        own = queues.get(slots[i].sizes) if i in left[0] else None
        if i in known:
            before = known[i]
        elif own is not None:
            following = queues.get(slots[behind].sizes, {}) if behind in left[0] else {}
            heads = [] if following is own else [queue[0] for queue in following.values() if queue]
            heads = [known[behind]] if behind in known else heads
            before = pairs[i] = _nearest(own, groups, before, heads)
    for i, j in pairs.items():
        left[0].remove(i)
        left[1].remove(j)
    return sorted(pairs.items())


def _queues(
    slots: Sequence[Slot], groups: Sequence[Group], left: tuple[list[int], list[int]]
) -> dict[tuple[Shape, ...], Queues]:
    """Return the groups of each shape that is as often on both sides, by the kind of their names."""
    wanted = [slots[i].sizes for i in left[0]]
    there = [sizes(groups[j]) for j in left[1]]
    found: dict[tuple[Shape, ...], Queues] = {}
    for j, own in zip(left[1], there, strict=True):
        if wanted.count(own) == there.count(own):
            found.setdefault(own, {}).setdefault(re.sub(r"\d+", "#", groups[j].name), []).append(j)
    return found


def _nearest(queues: Queues, groups: Sequence[Group], before: int | None, behind: list[int]) -> int:
    """Take the head of a queue out of it: the nearest one to the groups of the layers before and behind."""
    place = _modules(groups[before].name) if before is not None else []
    following = [_modules(groups[j].name) for j in behind]

    def far(j: int) -> tuple[bool, int, int, int]:
        own = _modules(groups[j].name)
        first, last = _apart(place, own), min((_apart(own, one) for one in following), default=0)
        return first > 0, first + last, min(first, last), j

    kind = min((kind for kind, queue in queues.items() if queue), key=lambda kind: far(queues[kind][0]))
    return queues[kind].pop(0)


def _modules(name: str) -> list[str]:
    return re.split(r"[./]", name)[:-1]


def _apart(one: list[str], other: list[str]) -> int:
    """Count the steps between two places in a tree."""
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    return len(one) + len(other) - 2 * common
