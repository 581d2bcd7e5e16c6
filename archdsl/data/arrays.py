"""An `.npz` file of arrays -> splits: `x_train`, `y_train`, `x_val`, …, or `images` and `labels`, which are
split by class."""

import os
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from archdsl.data.faults import DataError, reason
from archdsl.data.images import SPLITS, ImageData, statistics
from archdsl.data.shares import shares
from archdsl.data.split import Split

if TYPE_CHECKING:
    import numpy as np

_WORDS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}
_IMAGES, _LABELS = ("x", "images", "data"), ("y", "labels", "label", "targets")


def load(path: str, needed: tuple[str, ...] = SPLITS) -> ImageData:
    """Load an `.npz` file; raise DataError where it is damaged or holds no images of 8 bits with labels."""
    arrays = _arrays(path)
    names = {name.lower(): name for name in arrays}
    parts = {split: found for split, words in _WORDS.items() if (found := _part(arrays, names, words))}
    parts = parts or {"train": _whole(arrays, names, path)}
    pairs = {
        split: (_images(arrays[x], f"{path}:{x}"), _labels(arrays[y], f"{path}:{y}"))
        for split, (x, y) in parts.items()
    }
    if "train" not in pairs:
        raise DataError(f"{path} has images for {' and '.join(pairs)} only: add x_train and y_train")
    for split, (images, labels) in pairs.items():
        if len(images) != len(labels) or not len(labels):
            raise DataError(
                f"{path} has {len(images):,} images and {len(labels):,} labels for {split}: each image needs "
                f"one label"
            )
    _refuse_mixed({split: images.shape[1:] for split, (images, _) in pairs.items()}, path)
    classes = _classes(arrays, names, pairs, path)
    splits = _splits(pairs, classes, path)
    mean, deviation = statistics(splits["train"])
    chosen = {split: splits[split] for split in SPLITS if split in splits and split in needed}
    return ImageData(os.path.basename(path).removesuffix(".npz"), classes, chosen, mean, deviation, flip=True)


def _arrays(path: str) -> "dict[str, np.ndarray]":
    import numpy as np

    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except OSError as error:
        raise DataError(f"cannot read {path}: {reason(error)}") from None
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
    ) as error:
        raise DataError(_unread(path, str(error))) from None


def _unread(path: str, said: str) -> str:
    """Say why NumPy does not read a file, without its advice to unpickle."""
    if "allow_pickle" not in said:
        return f"{path} is no .npz file of plain arrays, or it is damaged: {said.splitlines()[0].lower()}"
    if "Object arrays" in said:
        return (
            f"{path} has arrays of Python objects, which are not read since they could execute code: save "
            f"images as uint8 and labels as integers"
        )
    return f"{path} is no .npz file: write one with `numpy.savez(FILE, x_train=..., y_train=...)`"


def _part(arrays: Any, names: dict[str, str], words: tuple[str, ...]) -> tuple[str, str] | None:
    def find(kinds: tuple[str, ...]) -> str | None:
        forms = (f for word in words for kind in kinds for f in (f"{kind}_{word}", f"{word}_{kind}"))
        return next((names[form] for form in forms if form in names), None)

    x, y = find(_IMAGES), find(_LABELS)
    return (x, y) if x and y else None


def _whole(arrays: Any, names: dict[str, str], path: str) -> tuple[str, str]:
    x, y = (next((names[kind] for kind in kinds if kind in names), None) for kinds in (_IMAGES, _LABELS))
    if x is None or y is None:
        raise DataError(
            f"{path} holds {', '.join(arrays) or 'nothing'}: expected x_train, y_train, x_test, y_test, "
            f"or images and labels"
        )
    return x, y


def _images(array: "np.ndarray", place: str) -> "np.ndarray":
    import numpy as np

    if array.ndim == 3:
        array = array[..., None]
    if array.ndim == 4 and array.shape[1] in (1, 3) and array.shape[-1] not in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    if array.ndim != 4 or array.shape[-1] not in (1, 3):
        raise DataError(
            f"{place} has the shape {array.shape}: expected (images, height, width) or (images, height, "
            f"width, 1 or 3 channels)"
        )
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "iuf" or not array.size:
        raise DataError(
            f"{place} has {array.size:,} values of type {array.dtype}: expected pixels of 0 to 255, or of 0 "
            f"to 1"
        )
    if bad := int(array.size - np.isfinite(array).sum()):
        raise DataError(f"{place} has {bad:,} values that are not finite (NaN or infinite): replace them")
    scale = 255 if array.dtype.kind == "f" and array.max() <= 1 else 1
    if array.min() < 0 or array.max() * scale > 255:
        raise DataError(
            f"{place} has values from {array.min():g} to {array.max():g}: expected pixels of 0 to "
            f"255, or "
            f"of 0 to 1"
        )
    pixels: np.ndarray = np.rint(array * scale).astype(np.uint8)
    return pixels


def _labels(array: "np.ndarray", place: str) -> "np.ndarray":
    import numpy as np

    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim != 1 or flat.dtype.kind not in "iu":
        advice = "; save the place of each 1: `labels.argmax(1)`" if _one_hot(array) else ""
        raise DataError(
            f"{place} is of type {array.dtype} and shape {array.shape}: expected one whole number for "
            f"each image{advice}"
        )
    if len(flat) and (flat.min() < 0 or flat.max() > 1_000_000):
        raise DataError(
            f"{place} has labels from {flat.min()} to {flat.max()}: labels count the classes from 0"
        )
    labels: np.ndarray = flat.astype(np.int64)
    return labels


def _one_hot(array: "np.ndarray") -> bool:
    """Return whether labels are rows of zeros with a single 1."""
    two = array.ndim == 2 and array.dtype.kind in "iufb"
    return bool(two and ((array == 0) | (array == 1)).all() and (array.sum(1) == 1).all())


def _refuse_mixed(shapes: dict[str, tuple[int, ...]], path: str) -> None:
    """Raise DataError where the images of a split have another size than those for training."""
    for split, shape in shapes.items():
        if shape != shapes["train"]:
            found, expected = ("x".join(map(str, one)) for one in (shape, shapes["train"]))
            raise DataError(
                f"{path} has images of {found} for {split} and of {expected} for training: bring them to one "
                f"size"
            )


def _classes(arrays: Any, names: dict[str, str], pairs: Any, path: str) -> tuple[str, ...]:
    number = 1 + max(int(labels.max()) for _, labels in pairs.values())
    if "classes" not in names:
        return tuple(map(str, range(number)))
    classes = tuple(map(str, arrays[names["classes"]].reshape(-1)))
    if len(classes) < number:
        raise DataError(f"{path} names {len(classes)} classes, and the labels go to {number - 1}")
    return classes


def _splits(pairs: Any, classes: tuple[str, ...], path: str) -> dict[str, Split]:
    if "validation" not in pairs:
        images, labels = pairs["train"]
        rows = shares(labels, classes, "test" not in pairs)
        pairs = {**pairs, **{split: (images[chosen], labels[chosen]) for split, chosen in rows.items()}}
    return {
        split: Split(images, labels, f"{len(labels):,} images of {path}")
        for split, (images, labels) in pairs.items()
    }
