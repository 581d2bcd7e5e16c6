"""Steps of a trunk -> cells of a U: a level for each size of the map, columns by the skips between them.

What follows a smaller map stands below it, what is joined across a level one column further to the right.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from archdsl.figure.marks import heads, taps
from archdsl.figure.parts import Cell, Figure, Split

_WIDEST = 8  # columns
_LEAST = 2  # skips across a level


class Link(NamedTuple):
    """An edge from a cell to another one, of the trunk or past steps."""

    tail: int
    head: int
    far: bool


def cells(trunk: Figure, ends: Sequence[int], coarse: Sequence[Fraction]) -> tuple[Cell, ...]:
    """Arrange the steps of a figure in cells, given the node that each step ends in; none where they do not
    make a U."""
    finest = levels([coarse[end] if end >= 0 else None for end in ends])
    runs = [_drawn(trunk, run) for run in divided(finest, trunk.loose)]
    place = {
        at: number for number, run in enumerate(runs) for at in range(run[0], _after(runs, number, trunk))
    }
    found = list(arranged(runs, finest, _links(trunk, place)))
    at = {mark: place[step] for step, one in enumerate(trunk.steps) for mark in taps(one)}
    for number, side in enumerate(trunk.sides if found else ()):
        if side.start not in at:
            return ()
        start = found[at[side.start]]
        column = _free(found, start.level, start.column + 1)
        found.append(Cell(tuple(range(len(side.steps))), start.level, column, rises=False, side=number))
        at |= {mark: len(found) - 1 for step in side.steps for mark in taps(step)}
    return tuple(found) if all(cell.column < _WIDEST for cell in found) else ()


def arranged(
    runs: Sequence[tuple[int, ...]], finest: Sequence[int], links: Sequence[Link]
) -> tuple[Cell, ...]:
    """Give runs of steps their places, with the level of each step and the edges between runs; none where
    few of those lead across a level, or too far."""
    found: list[Cell] = []
    for number, run in enumerate(runs):
        found.append(_cell(found, run, finest[run[0]], [link.tail for link in links if link.head == number]))
    crossed = sum(link.far and found[link.tail].level == found[link.head].level for link in links)
    narrow = all(cell.column < _WIDEST for cell in found)
    return tuple(found) if crossed >= _LEAST and narrow else ()


def levels(sizes: Sequence[Fraction | None]) -> list[int]:
    """Number how coarse maps are, the finest one 0; where that is not known, as the one before."""
    found: list[Fraction] = []
    for size in sizes:
        found.append(found[-1] if size is None else size)
    ranks = {size: number for number, size in enumerate(sorted(set(found)))}
    return [ranks[size] for size in found]


def divided(finest: Sequence[int], loose: frozenset[int]) -> list[range]:
    """Divide steps where the level changes, and where one is not fed by the one before it."""
    starts = [at for at in range(len(finest)) if not at or at in loose or finest[at] != finest[at - 1]]
    return [range(low, high) for low, high in zip(starts, [*starts[1:], len(finest)], strict=True)]


def _drawn(trunk: Figure, run: range) -> tuple[int, ...]:
    """Leave the dot at the end of a run out that one edge alone leaves: that starts from the step before."""
    last = trunk.steps[run[-1]]
    single = len(run) > 1 and isinstance(last, Split) and _leaving(trunk, last, run[-1]) == 1
    return tuple(run[:-1] if single else run)


def _leaving(trunk: Figure, dot: Split, at: int) -> int:
    """Count the edges that leave a dot of the trunk."""
    onward = at + 1 < len(trunk.steps) and at + 1 not in trunk.loose
    others = [far.start for far in trunk.far] + [side.start for side in trunk.sides]
    return others.count(dot.mark) + onward


def _after(runs: Sequence[tuple[int, ...]], number: int, trunk: Figure) -> int:
    """Return where the next run begins."""
    return runs[number + 1][0] if number + 1 < len(runs) else len(trunk.steps)


def _links(trunk: Figure, place: Mapping[int, int]) -> list[Link]:
    leave = {mark: step for step, one in enumerate(trunk.steps) for mark in taps(one)}
    reach = {mark: step for step, one in enumerate(trunk.steps) for mark in heads(one)}
    found = [
        Link(place[step - 1], place[step], far=False)
        for step in range(1, len(trunk.steps))
        if step not in trunk.loose
    ]
    for far in trunk.far:
        head = far.step if far.step >= 0 else reach.get(far.end, -1)
        if head >= 0 and far.start in leave:
            found.append(Link(place[leave[far.start]], place[head], far=True))
    return [link for link in found if link.tail != link.head]


def _cell(before: Sequence[Cell], run: tuple[int, ...], level: int, tails: Sequence[int]) -> Cell:
    feeds = [before[tail] for tail in tails if tail < len(before)]
    column = max((_column(feed, level) for feed in feeds), default=0)
    rises = any(feed.level > level for feed in feeds)
    return Cell(run, level, _free(before, level, column), rises)


def _column(feed: Cell, level: int) -> int:
    """Return the column that a cell of a level needs behind one that feeds it."""
    turns = feed.level > level and not feed.rises
    return feed.column + (feed.level == level or turns)


def _free(before: Sequence[Cell], level: int, column: int) -> int:
    taken = {cell.column for cell in before if cell.level == level}
    while column in taken:
        column += 1
    return column
