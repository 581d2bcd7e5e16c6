"""What every data set gives: splits of images with labels, and what is known of them all."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archdsl.data.faults import DataError
from archdsl.data.split import Split

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SPLITS", "DataError", "ImageData", "Split", "statistics"]

SPLITS = ("train", "validation", "test")
_SAMPLE = 10_000  # images that are read for mean and deviation, where they are not in memory
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class ImageData:
    """A data set. `mean` and `deviation` are per channel, on pixels / 255; `flip` tells whether a mirrored
    image keeps its class."""

    name: str
    classes: tuple[str, ...]
    splits: dict[str, Split]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    flip: bool

    def limited(self, count: int | None) -> "ImageData":
        """Keep the first `count` images of each split: for a quick look."""
        if count is None:
            return self
        return replace(self, splits={name: split.limited(count) for name, split in self.splits.items()})

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return height, width and channels of the images."""
        return next(iter(self.splits.values())).shape


def statistics(split: Split) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation per channel, on pixels / 255: of 10,000 images at even distances, or
    of all in memory."""
    import numpy as np

    step = 1 if isinstance(split.images, np.ndarray) else max(1, split.count // _SAMPLE)
    rows = np.arange(0, split.count, step)

    def sums(begin: int) -> "np.ndarray":
        pixels = split.images[rows[begin : begin + _CHUNK]].reshape(-1, split.shape[-1]).astype(np.uint32)
        return np.stack([pixels.sum(0, np.int64), (pixels * pixels).sum(0, np.int64)])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        total, squares = sum(
            pool.map(sums, range(0, len(rows), _CHUNK)), np.zeros((2, split.shape[-1]), np.int64)
        )
    number = max(1, len(rows) * split.shape[0] * split.shape[1])
    mean = total / number
    deviation = np.sqrt((squares / number - mean**2).clip(0)) / 255
    return tuple(map(float, mean / 255)), tuple(map(float, deviation.clip(1e-3)))
