"""Rows without a size, up to one that prints it: what they leave open is solved for all of them at once."""

from archdsl.resolve.specs import Spec
from archdsl.solve.declared import DeclaredSizes
from archdsl.solve.follow import Names, follow
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import Solution, solve
from archdsl.syntax.ast import Row

Rows = list[tuple[Spec, ...] | None]


def across(
    rows: tuple[Row, ...],
    specs: Rows,
    index: int,
    shape: Size,
    declared: DeclaredSizes,
    stride_in: str,
    names: Names,
) -> dict[int, Solution]:
    """Solve an unsized row and those behind it for the next size; empty where the row that prints it reaches
    it alone."""
    group = _group(rows, specs, index, declared)
    if not group:
        return {}
    own = [specs[i] or () for i in group]
    target = declared.target(rows[group[-1]]) or ()
    before = follow(tuple(spec for part in own[:-1] for spec in part), shape, "same", names)
    if before is None or solve(own[-1], before, target, stride_in, names):
        return {}
    joint = solve(tuple(spec for part in own for spec in part), shape, target, stride_in, names)
    return _split(joint, group, own) if joint else {}


def _group(rows: tuple[Row, ...], specs: Rows, index: int, declared: DeclaredSizes) -> list[int]:
    """List the rows up to the next size; none where a fault or the end of the table comes first."""
    for after in range(index, len(rows)):
        if specs[after] is None or rows[after].aside:
            return []
        if declared.target(rows[after]):
            return list(range(index, after + 1))
    return []


def _split(joint: Solution, group: list[int], own: list[tuple[Spec, ...]]) -> dict[int, Solution]:
    """Return each row its part of the joint solution."""
    found, start = {}, 0
    for index, part in zip(group, own, strict=True):
        stop = start + len(part)
        mine = joint.site is not None and start <= joint.site[0] < stop
        site = (joint.site[0] - start, *joint.site[1:]) if mine and joint.site else None
        found[index] = Solution(joint.specs[start:stop], site, joint.stride if mine else (), joint.padding)
        start = stop
    return found
