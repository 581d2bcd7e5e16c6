"""Whether images are read into memory once, or again for each batch."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from archdsl.data.images import ImageData
from archdsl.data.split import Split

if TYPE_CHECKING:
    import numpy as np

_SHARE = 4  # of the memory that is free: the network, its gradients and the batches need the rest
_CHUNK = 4 * 2**20


def limit(given: float | None) -> int:
    """Return the bytes that a data set may take: those given (in GiB), or a quarter of what is free."""
    if given is not None:
        return int(given * 2**30)
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            free = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        free = 4 * 2**30
    return free // _SHARE


def cached(data: ImageData, most: int) -> ImageData:
    """Read the splits into memory that fit into `most` bytes, the training images first; the others are read
    when needed."""
    splits = {}
    for name, split in data.splits.items():
        height, width, channels = split.shape
        size = split.count * height * width * channels
        if size <= most:
            splits[name] = in_memory(split)
            most -= size
        else:
            splits[name] = split
    return replace(data, splits=splits)


def in_memory(split: Split) -> Split:
    """Read a whole split into an array, in parallel; its batches stay the same."""
    import numpy as np

    if isinstance(split.images, np.ndarray):
        return split
    images = np.empty((split.count, *split.shape), np.uint8)
    _in_parallel(split, images)
    return replace(split, images=images)


def _in_parallel(split: Split, images: "np.ndarray") -> None:
    import numpy as np

    size = max(1, _CHUNK // max(1, images[:1].nbytes))

    def read(begin: int) -> None:
        rows = np.arange(begin, min(begin + size, split.count))
        images[rows[0] : rows[-1] + 1] = split.images[rows]

    each(read, range(0, split.count, size))


def each(act: Callable[[int], None], items: range) -> None:
    """Act on every item, as many at once as there are processors; raise what the first failing one raises."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(act, items):
            pass
