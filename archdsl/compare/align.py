"""Two sequences -> pairs in order: what is alike stands side by side, what has no counterpart stands
alone."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Pair = tuple[int | None, int | None]

_CELLS = 100_000  # of the table of scores; longer stretches without an anchor are paired by position


def align(a: Sequence[Item], b: Sequence[Item], similarity: Callable[[Item, Item], float]) -> list[Pair]:
    """Pair items in order so that the sum of similarities is largest; nothing is paired at a similarity of
    0."""
    head = 0
    while head < min(len(a), len(b)) and similarity(a[head], b[head]) >= 1:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and similarity(a[-1 - tail], b[-1 - tail]) >= 1:
        tail += 1
    pairs: list[Pair] = [(i, i) for i in range(head)]
    pairs += _shifted(_best(a[head : len(a) - tail], b[head : len(b) - tail], similarity), head, head)
    return pairs + [(len(a) - i, len(b) - i) for i in range(tail, 0, -1)]


def align_by_key(
    a: Sequence[Item],
    b: Sequence[Item],
    key: Callable[[Item], Hashable],
    similarity: Callable[[Item, Item], float],
) -> list[Pair]:
    """Pair items of one key where their order allows it, then what lies between them by similarity."""
    pairs: list[Pair] = []
    i = j = 0
    for end_a, end_b in [*_anchors(list(map(key, a)), list(map(key, b))), (len(a), len(b))]:
        pairs += _shifted(align(a[i:end_a], b[j:end_b], similarity), i, j)
        if end_a < len(a):
            pairs.append((end_a, end_b))
        i, j = end_a + 1, end_b + 1
    return pairs


def _anchors(a: list[Hashable], b: list[Hashable]) -> list[tuple[int, int]]:
    """Return the longest run of common keys that stand in one order in both; keys are unique, an empty one is
    none."""
    where = {key: j for j, key in enumerate(b)}
    common = [(i, where[key]) for i, key in enumerate(a) if key and key in where]
    ends: list[int] = []  # the smallest place in `b` at which a run of each length can end
    runs: list[list[int]] = []
    before: list[int] = []
    for number, (_, j) in enumerate(common):
        length = bisect_left(ends, j)
        ends[length : length + 1] = [j]
        runs[length : length + 1] = [[number]]
        before.append(runs[length - 1][0] if length else -1)
    at = runs[-1][0] if runs else -1
    chain = []
    while at >= 0:
        chain.append(common[at])
        at = before[at]
    return chain[::-1]


def _shifted(pairs: list[Pair], i: int, j: int) -> list[Pair]:
    return [(None if x is None else x + i, None if y is None else y + j) for x, y in pairs]


def _best(a: Sequence[Item], b: Sequence[Item], similarity: Callable[[Item, Item], float]) -> list[Pair]:
    if len(a) * len(b) > _CELLS:
        shorter = min(len(a), len(b))
        rest: list[Pair] = [(i, None) for i in range(shorter, len(a))]
        return [*((i, i) for i in range(shorter)), *rest, *((None, j) for j in range(shorter, len(b)))]
    score = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    alike = [[similarity(x, y) for y in b] for x in a]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            score[i][j] = max(score[i + 1][j], score[i][j + 1], score[i + 1][j + 1] + alike[i][j])
    return _traced(score, alike)


def _traced(score: list[list[float]], alike: list[list[float]]) -> list[Pair]:
    """Walk along the best scores; what is left out of `a` comes before what is left out of `b`."""
    pairs: list[Pair] = []
    i = j = 0
    rows, columns = len(score) - 1, len(score[0]) - 1
    while i < rows or j < columns:
        if i < rows and j < columns and alike[i][j] > 0 and score[i][j] == score[i + 1][j + 1] + alike[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < rows and (j == columns or score[i][j] == score[i + 1][j]):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs
