"""Rows of examples -> images and labels, all at once where their bytes differ in image and label alone."""

from typing import TYPE_CHECKING, NamedTuple

from archdsl.data.faults import DataError
from archdsl.data.records import wire

if TYPE_CHECKING:
    import numpy as np

_MOST_LAYOUTS = 64  # a file whose examples differ in more ways than these is read one by one


class Layout(NamedTuple):
    """Where an example of one length has its image (begin, end) and its label; `size` is (height, width,
    depth) where it says so."""

    image: tuple[int, int]
    label: tuple[int, int]
    size: tuple[int, int, int] | None


def layout(data: bytes) -> Layout:
    """Find image and label in an example; raise Malformed where it has none."""
    found = wire.features(data)
    image, label = found.get("image"), found.get("label")
    if image is None or image.number is not None or label is None or label.number is None:
        raise wire.Malformed
    sizes = [found[name].number for name in ("height", "width", "depth") if name in found]
    size = None if len(sizes) < 3 else (int(sizes[0] or 0), int(sizes[1] or 0), int(sizes[2] or 0))
    return Layout((image.begin, image.end), (label.begin, label.end), size)


class Decoded(NamedTuple):
    """Images as rows of bytes, labels, and the size that the examples give."""

    pixels: "np.ndarray"
    labels: "np.ndarray"
    size: tuple[int, int, int] | None


def decoded(rows: "np.ndarray", place: str) -> Decoded:
    """Read examples of one length; raise DataError where one is no image with a label, or of another size
    than the first."""
    import numpy as np

    first = _layout(rows[0].tobytes(), place)
    if _alike(rows, rows[0], first).all():  # nothing is copied
        return Decoded(rows[:, slice(*first.image)], _numbers(rows[:, slice(*first.label)]), first.size)
    pixels = np.empty((len(rows), first.image[1] - first.image[0]), np.uint8)
    labels = np.empty(len(rows), np.int64)
    left = np.arange(len(rows))
    for _ in range(_MOST_LAYOUTS):
        example = rows[left[0]]
        places = _layout(example.tobytes(), place)
        if (places.image[1] - places.image[0], places.size) != (pixels.shape[1], first.size):
            raise DataError(
                f"{place} has images of different sizes: bring them to one with `archdsl data FOLDER "
                f"--size HxW`"
            )
        same = _alike(rows if len(left) == len(rows) else rows[left], example, places)
        chosen = left[same]
        pixels[chosen] = rows[chosen, slice(*places.image)]
        labels[chosen] = _numbers(rows[chosen, slice(*places.label)])
        left = left[~same]
        if not len(left):
            return Decoded(pixels, labels, first.size)
    raise DataError(
        f"{place} has examples written in more than {_MOST_LAYOUTS} ways: no writer of images with "
        f"labels "
        f"does that"
    )


def _layout(data: bytes, place: str) -> Layout:
    try:
        return layout(data)
    except wire.Malformed:
        raise DataError(
            f"{place} does not hold `tf.train.Example`s with one `image` (bytes) and one `label` (int64) "
            f"each, as the course writes them"
        ) from None


def _alike(rows: "np.ndarray", example: "np.ndarray", places: Layout) -> "np.ndarray":
    """Return which rows have the bytes of an example around its image and label, and a label of as many
    bytes."""
    import numpy as np

    fixed = np.ones(len(example), bool)
    for begin, end in (places.image, places.label):
        fixed[begin:end] = False
    columns = np.flatnonzero(fixed)
    same: np.ndarray = (rows[:, columns] == example[columns]).all(1)
    begin, end = places.label
    alike: np.ndarray = same & ((rows[:, begin:end] & 0x80) == (example[begin:end] & 0x80)).all(1)
    return alike


def _numbers(groups: "np.ndarray") -> "np.ndarray":
    import numpy as np

    values = np.zeros(len(groups), np.uint64)
    for i in range(groups.shape[1]):
        values |= (groups[:, i] & 0x7F).astype(np.uint64) << np.uint64(7 * i)
    return values.astype(np.int64)
