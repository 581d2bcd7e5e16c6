"""CIFAR-100 from its official files, binary or Python version: 100 fine classes, 50,000 training and 10,000
test images.

The last 10,000 training images are for validation. A binary record is a coarse label, a fine label and 3,072
pixel bytes (Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html).
"""

from functools import partial
from typing import TYPE_CHECKING

from archdsl.data import cifar10
from archdsl.data.faults import DataError
from archdsl.data.images import SPLITS, ImageData, statistics
from archdsl.data.official import held_out
from archdsl.data.pickles import read_names
from archdsl.data.split import Split
from archdsl.data.supply import Supply, forget

if TYPE_CHECKING:
    import numpy as np

CLASSES = 100
MD5 = {
    "train.bin": "6172c7755cfe09b2fe270c85cebc1b15",
    "test.bin": "4499cfba6c016c1be1438163640a0898",
    "train": "16019d7e3df5f24257cddd939b257f8d",
    "test": "f0ef6b0ae62326f3e7ffdfab6717acfc",
    "meta": "7973b15100ade9c7d40fb424638fde48",
}
ARCHIVES = {
    "cifar-100-binary.tar.gz": "03b5dce01913d631647c71ecec9e9cb8",
    "cifar-100-python.tar.gz": "eb9058c3a382ffc7106e4002c42a8d85",
}
_FOLDERS = ("", "cifar-100-binary", "cifar-100-python")


def load(
    directory: str, needed: tuple[str, ...] = SPLITS, md5: dict[str, str] | None = None, altered: bool = False
) -> ImageData:
    """Load the splits that are needed; raise DataError for a file that is missing or damaged. `md5` overrides
    the checksums."""
    supply = Supply(directory, MD5 if md5 is None else md5, _FOLDERS, tuple(ARCHIVES), altered)
    suffix = next((suffix for suffix in (".bin", "") if supply.holds(f"train{suffix}")), None)
    if suffix is None:
        raise DataError(
            f"{directory} holds no files of CIFAR-100: expected train.bin and test.bin (binary version), "
            f"train and test (Python version), "
            f"or the archive {' or '.join(ARCHIVES)}"
        )
    parse = (
        partial(cifar10.binary, labels=2, classes=CLASSES)
        if suffix
        else partial(cifar10.pickled, key=b"fine_labels", classes=CLASSES)
    )
    train = _split(supply.read(f"train{suffix}", parse), "training images of CIFAR-100", supply)
    splits = held_out(train, 10_000)
    if "test" in needed:
        splits["test"] = _split(supply.read(f"test{suffix}", parse), "test images of CIFAR-100", supply)
    names = _names(supply)
    forget()
    mean, deviation = statistics(splits["train"])
    return ImageData(
        "cifar100",
        names,
        {name: splits[name] for name in SPLITS if name in needed and name in splits},
        mean,
        deviation,
        True,
    )


def _split(read: "tuple[np.ndarray, np.ndarray]", what: str, supply: Supply) -> Split:
    import numpy as np

    images, labels = read
    return Split(np.ascontiguousarray(images), labels, f"the {len(labels):,} {what}{supply.note()}")


def _names(supply: Supply) -> tuple[str, ...]:
    """Read the names of the classes, which are beside the images; numbers where they are not."""
    names: tuple[str, ...] = ()
    if supply.holds("fine_label_names.txt"):
        names = supply.read(
            "fine_label_names.txt", lambda data, _: tuple(data.decode(errors="replace").split())
        )
    elif supply.holds("meta"):
        names = supply.read("meta", lambda data, path: read_names(data, path, b"fine_label_names"))
    return names if len(names) == CLASSES else tuple(map(str, range(CLASSES)))
