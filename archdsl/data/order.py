"""The order of an epoch: a permutation of row numbers that depends on a seed only, never on a machine.

NumPy keeps the raw stream of a bit generator the same in all its versions; the shuffles of its `Generator`
may change. So random keys are drawn from the former and sorted.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def order(count: int, seed: int | None, starts: Sequence[int] = (), window: int = 0) -> "np.ndarray":
    """Return the order of `count` rows, int64; as they are stored where `seed` is None.

    `starts` are the rows that shards begin with. Where there are more rows than `window`, the shards are
    shuffled, and then the rows within each window of neighbours, so that reading needs only a few shards at a
    time.
    """
    import numpy as np

    if seed is None:
        return np.arange(count)
    if count <= window or len(starts) < 2:
        return _shuffled(np.arange(count), (seed, 0))
    shards = np.split(np.arange(count), [start for start in starts[1:] if start < count])
    rows = np.concatenate([shards[i] for i in _shuffled(np.arange(len(shards)), (seed, 0))])
    return np.concatenate([_shuffled(rows[i : i + window], (seed, 1 + i)) for i in range(0, count, window)])


def _shuffled(rows: "np.ndarray", entropy: tuple[int, ...]) -> "np.ndarray":
    import numpy as np

    keys = np.random.Philox(np.random.SeedSequence(entropy)).random_raw(len(rows))
    return rows[np.argsort(keys, kind="stable")]
