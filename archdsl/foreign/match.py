"""The layers of a spec and the groups of a file -> pairs, by place where it is known, else by shape and
order."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from archdsl.foreign.slots import Slot, sizes
from archdsl.foreign.tensors import Group, Shape
from archdsl.foreign.turns import in_turn

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
    often on both sides, is paired in order. In the end shapes alone decide (`turns.in_turn`).
    """
    left = list(range(len(slots))), list(range(len(groups)))
    pairs: list[tuple[int, int]] = []
    for keys in levels:
        pairs += _paired(slots, groups, left, keys)
    before = len(pairs)
    pairs += in_turn(slots, groups, left, dict(pairs))
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


def hints(found: Matched) -> list[str]:
    """Tell what a difference usually is: other classes, or norms that an export folded."""
    if len(found.slots) == len(found.groups) == 1:
        ours, theirs = found.slots[0].sizes[0], sizes(found.groups[0])[0]
        other = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
        if len(ours) == len(theirs) and len(other) == 1:
            width = f"{other[0][0]} in the spec, {other[0][1]} in the model"
            return [f"only the width of {found.slots[0].name} differs: {width}"]
    norms = [slot for slot in found.slots if any(want.weight.name == "moving_mean" for want in slot.wants)]
    if norms and len(norms) == len(found.slots) - len(found.groups):
        return [
            "the model has no batch norms: an export folds them into convolutions, and `archdsl decompile` "
            "writes the spec of what is left"
        ]
    return []


def _more(count: int, what: str) -> list[str]:
    return [f"  and {count - _LISTED} more {what}"] if count > _LISTED else []


def _by(shapes: tuple[Shape, ...]) -> str:
    return ", ".join("x".join(map(str, shape)) or "1" for shape in shapes)
