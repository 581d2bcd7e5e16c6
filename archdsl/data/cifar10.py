"""CIFAR-10 from its official batches, binary or Python version, verified by MD5, in the course's split.

Batches 1-4 are for training (40,000 images), batch 5 for validation, the test batch for the test. An official
binary record is one label byte and 3,072 pixel bytes, channel by channel (Krizhevsky,
https://www.cs.toronto.edu/~kriz/cifar.html).
"""

import os
from typing import TYPE_CHECKING

from archdsl.data.faults import DataError
from archdsl.data.images import ImageData
from archdsl.data.split import Split
from archdsl.data.supply import Supply, forget

if TYPE_CHECKING:
    import numpy as np

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIZE = (32, 32, 3)
RECORD = 3_073
MEAN = (0.49139968, 0.48215841, 0.44653091)
DEVIATION = (0.24703223, 0.24348513, 0.26158784)
PARTIAL_TEST = "test_batch_first1017.bin"

MD5 = {
    "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
    "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
    "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
    "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
    "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
    "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
    PARTIAL_TEST: "6ac134a1c8e0e152e254c10d0fc92b6f",
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}

_FOLDERS = ("", "cifar-10-batches-bin", "cifar-10-batches-py")
ARCHIVES = {
    "cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530",
    "cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a",
}


def load(
    directory: str,
    needed: tuple[str, ...] = ("train", "validation", "test"),
    md5: dict[str, str] | None = None,
    altered: bool = False,
) -> ImageData:
    """Load the splits that are needed; raise DataError for a file that is missing or damaged.

    `md5` overrides the official checksums: for tests with stand-ins. A test batch that is not there is an
    error only where the test split is all that is needed. `altered` accepts files that are not the official
    ones.
    """
    if not os.path.isdir(directory):
        raise DataError(f"{directory} is not a folder: give the one that holds the batches of CIFAR-10")
    supply = Supply(directory, MD5 if md5 is None else md5, _FOLDERS, tuple(ARCHIVES), altered)
    suffix = _suffix(supply)
    splits = {}
    if "train" in needed:
        splits["train"] = _join(
            [_batch(supply, f"data_batch_{i}{suffix}") for i in range(1, 5)],
            "batches 1-4 of CIFAR-10",
            supply,
        )
    if "validation" in needed:
        splits["validation"] = _join([_batch(supply, f"data_batch_5{suffix}")], "batch 5 of CIFAR-10", supply)
    if "test" in needed:
        test = _test(supply, suffix)
        if test is None and needed == ("test",):
            raise DataError(f"{directory} holds no test batch: expected test_batch{suffix}")
        splits |= {"test": test} if test else {}
    forget()
    return ImageData("cifar10", CLASSES, splits, MEAN, DEVIATION, flip=True)


def _suffix(supply: Supply) -> str:
    """Recognise the binary version (`.bin`) from the Python version."""
    for suffix in (".bin", ""):
        if supply.holds(f"data_batch_1{suffix}"):
            return suffix
    raise DataError(
        f"{supply.directory} holds no batches of CIFAR-10: expected data_batch_1.bin (binary version), "
        f"data_batch_1 (Python version), "
        f"or the archive {' or '.join(ARCHIVES)}"
    )


def _batch(supply: Supply, name: str) -> "tuple[np.ndarray, np.ndarray]":
    return supply.read(name, binary if name.endswith(".bin") else pickled)


def binary(
    data: bytes, path: str, labels: int = 1, classes: int = len(CLASSES)
) -> "tuple[np.ndarray, np.ndarray]":
    """Read the binary version: images and labels, the last of `labels` label bytes; raise DataError where it
    is something else."""
    import numpy as np

    size = RECORD - 1 + labels
    if len(data) % size:
        raise DataError(f"{path} has {len(data):,} bytes, which is not a whole number of records of {size:,}")
    records = np.frombuffer(data, np.uint8).reshape(-1, size)
    return checked(records[:, labels:], records[:, labels - 1].astype(np.int64), path, classes)


def pickled(
    data: bytes, path: str, key: bytes = b"labels", classes: int = len(CLASSES)
) -> "tuple[np.ndarray, np.ndarray]":
    """Read the Python version: images and the labels of a key; raise DataError where it is something else."""
    import numpy as np

    from archdsl.data.pickles import read_batch

    batch = read_batch(data, path, key)
    try:
        labels, pixels = np.asarray(batch[key], np.int64).reshape(-1), np.asarray(batch[b"data"], np.uint8)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{path} is not a batch of CIFAR: {error}") from None
    return checked(pixels, labels, path, classes)


def checked(
    pixels: "np.ndarray", labels: "np.ndarray", path: str, classes: int
) -> "tuple[np.ndarray, np.ndarray]":
    """Return rows of pixels as images (n, 32, 32, 3) where they are such, with labels that fit."""
    if pixels.shape != (len(labels), RECORD - 1) or not len(labels):
        raise DataError(f"{path} does not hold images of 32x32x3: its pixels have the shape {pixels.shape}")
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(
            f"{path} has the label {max(labels.max(), -labels.min())}, and the classes are 0 to {classes - 1}"
        )
    return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels


def _join(batches: "list[tuple[np.ndarray, np.ndarray]]", note: str, supply: Supply) -> Split:
    import numpy as np

    images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return Split(images, labels, note + supply.note())


def _test(supply: Supply, suffix: str) -> Split | None:
    if supply.holds(f"test_batch{suffix}"):
        return _join([_batch(supply, f"test_batch{suffix}")], "the test batch of CIFAR-10", supply)
    if supply.holds(PARTIAL_TEST):
        return _join(
            [_batch(supply, PARTIAL_TEST)],
            "the first 1,017 test images of CIFAR-10 (not the official test)",
            supply,
        )
    return None
