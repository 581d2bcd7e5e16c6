"""Sizes that print the channels first (`64x112x112`) -> the same sizes with the channels last.

A table has one order. Each size votes: by the channels of the row that gives it, else by its equal pair of
axes.
"""

from archdsl.syntax.ast import Block, Expr, Item, Layer, Num, Row


def channels_last(rows: tuple[Row, ...], rank: int, order: str) -> tuple[Row, ...]:
    """Return the rows with their sizes in our order; `rank` is the number of spatial axes, `order` what the
    settings say."""
    above = (None, *rows)
    printed = [(row.size, row) for row in rows] + [
        (row.incoming, before) for row, before in zip(rows, above, strict=False)
    ]
    votes = [
        _vote(size, _channels(of) if of else None) for size, of in printed if size and len(size) == rank + 1
    ]
    first = order == "channels-first" or (order == "auto" and sum(votes) > 0)
    if rank < 1 or not first:
        return rows
    return tuple(
        row._replace(size=_turned(row.size, rank), incoming=_turned(row.incoming, rank), channels_first=True)
        for row in rows
    )


def _turned(size: tuple[Expr, ...] | None, rank: int) -> tuple[Expr, ...] | None:
    return (*size[1:], size[0]) if size and len(size) == rank + 1 else size


def _vote(size: tuple[Expr, ...], channels: int | None) -> int:
    """Give 1 for channels that come first, -1 for channels that come last, 0 where a size leaves it open."""
    axes = [axis.value for axis in size if isinstance(axis, Num)]
    if len(axes) < len(size):
        return 0
    if channels is not None and channels in (axes[0], axes[-1]):
        return int(axes[0] == channels) - int(axes[-1] == channels)
    return 0 if len(axes) < 3 else int(axes[-1] == axes[-2]) - int(axes[-2] == axes[-3])


def _channels(row: Row) -> int | None:
    """Return the channels that a row prints of its last layer, or in a column."""
    if isinstance(row.channels, Num):
        return int(row.channels.value)
    return _last(row.items or ())


def _last(items: tuple[Item, ...]) -> int | None:
    for item in reversed(items):
        if isinstance(item, Block):
            return _last(item.items)
        printed = (
            [option.value for option in item.options if option.key == "channels"]
            if isinstance(item, Layer)
            else []
        )
        if printed:
            return int(printed[0].value) if isinstance(printed[0], Num) else None
    return None
