"""The official batches of CIFAR-10, binary or Python -> a data set, every file verified.

The split is the one of the course: batches 1 to 4 train, batch 5 validates, the test batch tests.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from archdsl.data.dataset import DataError, Dataset, Facts, Split
from archdsl.data.inert_pickle import read_batch

if TYPE_CHECKING:
    from archdsl.data.dataset import Array

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FACTS = Facts("cifar10", "CIFAR-10 images", CLASSES, (32, 32), (3,), flip=True)

PIXELS = 3 * 32 * 32
_LARGEST = 64 * 1024 * 1024  # no official file is larger than 31 MB


@dataclass(frozen=True, slots=True)
class Batch:
    """One official file: its name, how many images it holds, its MD5."""

    file: str
    records: int
    md5: str


@dataclass(frozen=True, slots=True)
class Form:
    """One of the two published forms: its folder's name and its files; of `test` the first that is there counts."""

    kind: Literal["binary", "python"]
    folder: str
    train: tuple[Batch, ...]
    validation: Batch
    test: tuple[Batch, ...]

    @property
    def batches(self) -> tuple[Batch, ...]:
        """Give all files that may be there."""
        return (*self.train, self.validation, *self.test)


BINARY = Form(
    "binary",
    "cifar-10-batches-bin",
    (
        Batch("data_batch_1.bin", 10_000, "5dd7e06a14cb22eb9f671a540d1b7c25"),
        Batch("data_batch_2.bin", 10_000, "5ea93a67294ea407fff1d09f752e9692"),
        Batch("data_batch_3.bin", 10_000, "942cd6a4bcdd0dd3c604fbe906cb4421"),
        Batch("data_batch_4.bin", 10_000, "ae636b3ba5c66a11e91e8cb52e771fcb"),
    ),
    Batch("data_batch_5.bin", 10_000, "53f37980c15c3d472c316c40844f3f0d"),
    (
        Batch("test_batch.bin", 10_000, "803d5f7f4d78ea53de84dbe85f74fb6d"),
        Batch("test_batch_first1017.bin", 1_017, "6ac134a1c8e0e152e254c10d0fc92b6f"),
    ),
)
PYTHON = Form(
    "python",
    "cifar-10-batches-py",
    (
        Batch("data_batch_1", 10_000, "c99cafc152244af753f735de768cd75f"),
        Batch("data_batch_2", 10_000, "d4bba439e000b95fd0a9bffe97cbabec"),
        Batch("data_batch_3", 10_000, "54ebc095f3ab1f0389bbae665268c751"),
        Batch("data_batch_4", 10_000, "634d18415352ddfa80567beed471001a"),
    ),
    Batch("data_batch_5", 10_000, "482c414d41f54cd18b22e5b47cb7c3cb"),
    (Batch("test_batch", 10_000, "40351d587109b95175f43aff81a1287e"),),
)
FORMS = (BINARY, PYTHON)


def load(data_dir: str, splits: Sequence[str], forms: Sequence[Form] = FORMS) -> Dataset:
    """Read and verify splits from `data_dir`, which holds the files or one of the published folders.

    Images come out as `(n, 32, 32, 3)`. Raises DataError where a file is missing, cut short or not the published one.
    """
    form, folder = _find(data_dir, forms)
    chosen = {name: _batches(form, folder, name) for name in splits}
    made, files = {}, {}
    for name, batches in chosen.items():
        images, labels, digests = _read(form, folder, batches)
        made[name] = Split(name, _title(name, form, batches), images, labels)
        files.update(digests)
    return Dataset(FACTS, made, files)


def _find(data_dir: str, forms: Sequence[Form]) -> tuple[Form, str]:
    if not os.path.isdir(data_dir):
        raise DataError(f"{data_dir} is not a folder: --data-dir takes the folder with the batches of CIFAR-10")
    for form in forms:
        for folder in (data_dir, os.path.join(data_dir, form.folder)):
            if any(os.path.isfile(os.path.join(folder, batch.file)) for batch in form.batches):
                return form, folder
    names = " or ".join(f"{form.train[0].file} to {form.validation.file}" for form in forms)
    raise DataError(f"{data_dir} holds no batches of CIFAR-10: neither it nor a folder in it has {names}")


def _batches(form: Form, folder: str, split: str) -> tuple[Batch, ...]:
    """Choose the files of a split and make sure that they are there."""
    if split == "test":
        for batch in form.test:
            if os.path.isfile(os.path.join(folder, batch.file)):
                return (batch,)
        raise DataError(f"{os.path.join(folder, form.test[0].file)} is missing: it is the test split of CIFAR-10")
    batches = form.train if split == "train" else (form.validation,)
    for batch in batches:
        if not os.path.isfile(os.path.join(folder, batch.file)):
            raise DataError(f"{os.path.join(folder, batch.file)} is missing: it belongs to the {split} split of CIFAR-10")
    return batches


def _title(split: str, form: Form, batches: tuple[Batch, ...]) -> str:
    count = sum(batch.records for batch in batches)
    if split == "test" and batches[0] != form.test[0]:
        return f"first {count:,} test images"
    return f"{count:,} {'training' if split == 'train' else split} images"


def _read(form: Form, folder: str, batches: tuple[Batch, ...]) -> tuple["Array", "Array", dict[str, str]]:
    import numpy

    count = sum(batch.records for batch in batches)
    images = numpy.empty((count, 32, 32, 3), numpy.uint8)
    labels = numpy.empty(count, numpy.int32)
    at = 0
    for batch in batches:
        pixels, classes = _decode(form, batch, _verified(form, folder, batch))
        _check_labels(os.path.join(folder, batch.file), classes)
        to = at + batch.records
        images[at:to] = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)  # stored channel after channel
        labels[at:to] = classes
        at = to
    return images, labels, {batch.file: batch.md5 for batch in batches}


def _verified(form: Form, folder: str, batch: Batch) -> bytes:
    """Give the content of a file that is the published one, byte for byte."""
    path = os.path.join(folder, batch.file)
    try:
        size = os.path.getsize(path)
        if form.kind == "binary" and size != batch.records * (PIXELS + 1):
            raise DataError(f"{path} has {size:,} bytes instead of {batch.records * (PIXELS + 1):,}: it is damaged, unpack it again")
        if size > _LARGEST:
            raise DataError(f"{path} has {size:,} bytes: that is no batch of CIFAR-10")
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if digest != batch.md5:
        raise DataError(f"{path} is not the published file: its MD5 is {digest} instead of {batch.md5}")
    return content


def _decode(form: Form, batch: Batch, content: bytes) -> tuple["Array", "Array"]:
    import numpy

    if form.kind == "binary":
        records = numpy.frombuffer(content, numpy.uint8).reshape(batch.records, PIXELS + 1)
        return records[:, 1:], records[:, 0]
    try:
        pixels, labels = read_batch(content, PIXELS)
        if len(labels) != batch.records:
            raise DataError(f"it holds {len(labels):,} images instead of {batch.records:,}")
    except DataError as error:
        raise DataError(f"{batch.file} is refused: {error}") from error
    return numpy.frombuffer(pixels, numpy.uint8), numpy.array(labels, numpy.int64)


def _check_labels(path: str, labels: "Array") -> None:
    wrong = labels[(labels < 0) | (labels >= len(CLASSES))]
    if len(wrong):
        raise DataError(f"{path} holds the label {int(wrong[0])}: the labels of CIFAR-10 are 0 to {len(CLASSES) - 1}")
