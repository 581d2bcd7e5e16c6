"""Steps that a model's code takes between two rows of a summary -> layers, where counts and sizes leave one
reading.

            Conv2d-2             [-1, 20, 8, 8]           5,020
            Linear-4                   [-1, 50]          16,050     takes 320 values: 8x8x20, pooled by 2

PyTorch prints the modules of a model in the order of their calls; functions, like `F.max_pool2d`, are not
printed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

from archdsl.forms.summaries.rows import Axes, Row
from archdsl.light import Final, NamedTuple

_POOLED: Final = (2, 3, 4)  # sides of windows that stand side by side, the likelier first
_POOL: Final = "max pool, stride"
_GLOBAL: Final = "global average pool"
_DENSE: Final = "linear"


class Step(NamedTuple):
    """What a row takes that is not the row above: `words` of a layer between them, or another row, `source`.

    With neither, nothing that is printed has the `values` that the row's count needs, or its map is larger
    than the one above, which no window makes it.
    """

    words: str = ""
    source: str = ""
    values: int = 0

    @property
    def lost(self) -> bool:
        """Return whether nothing that is printed is what the row takes."""
        return not self.words and not self.source


def steps_before(rows: Sequence[Row]) -> dict[int, Step]:
    """Return the steps before the rows of a summary without connections, by the rows' places."""
    leaves = [row for row, below in zip(rows, [*rows[1:], None], strict=True) if not holds(row, below)]
    dense = dict(_before_dense(leaves))
    pooled = any(step.words not in ("", _GLOBAL) for step in dense.values())
    return {**dict(_before_convolutions(leaves, pooled)), **dense}


def holds(row: Row, below: Row | None) -> bool:
    """Return whether the rows below a row are inside of it."""
    return below is not None and below.level > row.level


class _Given:
    """What the rows so far give, by how many values: the first and the last row that gives as many, how many
    rows do, and the name of the last."""

    def __init__(self) -> None:
        self.rows = 0
        self.found: dict[int, tuple[int, int, int, str]] = {}
        self.names: Counter[str] = Counter()

    def add(self, name: str, axes: Axes) -> None:
        """Add the next row."""
        first, _, count, _ = self.found.get(prod(axes), (self.rows, 0, 0, ""))
        self.found[prod(axes)] = first, self.rows, count + 1, name
        self.names[name] += 1
        self.rows += 1

    def only(self, needs: tuple[int, ...]) -> str:
        """Return the only row with as many values: a layer, or the last of those that keep its shape."""
        first, end, count, name = next((self.found[n] for n in needs if n in self.found), (0, 0, 0, ""))
        return name if end - first == count - 1 and self.names[name] == 1 else ""


def _before_dense(leaves: Sequence[Row]) -> Iterator[tuple[int, Step]]:
    """Find what flat layers take: their count says how many values."""
    given = _Given()
    above: Axes = ()
    for row in leaves:
        needs = _values(row)
        if needs and not given.rows:
            given.add("input", (needs[0],))
        elif needs and above and prod(above) not in needs:
            words = _pool_before(needs, above)
            yield row.place, Step(words, "" if words else given.only(needs), needs[0])
        above = last(row.axes)
        given.add(row.called, above)


def _values(row: Row) -> tuple[int, ...]:
    """Return how many values a flat layer takes, with a bias and without; nothing where that is not said."""
    if row.kind != _DENSE or len(row.axes) != 1 or not row.counted or row.counted % row.axes[0]:
        return ()
    values = row.counted // row.axes[0]
    return values - 1, values


def _pool_before(needs: tuple[int, ...], above: Axes) -> str:
    """Return the words of a pool that makes as many values of a map; none where there is no such pool."""
    for side in (1, *_POOLED) if len(above) > 1 else ():
        sizes = [1 if side == 1 else size // side for size in above[:-1]]
        if prod(sizes) * above[-1] in needs:
            return _GLOBAL if side == 1 else _pool(side, len(sizes))
    return ""


def _before_convolutions(leaves: Sequence[Row], pooled: bool) -> Iterator[tuple[int, Step]]:
    """Find the pools before convolutions: no stride alone gives their size, or, where other pools are not
    printed either (`pooled`), none but a larger one than 1."""
    for above, row in pairwise(leaves):
        before, after = last(above.axes), last(row.axes)
        side = _window(row, before, after)
        if side and any(target >= size + side for size, target in zip(before[:-1], after[:-1], strict=True)):
            yield row.place, Step()
            continue
        if not side or _leads(before, after, side, 1) or (not pooled and _strided(before, after, side)):
            continue
        halved = (*(size // 2 for size in before[:-1]), before[-1])
        if _leads(halved, after, side, 1):
            yield row.place, Step(_pool(2, len(before) - 1))


def _window(row: Row, before: Axes, after: Axes) -> int:
    """Return the side of a convolution's window, by its count; 0 where it is not square, or not said."""
    rank = len(after) - 1
    if row.kind != "conv" or not row.counted:
        return 0
    if rank < 1 or len(before) != len(after) or not before[-1]:
        return 0
    for bias in (after[-1], 0):
        area, left = divmod(row.counted - bias, before[-1] * after[-1])
        side = round(area ** (1 / rank)) if area > 0 else 0
        if side and not left and side**rank == area:
            return side
    return 0


def _leads(before: Axes, after: Axes, side: int, stride: int) -> bool:
    """Return whether a window leads from one size to another, under the same padding on all axes."""
    axes = list(zip(before[:-1], after[:-1], strict=True))
    return any(
        all((size + 2 * padding - side) // stride + 1 == target for size, target in axes)
        for padding in range(side // 2 + 1)
    )


def _strided(before: Axes, after: Axes, side: int) -> bool:
    return any(_leads(before, after, side, stride) for stride in range(2, max(before[:-1]) + 1))


def _pool(side: int, rank: int) -> str:
    by = "x".join([str(side)] * rank)
    return f"{by} {_POOL} {side}"


def last(axes: Axes) -> Axes:
    """Put the channels, which PyTorch prints first, last."""
    return (*axes[1:], *axes[:1])
