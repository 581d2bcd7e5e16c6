"""Data sources -> data sets: one entry per source; what they give is checked against the network before it is read."""

from collections.abc import Sequence

from archdsl.data import cifar10, digits
from archdsl.data.dataset import SPLITS, DataError, Dataset, Facts, check_fit

__all__ = ["SOURCES", "SPLITS", "DataError", "Dataset", "Facts", "check_fit", "load"]

SOURCES = {facts.name: facts for facts in (digits.FACTS, cifar10.FACTS)}


def load(name: str, shape: tuple[int, ...], data_dir: str | None = None, splits: Sequence[str] = SPLITS) -> Dataset:
    """Read and verify splits of a data source for a network whose input is `shape` (height, width, channels).

    Raises DataError with one sentence where files are missing, damaged or not what they should be.
    """
    if name == digits.FACTS.name:
        return digits.load(shape, splits)
    if data_dir is None:
        raise DataError(f"--data {name} needs --data-dir DIR, the folder with the official batches: archdsl downloads nothing")
    return cifar10.load(data_dir, splits)
