"""Batches of a split: the order of a seed, a start within an epoch, the parts of several processes."""

from typing import Any

import numpy as np
import pytest

from archdsl.data.order import order
from archdsl.data.split import Split


def split(count: int = 103) -> Split:
    images = np.arange(count, dtype=np.uint8)[:, None, None, None] + np.zeros((1, 2, 3, 1), np.uint8)
    return Split(images, np.arange(count), "numbers")


def rows(batches: Any) -> list[list[int]]:
    found = []
    for images, labels in batches.as_numpy_iterator():
        assert images.dtype == np.uint8 and labels.dtype == np.int64
        np.testing.assert_array_equal(images[:, 0, 0, 0], labels)
        found.append(labels.tolist())
    return found


def joined(batches: list[list[int]]) -> list[int]:
    return [row for batch in batches for row in batch]


def test_an_epoch_has_every_row_once() -> None:
    found = rows(split().batches(10, shuffle=3))
    assert [len(batch) for batch in found] == [10] * 10 + [3]
    assert sorted(joined(found)) == list(range(103)) != joined(found)
    assert joined(rows(split().batches(10))) == list(range(103))


def test_a_seed_gives_one_order_and_another_seed_another() -> None:
    first, second, other = (rows(split().batches(10, shuffle=seed)) for seed in (3, 3, 4))
    assert first == second != other


def test_the_order_is_that_of_every_machine_and_version() -> None:
    assert order(12, 1).tolist() == ORDER
    assert order(12, 1, (0, 4, 8), 6).tolist() == WINDOWED


ORDER = [2, 0, 1, 11, 4, 5, 6, 7, 8, 10, 3, 9]
WINDOWED = [9, 11, 1, 8, 10, 0, 6, 7, 5, 2, 4, 3]


def test_a_start_gives_the_rest_of_the_epoch() -> None:
    whole = rows(split().batches(10, shuffle=3))
    for start in (0, 4, 10, 11, 50):
        assert rows(split().batches(10, shuffle=3, start=start)) == whole[start:]


def test_nothing_before_the_start_is_read() -> None:
    seen: list[int] = []

    class Watched:
        shape = (100, 1, 1, 1)

        def __getitem__(self, chosen: Any) -> Any:
            seen.extend(chosen.tolist())
            return np.zeros((len(chosen), 1, 1, 1), np.uint8)

    list(Split(Watched(), np.arange(100), "").batches(10, start=7))
    assert sorted(seen) == list(range(70, 100))


def test_parts_make_the_whole_batch() -> None:
    whole = rows(split().batches(10, shuffle=5))
    parts = [rows(split().batches(10, shuffle=5, part=(index, 4))) for index in range(4)]
    for step, batch in enumerate(whole):
        assert [batch[index::4] for index in range(4)] == [part[step] for part in parts]


def test_shards_are_shuffled_within_windows() -> None:
    starts = tuple(range(0, 1000, 100))
    found = order(1000, 7, starts, 250)
    assert sorted(found.tolist()) == list(range(1000))
    for first in range(0, 1000, 250):
        # No window needs more shards than it touches.
        assert len({row // 100 for row in found[first : first + 250]}) <= 4
    assert order(950, 7, starts, 250).max() == 949
    assert len({row // 100 for row in order(1000, 7, starts, 1000)[:250]}) == 10  # all fit: no windows


def test_a_limited_split_keeps_the_first() -> None:
    limited = split().limited(25)
    assert (limited.count, limited.shape) == (25, (2, 3, 1))
    assert sorted(joined(rows(limited.batches(10, shuffle=1)))) == list(range(25))
    assert split().limited(500).count == 103


@pytest.mark.parametrize("words", [{"batch_size": 0}, {"start": -1}, {"part": (2, 2)}, {"part": (0, 0)}])
def test_impossible_batches_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no such batches"):
        split().batches(**{"batch_size": 4} | words)
