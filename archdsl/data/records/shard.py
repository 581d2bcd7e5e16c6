"""One file of records: its index, its bytes (mapped, or decompressed), the images of some of its rows."""

import gzip
import io
import os
import zlib
from collections import defaultdict
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from archdsl.data import files
from archdsl.data.faults import DataError, reason
from archdsl.data.records import frames
from archdsl.data.records.examples import Decoded, decoded

if TYPE_CHECKING:
    import numpy as np

_GZIP = b"\x1f\x8b"
_MAPPED = 256
_OPEN = 16  # decompressed shards that are kept: those of a window, and the next
_LOCKS: dict[str, Lock] = defaultdict(Lock)  # batches are read in parallel; each shard is decompressed once


class Shard:
    """A file of records. `index` is (n, 3) of int64: where the data of a record begins, its length, its
    label."""

    def __init__(self, path: str, index: "np.ndarray") -> None:
        self.path = path
        self.index = index
        self._step = _step(index)

    @property
    def labels(self) -> "np.ndarray":
        """Return the labels, as int64."""
        return self.index[:, 2]

    def read(self, rows: "np.ndarray") -> "np.ndarray":
        """Read the pixels of some rows, (n, bytes of an image); raise DataError where one is damaged."""
        import numpy as np

        data = content(self.path)
        if self._step and len(data) == self._step * len(self.index):
            table = data.reshape(-1, self._step)[:, frames.HEAD :]
            return self._pixels(frames.intact(table[rows], self.path, rows), rows).pixels
        begins, lengths = self.index[rows, 0], self.index[rows, 1]
        pixels: np.ndarray | None = None
        for length in np.unique(lengths):
            chosen = np.flatnonzero(lengths == length)
            found = self._some(data, begins[chosen], int(length), rows[chosen])
            if len(chosen) == len(rows):
                return found.pixels
            pixels = np.empty((len(rows), found.pixels.shape[1]), np.uint8) if pixels is None else pixels
            pixels[chosen] = found.pixels
        return np.empty((0, 0), np.uint8) if pixels is None else pixels

    def _some(self, data: "np.ndarray", begins: "np.ndarray", length: int, rows: "np.ndarray") -> Decoded:
        if len(data) < begins.max() + length + frames.TAIL:
            raise DataError(f"{self.path} is cut short: it ends before record {rows[begins.argmax()]:,}")
        return self._pixels(frames.gathered(data, begins, length, self.path, rows), rows)

    def _pixels(self, examples: "np.ndarray", rows: "np.ndarray") -> Decoded:
        found = decoded(examples, self.path)
        if (found.labels != self.labels[rows]).any():
            raise DataError(
                f"{self.path} does not fit its index: write the records again with `archdsl data`"
            )
        return found


def _step(index: "np.ndarray") -> int:
    """Return the bytes of a frame where all have as many and follow each other; else 0."""
    import numpy as np

    step = int(index[0, 1]) + frames.HEAD + frames.TAIL if len(index) else 0
    return (
        step
        if (index[:, 0] == frames.HEAD + step * np.arange(len(index))).all()
        and (index[:, 1] == index[:1, 1]).all()
        else 0
    )


def scan(path: str) -> tuple[Shard, int, tuple[int, int, int] | None]:
    """Read a whole file: give it with its index, the bytes of an image and the size that the examples say; or
    raise DataError."""
    import numpy as np

    data = content(path)
    places = frames.offsets(data, path)
    labels = np.empty(len(places), np.int64)
    kinds = set()
    for length in np.unique(places[:, 1]):
        rows = np.flatnonzero(places[:, 1] == length)
        found = decoded(frames.gathered(data, places[rows, 0], int(length), path, rows), path)
        labels[rows] = found.labels
        kinds.add((found.pixels.shape[1], found.size))
    if len(kinds) > 1:
        raise DataError(
            f"{path} has images of different sizes: bring them to one with `archdsl data FOLDER --size HxW`"
        )
    count, size = kinds.pop() if kinds else (0, None)
    return Shard(path, np.column_stack([places, labels])), count, size


def content(path: str) -> "np.ndarray":
    """Return the bytes of a file of records, decompressed where it is compressed; raise DataError where that
    fails."""
    import numpy as np

    try:
        with open(path, "rb") as file:
            compressed = file.read(2) == _GZIP
        if compressed:
            with _LOCKS[path]:
                return _decompressed(path, os.stat(path).st_mtime_ns)
        state = os.stat(path)
        return _mapped(path, state.st_size, state.st_mtime_ns) if state.st_size else np.empty(0, np.uint8)
    except OSError as error:
        raise DataError(f"cannot read {path}: {reason(error)}") from None


@lru_cache(maxsize=_MAPPED)
def _mapped(path: str, *_: int) -> "np.ndarray":
    import numpy as np

    return np.asarray(np.memmap(path, np.uint8, "r"))


@lru_cache(maxsize=_OPEN)
def _decompressed(path: str, _: int) -> "np.ndarray":
    import numpy as np

    try:
        return np.frombuffer(gzip.GzipFile(fileobj=io.BytesIO(files.read(path))).read(), np.uint8)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged: {str(error).lower()}") from None
