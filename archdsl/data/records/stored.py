"""The images of a split that is kept in files of records, read when they are asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from archdsl.data.records.shard import Shard

if TYPE_CHECKING:
    import numpy as np


class StoredImages:
    """Reads like an array of uint8 of shape (count, height, width, channels)."""

    def __init__(self, shards: Sequence[Shard], size: tuple[int, int, int]) -> None:
        import numpy as np

        self.shards = tuple(shards)
        self.size = size
        self._ends = np.cumsum([len(shard.index) for shard in self.shards])

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of all images."""
        return (int(self._ends[-1]), *self.size)

    @property
    def starts(self) -> tuple[int, ...]:
        """Return the rows that the shards begin with."""
        return (0, *map(int, self._ends[:-1]))

    @property
    def labels(self) -> "np.ndarray":
        """Return the labels, as int64."""
        import numpy as np

        return np.concatenate([shard.labels for shard in self.shards])

    def __getitem__(self, rows: Any) -> "np.ndarray":
        """Read the images of these rows; raise DataError where a record is damaged."""
        import numpy as np

        rows = np.arange(self.shape[0])[rows]
        height, width, channels = self.size
        images = np.empty((len(rows), height, width, channels), np.uint8)
        numbers = np.searchsorted(self._ends, rows, "right")
        for number in np.unique(numbers):
            chosen = np.flatnonzero(numbers == number)
            pixels = self.shards[number].read(rows[chosen] - self.starts[number])
            planes = pixels.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
            if len(chosen) == len(rows):
                images[...] = planes
            else:
                images[chosen] = planes
        return images
