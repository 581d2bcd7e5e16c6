"""Images and labels -> frames of examples: a template per shape, filled in for many images at once.

An example has the course's features `image` (the bytes, channel by channel) and `label`, and `height`,
`width`, `depth`. Two examples of a shape differ in image and label alone, and in length where a label needs
another number of bytes.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from archdsl.data.records import frames, wire
from archdsl.data.records.examples import Layout, layout

if TYPE_CHECKING:
    import numpy as np


def framed(images: "np.ndarray", labels: "np.ndarray") -> "list[tuple[np.ndarray, np.ndarray]]":
    """Write images (n, h, w, c) of uint8 with labels: row numbers and their frames, (rows, bytes), for each
    length of a frame."""
    import numpy as np

    sizes = np.searchsorted(128 ** np.arange(1, 9), labels, "right") + 1  # bytes of a label
    found = []
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        whole = len(rows) == len(labels)
        found.append(
            (rows, _frames(images if whole else images[rows], labels if whole else labels[rows], int(size)))
        )
    return found


def _frames(images: "np.ndarray", labels: "np.ndarray", size: int) -> "np.ndarray":
    import numpy as np

    count, height, width, depth = images.shape
    template, places = _template(height, width, depth, size)
    begin, end = (frames.HEAD + place for place in places.image)
    rows = np.empty((count, len(template)), np.uint8)
    rows[:, :begin], rows[:, end:] = template[:begin], template[end:]
    strides = (len(template), height * width, width, 1)
    np.lib.stride_tricks.as_strided(rows[:, begin:end], (count, depth, height, width), strides)[...] = (
        images.transpose(0, 3, 1, 2)
    )
    for i in range(size):  # the groups of 7 bits of the label
        rows[:, frames.HEAD + places.label[0] + i] = labels >> 7 * i & 0x7F | (0x80 if i < size - 1 else 0)
    rows[:, -frames.TAIL :] = (
        frames.checksums(rows[:, frames.HEAD : -frames.TAIL])
        .astype("<u4")
        .view(np.uint8)
        .reshape(count, frames.TAIL)
    )
    return rows


@lru_cache(maxsize=64)
def _template(height: int, width: int, depth: int, size: int) -> "tuple[np.ndarray, Layout]":
    """Return the frame of a black image with a label of so many bytes, without its last checksum, and the
    places in its example."""
    import numpy as np

    black = bytes(height * width * depth)
    label = 128 ** (size - 1) if size > 1 else 0
    example = wire.example({"image": black, "label": label, "height": height, "width": width, "depth": depth})
    parts = (frames.header(len(example)), np.frombuffer(example, np.uint8), np.zeros(frames.TAIL, np.uint8))
    return np.concatenate(parts), layout(example)
