"""Lists in the columns of a row (`Filters`: `32, 24`) -> a layer for each of their numbers."""

from collections.abc import Callable

from archdsl.patterns import pattern
from archdsl.syntax.ast import Block, Item, Layer
from archdsl.syntax.bag import TAKES_NORM
from archdsl.text.grid import Bound, Cell

_LIST = pattern(
    r"\s*\d{1,5}(?:\s*[,;]\s+\d{1,5}|\s*[,;]\s*\d{1,2}(?!\d)|\s*;\s*\d{1,5})+\s*|\s*\d{1,5}(?:-\d{1,5}){2,99}\s*"
)
_MARK = pattern(r"\s*[,;]\s*|(?<=\d)-(?=\d)")
_WINDOW = pattern(r"\s*\d{1,5}\s*[x×]\s*\d{1,5}.*")
_LISTED = ("channels", "fused", "filter", "stride")
LISTS = ("channels", "fused", "filter")
_Bind = Callable[[list[Item], tuple[Bound, ...]], list[Item]]


def is_list(one: Bound) -> bool:
    """Return whether a cell lists the channels or the windows of several layers; `1,024` is one number, and
    `3x3, 64` one layer."""
    if one.role == "channels":
        return _LIST.fullmatch(one.cell.text) is not None
    parts = parts_of(one.cell) if one.role in LISTS else []
    return len(parts) > 1 and all(_WINDOW.fullmatch(part.text) for part in parts)


def bind_lists(items: list[Item], bound: tuple[Bound, ...], bind: _Bind) -> list[Item] | None:
    """Return each part of a list to a layer of its own: as many are printed, or one that stands for all; None
    where neither is."""
    count = next(len(parts_of(one.cell)) for one in bound if is_list(one))
    runs = _runs(items)
    if len(runs) == 1 and isinstance(items[0], Block) and len(items) == 1:
        inner = bind_lists(list(items[0].items), bound, bind)
        return None if inner is None else [items[0]._replace(items=tuple(inner))]
    shared = len(runs) == 1 and any(is_list(one) and one.role == "channels" for one in bound)
    if len(runs) != count and not shared:
        return None
    copies = runs * count if len(runs) == 1 else runs
    return [
        item
        for i, run in enumerate(copies)
        for item in bind(list(run), tuple(_own(one, i, count) for one in bound))
    ]


def _runs(items: list[Item]) -> list[list[Item]]:
    """Part a row before each of its layers with weights; what stands before the first one belongs to it."""
    runs: list[list[Item]] = []
    weighted = False
    for item in items:
        own = not isinstance(item, Layer) or item.op in TAKES_NORM
        if not runs or (own and weighted):
            runs.append([])
        runs[-1].append(item)
        weighted = weighted or own
    return runs


def _own(one: Bound, i: int, count: int) -> Bound:
    """Return what a cell says of the layer at `i`: its part of a list, or all of it."""
    parts = parts_of(one.cell) if one.role in _LISTED else []
    return one._replace(cell=parts[i]) if len(parts) == count else one


def parts_of(cell: Cell) -> list[Cell]:
    found, at = [], 0
    for mark in _MARK.finditer(cell.text):
        found.append(cell.part(at, mark.start()))
        at = mark.end()
    return [*found, cell.part(at, len(cell.text))]
