"""The names that a row's steps refer to: which of them nothing before them has."""

from collections.abc import MutableMapping

from archdsl.resolve.specs import BlockSpec, BranchSpec, Spec, UseSpec, WireSpec
from archdsl.solve.follow import Names, expanded, step, value_of, within
from archdsl.solve.layer_shape import Size
from archdsl.source import Span
from archdsl.syntax.ast import Ref

Stray = tuple[Ref | None, Names, Span | None]


def unnamed(specs: tuple[Spec, ...], shape: Size, names: Names) -> Stray:
    """Find the first name in the specs that no row and no step before it has, the names that there are, and
    the block's use."""
    current: Size | None = shape
    known = within(names)
    for spec in specs:
        if current is None:
            break
        found = _unnamed(spec, current, known)
        if found[0]:
            return found
        current = step(spec, current, "same", known)
    return None, known, None


def _unnamed(spec: Spec, shape: Size, names: MutableMapping[str, Size]) -> Stray:
    match spec:
        case WireSpec():
            named = () if spec.kind in ("label", "part", "keep") else spec.refs
            unknown = (ref for ref in named if value_of(names, ref.name) is None)
            return next(unknown, None), names, None
        case BlockSpec():
            return unnamed(spec.items, shape, names)
        case BranchSpec():
            found = (unnamed(branch, shape, names) for branch in spec.branches)
            return next((one for one in found if one[0]), (None, names, None))
        case UseSpec():
            return *unnamed(expanded(spec, shape) or (), shape, names)[:2], spec.span
    return None, names, None
