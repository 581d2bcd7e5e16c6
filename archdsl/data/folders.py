"""A folder of class folders of image files -> splits; folders `train`, `validation` and `test` above them are
these."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archdsl.data.faults import DataError, needs, reason
from archdsl.data.images import SPLITS, ImageData, statistics
from archdsl.data.resize import resized
from archdsl.data.shares import shares
from archdsl.data.split import Split

if TYPE_CHECKING:
    import numpy as np

_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
_MOST_PIXELS = 2**28  # of one file: what Pillow itself warns of a little above


@dataclass(frozen=True, slots=True)
class FileImages:
    """Reads image files like an array of uint8 of shape (count, *size), brought to `size` by a rule."""

    paths: "np.ndarray"
    size: tuple[int, int, int]
    rule: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of all images."""
        return (len(self.paths), *self.size)

    def __getitem__(self, rows: Any) -> "np.ndarray":
        """Read these files; raise DataError for the first that is no image."""
        import numpy as np

        chosen = self.paths[rows]
        images = np.empty((len(chosen), *self.size), np.uint8)
        for target, path in zip(images, chosen, strict=True):
            target[:] = resized(_opened(path), self.size, self.rule)
        return images


def _opened(path: str) -> Any:
    """Open an image file, upright and with 8 bits per channel."""
    with needs("records"):
        from PIL import Image, ImageOps
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise DataError(
                    f"{path} has {picture.width:,} x {picture.height:,} pixels, which is too many for "
                    f"one "
                    f"image"
                )
            picture.load()
            deep = picture.mode.startswith("I;16")
            return ImageOps.exif_transpose(
                picture.point(lambda value: value / 256).convert("L") if deep else picture
            )
    except DataError:
        raise
    except OSError as error:
        raise DataError(f"{path} is no image that can be read: {reason(error)}") from None
    except Exception as error:  # each of Pillow's many readers fails in its own way
        raise DataError(f"{path} is no image that can be read: {str(error).lower()}") from None


def is_tree(folder: str) -> bool:
    """Return whether a folder has folders that could be classes or splits."""
    return bool(_folders(folder))


def load(
    folder: str, size: tuple[int, int, int] | None, rule: str, needed: tuple[str, ...] = SPLITS
) -> ImageData:
    """Open a tree of image files in a size (None: the size that all of them have); raise DataError where it
    is none."""
    import numpy as np

    trees = _trees(folder)
    classes = _classes(trees)
    listed = {split: _listed(path, classes) for split, path in trees.items()}
    parts = {split: (paths, labels) for split, (paths, labels) in listed.items()}
    if "validation" not in parts:
        paths, labels = parts["train"]
        rows = shares(labels, classes, "test" not in parts)
        parts |= {split: (paths[chosen], labels[chosen]) for split, chosen in rows.items()}
    size = size or _size(folder, np.concatenate([paths for paths, _ in parts.values()]))
    splits = {
        split: Split(
            FileImages(paths, size, rule),
            labels,
            f"{len(labels):,} images of {folder} (to {'x'.join(map(str, size))}: {rule})",
        )
        for split, (paths, labels) in parts.items()
    }
    mean, deviation = statistics(splits["train"])
    chosen_splits = {split: splits[split] for split in SPLITS if split in needed and split in splits}
    return ImageData(
        os.path.basename(os.path.abspath(folder)), classes, chosen_splits, mean, deviation, flip=True
    )


def _trees(folder: str) -> dict[str, str]:
    """Return the folder of each split; a folder without splits is all for training."""
    found = {
        _SPLITS[name.lower()]: os.path.join(folder, name)
        for name in _folders(folder)
        if name.lower() in _SPLITS
    }
    if not found:
        return {"train": folder}
    if "train" not in found:
        raise DataError(
            f"{folder} has a folder for {' and '.join(found)}, and none for training: add `train`"
        )
    return found


def _folders(folder: str) -> list[str]:
    try:
        return sorted(
            entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith(".")
        )
    except OSError as error:
        raise DataError(f"cannot read {folder}: {reason(error)}") from None


def _classes(trees: dict[str, str]) -> tuple[str, ...]:
    classes = tuple(_folders(trees["train"]))
    if len(classes) < 2:
        raise DataError(
            f"{trees['train']} has {len(classes)} class folders: one folder of images for each of at "
            f"least 2 classes is expected"
        )
    for path in trees.values():
        unknown = [name for name in _folders(path) if name not in classes]
        if unknown:
            raise DataError(f"{path} has the class {unknown[0]}, which {trees['train']} has not")
    return classes


def _listed(folder: str, classes: tuple[str, ...]) -> "tuple[np.ndarray, np.ndarray]":
    """List the image files below each class folder, by name, with their labels; what no ending says to be an
    image is left out."""
    import numpy as np

    with needs("records"):
        from PIL import Image
    endings = tuple(Image.registered_extensions())
    paths: list[str] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        own = [
            os.path.join(where, file)
            for where, _, files in sorted(os.walk(os.path.join(folder, name)))
            for file in sorted(files)
            if file.lower().endswith(endings) and not file.startswith(".")
        ]
        paths += own
        labels += [label] * len(own)
    if not paths:
        raise DataError(f"{folder} has no images in its class folders")
    return np.array(paths), np.array(labels, np.int64)


def _size(folder: str, paths: "np.ndarray") -> tuple[int, int, int]:
    """Return the size that all images have; raise DataError where they differ."""
    found = set()
    grey = True
    for path in paths:
        picture = _opened(path)
        found.add(picture.size)
        grey = grey and picture.mode in ("1", "L")
        if len(found) > 1:
            raise DataError(
                f"the images of {folder} have different sizes: say one with --size, like --size 64x64"
            )
    width, height = found.pop()
    return height, width, 1 if grey else 3
