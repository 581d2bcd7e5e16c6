"""Images with labels, wherever they are kept: in memory, in records, in files; read in batches, in an order
by seed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from archdsl.data.order import order

if TYPE_CHECKING:
    import numpy as np

# Rows that are shuffled together where a split is read from shards. A constant, so that every machine has the
# same order.
WINDOW_BYTES = 256 * 2**20


class Images(Protocol):
    """Images that are read when they are asked for, as an array of uint8 is: `shape` is (count, height,
    width, channels)."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of all images."""

    def __getitem__(self, rows: Any) -> "np.ndarray":
        """Read the images of these rows (an array of int64, or a slice)."""


@dataclass(frozen=True, slots=True)
class Split:
    """Images as uint8 of shape (count, height, width, channels), labels as int64 of shape (count,); `note`
    says what they are.

    `images` is an array, or reads like one (`Images`). `starts` are the rows that shards begin with, where
    there are any.
    """

    images: "np.ndarray | Images"
    labels: "np.ndarray"
    note: str
    starts: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return height, width and channels of an image."""
        height, width, channels = self.images.shape[1:]
        return height, width, channels

    def counts(self, classes: int) -> list[int]:
        """Count the images of each class."""
        import numpy as np

        return [int(count) for count in np.bincount(self.labels, minlength=classes)]

    def limited(self, count: int) -> "Split":
        """Keep the first `count` images."""
        import numpy as np

        if count >= self.count:
            return self
        # Others are not read here.
        images = self.images[:count] if isinstance(self.images, np.ndarray) else self.images
        return Split(images, self.labels[:count], f"the first {count:,} of {self.note}", self.starts)

    def order(self, shuffle: int | None) -> "np.ndarray":
        """Return the rows of an epoch in the order of a seed, or as they are stored."""
        height, width, channels = self.shape
        return order(self.count, shuffle, self.starts, max(1, WINDOW_BYTES // (height * width * channels)))

    def batches(
        self, batch_size: int, shuffle: int | None = None, start: int = 0, part: tuple[int, int] = (0, 1)
    ) -> Any:
        """Return one pass as a `tf.data.Dataset` of (uint8 images [b, h, w, c], int64 labels [b]), read in
        parallel, in order.

        `shuffle` is the seed of the order (None: as stored); `start` is the first batch to give: nothing
        before it is read. `part` is (index, count): the rows index::count of each batch, for one of several
        processes; such a part of a short last batch may be empty. The same arguments give the same batches on
        any machine.
        """
        import tensorflow as tf

        index, count = part
        if batch_size < 1 or start < 0 or not 0 <= index < count:
            raise ValueError(f"no such batches: size {batch_size}, start {start}, part {part}")
        steps = -(-self.count // batch_size)
        read = self._reader(batch_size, shuffle, part)

        def load(step: Any) -> tuple[Any, Any]:
            images, labels = tf.numpy_function(read, [step], (tf.uint8, tf.int64))
            return tf.ensure_shape(images, [None, *self.shape]), tf.ensure_shape(labels, [None])

        steps_left = tf.data.Dataset.range(min(start, steps), steps)
        return steps_left.map(load, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)

    def _reader(
        self, batch_size: int, shuffle: int | None, part: tuple[int, int]
    ) -> "Callable[[int], tuple[np.ndarray, np.ndarray]]":
        rows = self.order(shuffle)
        index, count = part

        def read(step: int) -> "tuple[np.ndarray, np.ndarray]":
            chosen = rows[step * batch_size : (step + 1) * batch_size][index::count]
            return self.images[chosen], self.labels[chosen]

        return read
