"""scikit-learn's handwritten digits -> a data set: 1,797 images of 8x8, resized; nothing is downloaded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archdsl.data.dataset import DataError, Dataset, Facts, Split

if TYPE_CHECKING:
    from archdsl.data.dataset import Array

FACTS = Facts("digits", "handwritten digits", tuple("0123456789"), None, (1, 3), flip=False)

_BRIGHTEST = 16  # the pixels of the source are counts of 0 to 16
_LARGEST = 512


def load(shape: tuple[int, ...], splits: Sequence[str]) -> Dataset:
    """Give the digits as images of `shape`: 1,197 to train, 300 to validate, 300 to test, each class in its proportion."""
    if max(shape[:2]) > _LARGEST:
        raise DataError(f"the digits are 8x8: enlarging them to {shape[0]}x{shape[1]} is more than archdsl does ({_LARGEST}x{_LARGEST})")
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    source = load_digits()
    # The split is the same for everyone and for ever; the seed of a run does not touch it.
    rest, test = train_test_split(range(len(source.target)), test_size=300, stratify=source.target, random_state=0)
    train, validation = train_test_split(rest, test_size=300, stratify=source.target[rest], random_state=0)
    parts = {"train": train, "validation": validation, "test": test}
    made = {}
    for name in splits:
        ids = sorted(parts[name]) if name != "train" else parts[name]
        title = f"{len(ids):,} {'training' if name == 'train' else name} digits"
        made[name] = Split(name, title, _resize(source.images[ids], shape), source.target[ids].astype("int32"))
    return Dataset(FACTS, made, {})


def _resize(images: "Array", shape: tuple[int, ...]) -> "Array":
    """Enlarge `(n, 8, 8)` linearly to `(n, *shape)` bytes; grey is repeated over the channels."""
    from scipy.ndimage import zoom

    height, width, channels = shape
    scale = (1, height / images.shape[1], width / images.shape[2])
    enlarged = zoom(images * (255 / _BRIGHTEST), scale, order=1, mode="nearest", grid_mode=True)
    return enlarged.round().astype("uint8")[..., None].repeat(channels, axis=-1)
