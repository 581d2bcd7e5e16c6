"""Records of anyone, as the course's code writes them: examples with `image` and `label`; the name of a file
says the split."""

import math
import os
from collections.abc import Collection

from archdsl.data import files
from archdsl.data.faults import DataError
from archdsl.data.images import SPLITS, ImageData, statistics
from archdsl.data.records import frames
from archdsl.data.records.shard import Shard, scan
from archdsl.data.records.stored import StoredImages
from archdsl.data.split import Split

# Words in the names of files, and the split that they say; the course calls the test evaluation.
_WORDS = {"train": "train", "eval": "test", "test": "test", "val": "validation", "dev": "validation"}


def found(folder: str) -> dict[str, list[str]]:
    """Find the files of records of anyone in a folder, by split, in the order of their names."""
    parts: dict[str, list[str]] = {}
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name = entry.name.lower()
        split = next((split for word, split in _WORDS.items() if word in name), None)
        if split and entry.is_file() and not name.startswith(".") and _has_a_frame(entry.path):
            parts.setdefault(split, []).append(entry.path)
    return parts


def _has_a_frame(path: str) -> bool:
    """Return whether a file begins as a file of records does; a compressed one is taken for one by its
    name."""
    import numpy as np

    name = os.path.basename(path).lower()
    if "tfrecord" in name:
        return True
    with open(path, "rb") as file:
        head = np.frombuffer(file.read(frames.HEAD), np.uint8)
    return len(head) == frames.HEAD and bool((head == frames.header(int(head[:8].view("<u8")[0]))).all())


def load(folder: str, parts: dict[str, list[str]], needed: Collection[str] = SPLITS) -> ImageData:
    """Open the records of anyone: examples with `image` and `label`; every one is read and its checksum
    compared.

    Without a size in them, images are read as the course writes them: square, channel by channel. Classes are
    the lines of `classes.txt`, or as many as the labels say.
    """
    splits = {name: _split(parts[name]) for name in SPLITS if name in parts and name in needed}
    if not splits:
        raise DataError(f"{folder} has records for {' and '.join(parts)} only")
    if len({split.shape for split in splits.values()}) > 1:
        raise DataError(f"{folder} has images of different sizes in its splits")
    classes = _classes(folder, splits)
    mean, deviation = statistics(next(iter(splits.values())))
    return ImageData(os.path.basename(os.path.abspath(folder)), classes, splits, mean, deviation, flip=True)


def _split(paths: list[str]) -> Split:
    shards: list[Shard] = []
    sizes = set()
    for path in paths:
        shard, count, size = scan(path)
        if len(shard.index):
            shards.append(shard)
            sizes.add(size or _square(count, path))
    if len(sizes) != 1:
        raise DataError(
            f"{paths[0]} "
            f"{'and the files beside it have images of different sizes' if sizes else 'has no records'}"
        )
    stored = StoredImages(shards, sizes.pop())
    note = f"the {len(stored.labels):,} records of {', '.join(map(os.path.basename, paths))}"
    return Split(stored, stored.labels, note, stored.starts)


def _square(count: int, path: str) -> tuple[int, int, int]:
    for depth in (3, 1):
        side = math.isqrt(count // depth)
        if count and side * side * depth == count:
            return side, side, depth
    raise DataError(
        f"{path} has images of {count:,} bytes, which is no square of 1 or 3 channels, and no height, "
        f"width and depth"
    )


def _classes(folder: str, splits: dict[str, Split]) -> tuple[str, ...]:
    path = os.path.join(folder, "classes.txt")
    lowest = min((int(split.labels.min(initial=0)) for split in splits.values()), default=0)
    number = 1 + max((int(split.labels.max(initial=0)) for split in splits.values()), default=0)
    if lowest < 0 or number > 1_000_000:
        raise DataError(
            f"{folder} has the label {lowest if lowest < 0 else number - 1:,}: labels count the classes "
            f"from 0"
        )
    if os.path.isfile(path):
        names = tuple(files.read(path).decode(errors="replace").split("\n"))
        names = tuple(name.strip() for name in names if name.strip())
        if len(names) < number:
            raise DataError(f"{path} names {len(names):,} classes, and the labels go to {number - 1:,}")
        return names
    return tuple(map(str, range(number)))
