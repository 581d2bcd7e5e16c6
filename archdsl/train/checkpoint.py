"""Checkpoints: all that a run goes on from in one file, `epoch-0003-step-000120-DIGEST.npz`, whose name has
its checksum.

Written beside, synced and renamed, so a checkpoint is there whole or not at all; its name tells a damaged
one. The newest two are kept.
"""

import contextlib
import json
import os
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from archdsl.train.errors import RunError
from archdsl.train.manifest import digest
from archdsl.train.state import GROUPS, Arrays
from archdsl.writing import SUFFIX, sync_folder, writing

FOLDER, KEPT = "checkpoints", 2
_NAME = re.compile(r"epoch-(\d+)-step-(\d+)-([0-9a-f]{16})\.npz")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of training: `epoch` epochs are finished, and `step` steps of the next; `rows` are the epochs'
    numbers.

    `averages` are pairs of places: of a weight in the model's arrays, of its moving average in the
    optimiser's; `seconds` of training so far.
    """

    epoch: int
    step: int
    arrays: Arrays
    rows: list[dict[str, Any]] = field(default_factory=list)
    averages: list[tuple[int, int]] = field(default_factory=list)
    seconds: float = 0.0

    def weights(self) -> list[Any]:
        """Return the model's arrays to evaluate with: averages where there are any."""
        arrays = list(self.arrays["model"])
        for place, average in self.averages:
            arrays[place] = self.arrays["optimizer"][average]
        return arrays


def write(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint into a run folder and remove those before the one before it. Raises OSError."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    unnamed = place / f".checkpoint{SUFFIX}"  # its name has its checksum
    with writing(unnamed) as file:
        _fill(file, checkpoint)
    name = f"epoch-{checkpoint.epoch:04}-step-{checkpoint.step:06}-{digest(unnamed)[:16]}.npz"
    os.replace(unnamed, place / name)
    sync_folder(place)
    _prune(place, place / name)
    return place / name


def _fill(file: IO[bytes], checkpoint: Checkpoint) -> None:
    import numpy as np

    about = {
        "epoch": checkpoint.epoch,
        "step": checkpoint.step,
        "rows": checkpoint.rows,
        "averages": checkpoint.averages,
        "seconds": checkpoint.seconds,
        "types": {group: [str(one.dtype) for one in arrays] for group, arrays in checkpoint.arrays.items()},
    }
    named = {
        f"{group}-{i:05}": _plain(one)
        for group, arrays in checkpoint.arrays.items()
        for i, one in enumerate(arrays)
    }
    np.savez(file, about=np.frombuffer(json.dumps(about).encode(), np.uint8), **named)


def _plain(array: Any) -> Any:
    """Return an array of a type that NumPy's files know: bfloat16 and the like as their bytes."""
    import numpy as np

    return (
        array if array.dtype.kind != "V" else array.view(np.uint8 if array.dtype.itemsize == 1 else np.uint16)
    )


def found(folder: Path) -> list[Path]:
    """List the checkpoints of a run, the newest first."""
    place = folder / FOLDER
    paths = [path for path in place.glob("*.npz") if _NAME.fullmatch(path.name)] if place.is_dir() else []
    return sorted(paths, key=_position, reverse=True)


def _position(path: Path) -> tuple[int, int]:
    match = _NAME.fullmatch(path.name)
    return (int(match[1]), int(match[2])) if match else (-1, -1)


def _prune(place: Path, newest: Path) -> None:
    older = [path for path in found(place.parent) if path != newest and _position(path) <= _position(newest)]
    for path in [*(one for one in older[KEPT - 1 :]), *_beyond(place, newest)]:
        with contextlib.suppress(OSError):
            path.unlink()


def _beyond(place: Path, newest: Path) -> list[Path]:
    """List checkpoints of later positions: damaged ones that the run went back behind."""
    return [path for path in found(place.parent) if _position(path) > _position(newest)]


def last(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """Read the newest checkpoint that is whole, and say which are not; None where there is none at all.

    Raises RunError where there are some and none is whole.
    """
    notes = []
    paths = found(folder)
    for path in paths:
        try:
            checkpoint = read(path)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            notes.append(f"{path} is damaged ({str(error) or type(error).__name__})")
            continue
        return checkpoint, [f"{note}: going on from {path.name}, the newest that is whole" for note in notes]
    if paths:
        raise RunError(f"no checkpoint of {folder} is whole: {'; '.join(notes)}")
    return None, []


def read(path: Path) -> Checkpoint:
    """Read a checkpoint; raise ValueError where its checksum differs, or another error where it cannot be
    read."""
    import numpy as np

    match = _NAME.fullmatch(path.name)
    if match is None or digest(path)[:16] != match[3]:
        raise ValueError("its checksum differs")
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(file["about"].tobytes())
        arrays: Arrays = {}
        for group in GROUPS:
            types = about["types"][group]
            arrays[group] = [_typed(file[f"{group}-{i:05}"], name) for i, name in enumerate(types)]
    return Checkpoint(
        about["epoch"], about["step"], arrays, about["rows"], about["averages"], about["seconds"]
    )


def _typed(array: Any, name: str) -> Any:
    if str(array.dtype) == name:
        return array
    import ml_dtypes  # NumPy's types of fewer bits: installed with TensorFlow and with JAX

    return array.view(getattr(ml_dtypes, name))
