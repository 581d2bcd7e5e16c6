"""Splits of images that nobody has split: by class, the same for every run."""

from typing import TYPE_CHECKING

from archdsl.data.faults import DataError

if TYPE_CHECKING:
    import numpy as np

_SEED = 1797
_TEST = _VALIDATION = 0.2  # of all, and of what the test leaves


def shares(labels: "np.ndarray", names: tuple[str, ...], test: bool = True) -> "dict[str, np.ndarray]":
    """Return the rows of each split: 64 % train, 16 % validation, 20 % test of every class; or 80 % and 20 %
    without a test.

    Raise DataError where a class has too few images for that.
    """
    import numpy as np
    from sklearn.model_selection import train_test_split

    counts = np.bincount(labels, minlength=len(names))
    if counts.min() < 5:
        few = int(counts.argmin())
        raise DataError(
            f"class {names[few]} has {counts[few]} images for training, and a split by class needs 5: add "
            f"some, or make the splits yourself"
        )
    rows, found = np.arange(len(labels)), {}
    if test:
        rows, found["test"] = train_test_split(rows, test_size=_TEST, random_state=_SEED, stratify=labels)
    train, validation = train_test_split(
        rows, test_size=_VALIDATION, random_state=_SEED, stratify=labels[rows]
    )
    return {"train": train, "validation": validation, **found}
