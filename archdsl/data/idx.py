"""MNIST and Fashion-MNIST from their IDX files, compressed or not: 60,000 training and 10,000 test images of
28x28x1.

The last 10,000 training images are for validation. IDX is a magic number (00 00, type, axes), the length of
each axis as a big-endian uint32, and the values (LeCun, Cortes, Burges; Xiao, Rasul, Vollgraf 2017,
arXiv:1708.07747).
"""

import gzip
import math
import zlib
from typing import TYPE_CHECKING

from archdsl.data.faults import DataError
from archdsl.data.images import SPLITS, ImageData, statistics
from archdsl.data.official import held_out
from archdsl.data.split import Split
from archdsl.data.supply import Supply

if TYPE_CHECKING:
    import numpy as np

SIZE = (28, 28, 1)
CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion-mnist": (
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
}
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
MD5 = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    },
    "fashion-mnist": {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
}
_FOLDERS = {"mnist": ("", "MNIST/raw", "mnist"), "fashion-mnist": ("", "FashionMNIST/raw", "fashion-mnist")}


def load(
    name: str,
    directory: str,
    needed: tuple[str, ...] = SPLITS,
    md5: dict[str, str] | None = None,
    altered: bool = False,
) -> ImageData:
    """Load the splits that are needed; raise DataError for a file that is missing or damaged. `md5` overrides
    the checksums."""
    supply = Supply(directory, MD5[name] if md5 is None else md5, _FOLDERS[name], (), altered)
    if not any(supply.holds(FILES["train"][0] + ending) for ending in (".gz", "")):
        raise DataError(
            f"{directory} holds no files of {name}: expected {FILES['train'][0]}.gz and the three beside it"
        )
    splits = held_out(_split(supply, name, "train"), 10_000)
    if "test" in needed:
        splits["test"] = _split(supply, name, "test")
    mean, deviation = statistics(splits["train"])
    chosen = {split: splits[split] for split in SPLITS if split in needed}
    return ImageData(name, CLASSES[name], chosen, mean, deviation, flip=name == "fashion-mnist")


def _split(supply: Supply, name: str, split: str) -> Split:
    import numpy as np

    images, labels = (_array(supply, file, axes) for file, axes in zip(FILES[split], (3, 1), strict=True))
    if len(images) != len(labels) or not len(labels):
        raise DataError(
            f"{supply.directory} has {len(images):,} images and {len(labels):,} labels in the files of "
            f"{name} for {split}"
        )
    if labels.max() >= len(CLASSES[name]):
        raise DataError(
            f"{supply.directory} has the label {labels.max()} in {FILES[split][1]}, and {name} has the "
            f"classes 0 to 9"
        )
    what = "training" if split == "train" else "test"
    return Split(
        images[..., None],
        labels.astype(np.int64),
        f"the {len(labels):,} {what} images of {name}{supply.note()}",
    )


def _array(supply: Supply, file: str, axes: int) -> "np.ndarray":
    for ending in (".gz", ""):
        if supply.holds(file + ending):
            return supply.read(file + ending, lambda data, path: parsed(data, path, axes))
    raise DataError(f"cannot read {file}.gz in {supply.directory}: no such file or directory")


def parsed(data: bytes, path: str, axes: int) -> "np.ndarray":
    """Read an IDX file of uint8 with so many axes, compressed or not; raise DataError where it is something
    else."""
    import numpy as np

    try:
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged: {str(error).lower()}") from None
    head = 4 + 4 * axes
    if data[:4] != bytes((0, 0, 8, axes)) or len(data) < head:
        raise DataError(f"{path} is no IDX file of bytes with {axes} {'axis' if axes == 1 else 'axes'}")
    shape = tuple(int(n) for n in np.frombuffer(data[4:head], ">u4"))
    if len(data) - head != math.prod(shape):
        raise DataError(
            f"{path} is cut short or too long: it has {len(data) - head:,} values for "
            f"{'x'.join(map(str, shape))}"
        )
    return np.frombuffer(data, np.uint8, offset=head).reshape(shape)
