"""The layers of a spec and the groups of a file -> pairs, by place where it is known, else by shape and
order."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from archdsl.foreign.slots import Slot, sizes
from archdsl.foreign.tensors import Group, Shape

_LISTED = 12


class Matched(NamedTuple):
    """Pairs of a slot and a group, and what has no counterpart; `ordered` pairs share their shapes with
    others and were taken in order."""

    pairs: tuple[tuple[Slot, Group], ...]
    slots: tuple[Slot, ...]
    groups: tuple[Group, ...]
    ordered: int

    @property
    def whole(self) -> bool:
        """Return whether nothing is left."""
        return not self.slots and not self.groups


Keys = Sequence[Hashable]


def matched(
    slots: Sequence[Slot], groups: Sequence[Group], levels: Sequence[tuple[Keys, Keys]] = ()
) -> Matched:
    """Pair slots and groups of equal shapes.

    `levels` have keys for the slots and for the groups, the strictest first; what shares a key, and is as
    often on both sides, is paired in order. In the end shapes alone decide.
    """
    left = list(range(len(slots))), list(range(len(groups)))
    pairs: list[tuple[int, int]] = []
    for keys in levels:
        pairs += _paired(slots, groups, left, keys)
    before = len(pairs)
    pairs += _paired(slots, groups, left, ((0,) * len(slots), (0,) * len(groups)))
    alike = [slots[i].sizes for i, _ in pairs[before:]]
    return Matched(
        tuple((slots[i], groups[j]) for i, j in sorted(pairs)),
        tuple(slots[i] for i in left[0]),
        tuple(groups[j] for j in left[1]),
        sum(alike.count(one) > 1 for one in alike),
    )


def _paired(
    slots: Sequence[Slot], groups: Sequence[Group], left: tuple[list[int], list[int]], keys: tuple[Keys, Keys]
) -> list[tuple[int, int]]:
    """Pair what is left by a key, and take it out."""
    classes: dict[Hashable, tuple[list[int], list[int]]] = {}
    for i in left[0]:
        classes.setdefault((slots[i].sizes, keys[0][i]), ([], []))[0].append(i)
    for j in left[1]:
        classes.setdefault((sizes(groups[j]), keys[1][j]), ([], []))[1].append(j)
    pairs = [
        pair
        for ours, theirs in classes.values()
        if len(ours) == len(theirs)
        for pair in zip(ours, theirs, strict=True)
    ]
    for i, j in pairs:
        left[0].remove(i)
        left[1].remove(j)
    return pairs


def report(found: Matched) -> list[str]:
    """Tell what has no counterpart, both sides, a line each."""
    lines = [f"  {slot.name}: nothing has {_by(slot.sizes)}" for slot in found.slots[:_LISTED]]
    lines += _more(len(found.slots), "layers of the spec")
    lines += [f"  {group.name}: no layer takes {_by(sizes(group))}" for group in found.groups[:_LISTED]]
    return lines + _more(len(found.groups), "groups of the file")


def _more(count: int, what: str) -> list[str]:
    return [f"  and {count - _LISTED} more {what}"] if count > _LISTED else []


def _by(shapes: tuple[Shape, ...]) -> str:
    return ", ".join("x".join(map(str, shape)) or "1" for shape in shapes)
