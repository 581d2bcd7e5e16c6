"""Saves what training has reached: checkpoints, the numbers of the epochs, the best weights, how the run
stands."""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from shlex import join
from typing import Any

from archdsl.scale.place import Place
from archdsl.train import checkpoint
from archdsl.train.averages import average_places
from archdsl.train.checkpoint import Checkpoint
from archdsl.train.errors import RunError, reason
from archdsl.train.folder import STATUS, RunFolder
from archdsl.train.state import Arrays, capture

BEST, MODEL = "best.weights.h5", "model.keras"


class SaveError(RunError):
    """What training has reached cannot be saved; the checkpoint before is whole."""


class Keeper:
    """Writes into a run folder while a model is trained; `model` is the compiled one, `whole` is saved for
    others."""

    def __init__(self, folder: RunFolder, model: Any, whole: Any, place: Place) -> None:
        self.folder, self.model, self.whole, self.place = folder, model, whole, place
        self.rows: list[dict[str, Any]] = []

    def checkpoint(self, epoch: int, step: int, seconds: float, metrics: list[Any] | None = None) -> None:
        """Write a checkpoint of the model as it is; `metrics` replace those that it has now."""
        arrays: Arrays = capture(self.model)
        if metrics is not None:
            arrays["metrics"] = metrics
        averages = average_places(self.model)
        with saving(self.folder):
            state = Checkpoint(epoch, step, arrays, self.rows, averages, seconds)
            checkpoint.write(self.folder.path, state)

    def go_on(self, rows: list[dict[str, Any]]) -> None:
        """Take over the epochs of a checkpoint; the numbers of later ones are dropped."""
        self.rows = list(rows)
        with saving(self.folder):
            self.folder.write_rows(self.rows)

    def epoch(self, row: dict[str, Any]) -> None:
        """Keep an epoch's numbers, and its weights where none were better."""
        is_best = score(row) > max((score(one) for one in self.rows), default=-math.inf)
        self.rows.append(row)
        with self.place.alone(), saving(self.folder):
            if is_best or not (self.folder / BEST).exists():
                self.folder.write_bytes(BEST, weights_file(self.whole))

    def status(self, state: str, **facts: Any) -> None:
        """Write how the run stands: training, interrupted, diverged or finished."""
        with saving(self.folder):
            self.folder.write_json(STATUS, {"state": state, **facts})


class Onlooker(Keeper):
    """Follows a run in a process that does not write: process 0 does."""

    def checkpoint(self, epoch: int, step: int, seconds: float, metrics: list[Any] | None = None) -> None:
        """Write nothing."""

    def go_on(self, rows: list[dict[str, Any]]) -> None:
        """Take over the epochs of a checkpoint."""
        self.rows = list(rows)

    def epoch(self, row: dict[str, Any]) -> None:
        """Keep an epoch's numbers."""
        self.rows.append(row)

    def status(self, state: str, **facts: Any) -> None:
        """Write nothing."""


def score(row: dict[str, Any]) -> float:
    """Return what the best epoch has most of: accuracy in validation, or being the last where nothing is
    validated."""
    return float(row.get("val_accuracy", row["epoch"]))


@contextmanager
def saving(folder: RunFolder) -> Iterator[None]:
    """Turn what the system refuses while saving into a SaveError."""
    try:
        yield
    except OSError as error:
        command = join(["archdsl", "train", "--resume", str(folder.path)])
        again = f"when that is fixed, `{command}` continues from the last checkpoint"
        raise SaveError(f"cannot save into {folder.path}: {reason(error)}; {again}") from None


class _Memory(io.BytesIO):
    """A `.keras` file in memory: HDF5 ends the process where a disk is full, Python raises OSError."""

    def __str__(self) -> str:
        return "memory.keras"


def model_file(model: Any) -> bytes:
    """Return a model as the content of a `.keras` file."""
    memory = _Memory()
    model.save(memory)
    return memory.getvalue()


def weights_file(model: Any) -> bytes:
    """Return the weights of a model as the content of a `.weights.h5` file: Keras' archive of the model has
    it."""
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(model_file(model))) as archive:
        return archive.read("model.weights.h5")
