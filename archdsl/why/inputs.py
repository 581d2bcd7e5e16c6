"""A table that does not say its input -> the inputs under which every size and count that it prints comes
out."""

from collections.abc import Callable, Iterator
from itertools import product

from archdsl.graph.graph import Shape
from archdsl.light import Final
from archdsl.ops import OPS
from archdsl.syntax.ast import Layer, Num, Row, Table

MOST_ROWS: Final = 300
MOST_NODES: Final = 10_000  # of a network that is built several times for an example
MOST_TRIALS: Final = 60
MOST_TOLD: Final = 3
_WINDOWS: Final = (3, 5, 7, 1, 11)
_MOST_CHANNELS: Final = 512
IMAGE: Final = 4  # channels that an image may have
_PLANE, _COLOURS = 2, 3
_TOKENS: Final = (100,)  # of an example
_SIDES: Final = ((128,), (32, 32), (16, 32, 32))  # of an example of one, two and three axes


def fitting(table: Table, holds: Callable[[Shape], bool], channels_first: bool) -> list[Shape]:
    """List inputs that fit, the likeliest first; none for a table that prints hardly a count, which could be
    of any."""
    counted = sum(bool(row.claims) for row in table.rows)
    if not table.rows or 4 * counted < len(table.rows) or len(table.rows) > MOST_ROWS:
        return []
    found: list[Shape] = []
    for trial, shape in enumerate(_candidates(table.rows[0], channels_first)):
        if trial >= MOST_TRIALS or len(found) == MOST_TOLD:
            break
        if holds(shape):
            found.append(shape)
    return found


def likely(table: Table, holds: Callable[[Shape], bool], channels_first: bool) -> Shape | None:
    """Return the first image in colour under which every printed size comes out; None for a table whose first
    size is no map's."""
    row = table.rows[0] if 0 < len(table.rows) <= MOST_ROWS else None
    axes = _axes(row) if row else []
    if len(axes) not in (_PLANE, _PLANE + 1):
        return None
    sides = axes[-_PLANE:] if channels_first else axes[:_PLANE]
    shapes = ((*map(before, sides), _COLOURS) for before in _BEFORE)
    return next((shape for shape in shapes if holds(shape)), None)


def reading(table: Table) -> Shape | None:
    """Return an input by what the first layer says that it reads: tokens, values, a map of so many axes and
    channels; None where it says neither."""
    first = next((item for row in table.rows[:1] for item in row.items or ()), None)
    if not isinstance(first, Layer):
        return None
    if OPS[first.op].takes_tokens or OPS[first.op].takes_flat:
        return _TOKENS
    entering = [one.value for one in first.options if one.key == "entering"]
    many = next((value.value for value in entering if isinstance(value, Num)), None)
    if not first.axes and many is None:
        return None
    return (*_SIDES[(first.axes or _PLANE) - 1], int(many or _COLOURS))


def _axes(row: Row) -> list[int]:
    """Return the axes of a row's size; none where one of them is no number."""
    axes = [axis.value for axis in row.size or () if isinstance(axis, Num) and isinstance(axis.value, int)]
    return axes if row.size and len(axes) == len(row.size) else []


def _candidates(row: Row, channels_first: bool) -> Iterator[Shape]:
    """List inputs of a first row of size `26x26x32`: those that a window of 3, 5 or 7 makes smaller, halved
    ones, the same."""
    axes = _axes(row)
    if len(axes) < _PLANE:
        return
    *sides, out = (*axes[1:], axes[0]) if channels_first else axes
    channels = list(dict.fromkeys(_channels(row, len(sides), out)))
    images = [many for many in channels if many <= IMAGE]
    for many, before in product(images or channels, _BEFORE):
        yield (*map(before, sides), many)


_BEFORE: Final[tuple[Callable[[int], int], ...]] = (
    lambda side: side,
    lambda side: side + 2,
    lambda side: side + 4,
    lambda side: side + 6,
    lambda side: 2 * side,
    lambda side: 2 * side + 1,
    lambda side: 2 * side + 2,
    lambda side: 2 * side + 3,
    lambda side: 2 * side + 5,
    lambda side: 4 * side,
)


def _channels(row: Row, rank: int, out: int) -> Iterator[int]:
    """List the channels that the row's count allows for usual windows, with a bias and without."""
    from archdsl.lang.counts import printed

    count = next((found.value for claim in row.claims if (found := printed(claim.text))), 0.0)
    for window, bias in product(_WINDOWS, (1, 0)):
        left, size = count / out - bias if out else 0.0, window**rank
        many = round(left / size)
        if 0 < many <= _MOST_CHANNELS and many * size == left:
            yield many
    if not count:  # a row without weights keeps its channels
        yield out
