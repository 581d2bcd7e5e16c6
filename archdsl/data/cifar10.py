"""CIFAR-10 from its official batches, binary or Python version, verified by MD5, in the course's split.

Batches 1-4 are for training (40,000 images), batch 5 for validation, the test batch for the test. An official binary
record is one label byte and 3,072 pixel bytes, channel by channel (Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html).
"""

import hashlib
import os
from typing import TYPE_CHECKING, Any

from archdsl.data.images import DataError, ImageData
from archdsl.data.split import Split

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


def load(directory: str, needed: tuple[str, ...] = ("train", "validation", "test"), md5: dict[str, str] | None = None) -> ImageData:
    """Load the splits that are needed; raise DataError for a file that is missing or damaged.

    `md5` overrides the official checksums: for tests with stand-ins. A test batch that is not there is an error only
    where the test split is all that is needed.
    """
    sums = MD5 if md5 is None else md5
    folder, suffix = _find(directory)
    splits = {}
    if "train" in needed:
        splits["train"] = _join([_batch(folder, f"data_batch_{i}{suffix}", sums) for i in range(1, 5)], "batches 1-4 of CIFAR-10")
    if "validation" in needed:
        splits["validation"] = _join([_batch(folder, f"data_batch_5{suffix}", sums)], "batch 5 of CIFAR-10")
    if "test" in needed:
        test = _test(folder, suffix, sums)
        if test is None and needed == ("test",):
            raise DataError(f"{folder} holds no test batch: expected test_batch{suffix}")
        splits |= {"test": test} if test else {}
    return ImageData("cifar10", CLASSES, splits, MEAN, DEVIATION, flip=True)


def _find(directory: str) -> tuple[str, str]:
    """Find the folder that holds the batches, and their suffix."""
    if not os.path.isdir(directory):
        raise DataError(f"{directory} is not a folder: give the one that holds the batches of CIFAR-10 with --data-dir")
    for name in _FOLDERS:
        folder = os.path.join(directory, name) if name else directory
        for suffix in (".bin", ""):
            if os.path.isfile(os.path.join(folder, f"data_batch_1{suffix}")):
                return folder, suffix
    raise DataError(
        f"{directory} holds no batches of CIFAR-10: expected data_batch_1.bin (binary version) or data_batch_1 (Python version)"
    )


def _read(folder: str, name: str, sums: dict[str, str]) -> bytes:
    path = os.path.join(folder, name)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise DataError(f"cannot read {path}: {(error.strerror or 'unknown error').lower()}") from None
    found = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if name in sums and found != sums[name]:
        raise DataError(f"{path} is damaged or not the official file: its MD5 is {found}, expected {sums[name]}")
    return data


def _batch(folder: str, name: str, sums: dict[str, str]) -> "tuple[np.ndarray, np.ndarray]":
    import numpy as np

    data = _read(folder, name, sums)
    path = os.path.join(folder, name)
    if name.endswith(".bin"):
        if len(data) % RECORD:
            raise DataError(f"{path} has {len(data):,} bytes, which is not a whole number of records of {RECORD:,}")
        records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
        labels, pixels = records[:, 0].astype(np.int64), records[:, 1:]
    else:
        from archdsl.data.pickles import read_batch

        batch = read_batch(data, path)
        labels, pixels = _arrays(batch, path)
    if pixels.shape != (len(labels), RECORD - 1) or not len(labels):
        raise DataError(f"{path} does not hold images of 32x32x3: its pixels have the shape {pixels.shape}")
    if labels.min() < 0 or labels.max() >= len(CLASSES):
        raise DataError(f"{path} has the label {max(labels.max(), -labels.min())}, and CIFAR-10 has the classes 0 to 9")
    return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels


def _arrays(batch: dict[bytes, Any], path: str) -> "tuple[np.ndarray, np.ndarray]":
    import numpy as np

    try:
        return np.asarray(batch[b"labels"], np.int64).reshape(-1), np.asarray(batch[b"data"], np.uint8)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{path} is not a CIFAR-10 batch: {error}") from None


def _join(batches: "list[tuple[np.ndarray, np.ndarray]]", note: str) -> Split:
    import numpy as np

    return Split(np.concatenate([images for images, _ in batches]), np.concatenate([labels for _, labels in batches]), note)


def _test(folder: str, suffix: str, sums: dict[str, str]) -> Split | None:
    if os.path.isfile(os.path.join(folder, f"test_batch{suffix}")):
        return _join([_batch(folder, f"test_batch{suffix}", sums)], "the test batch of CIFAR-10")
    if os.path.isfile(os.path.join(folder, PARTIAL_TEST)):
        return _join([_batch(folder, PARTIAL_TEST, sums)], "the first 1,017 test images of CIFAR-10 (not the official test)")
    return None
