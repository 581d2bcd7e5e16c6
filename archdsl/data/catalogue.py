"""What `--data` names: a data set, or a place (records, class folders, an .npz file); opened, and brought to
a network."""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from archdsl.data import arrays, cifar10, cifar100, digits, folders, idx, memory
from archdsl.data.faults import DataError
from archdsl.data.fit import brought, check, check_input, fit
from archdsl.data.images import SPLITS, ImageData
from archdsl.data.records import foreign, reading
from archdsl.data.resize import RULES
from archdsl.network import Network

NAMES = ("digits", "cifar10", "cifar100", "mnist", "fashion-mnist")
_OFFICIAL = {"cifar10": cifar10.load, "cifar100": cifar100.load}
_DEFAULT_RULE = "crop"  # of image files, which have any size
_SIZES = {
    "cifar10": (cifar10.SIZE, 10),
    "cifar100": (cifar10.SIZE, 100),
    "mnist": (idx.SIZE, 10),
    "fashion-mnist": (idx.SIZE, 10),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line, or the configuration of a run, says of its data.

    `source` is a name or a path; `directory` has the files of a named one. `resize` is a rule of
    `archdsl.data.resize`; `memory` the GiB that images may take in memory (None: a quarter of what is free);
    `altered` accepts files that are not the official ones; `limit` keeps the first images of each split.
    """

    source: str = "digits"
    directory: str | None = None
    resize: str | None = None
    memory: float | None = None
    altered: bool = False
    limit: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for a JSON file."""
        return asdict(self)


def again(
    kept: dict[str, Any], network: Network, needed: tuple[str, ...] = SPLITS, **changes: Any
) -> ImageData:
    """Load the data that a configuration keeps (`config["data"]`), with changes to the fields of `Choice`;
    raise DataError."""
    known = {key: value for key, value in kept.items() if key in Choice.__dataclass_fields__}
    if changes.get("source", known.get("source")) != known.get("source"):
        known.pop("directory", None)  # its files are of another data set
    choice = Choice(**{"source": kept.get("name", "digits"), **known, **changes})
    for field, holds in _HOLDS.items():
        if not holds(getattr(choice, field)):
            raise DataError(
                f"the configuration of the data is damaged: {field} is {getattr(choice, field)!r}"
            )
    if choice.source not in NAMES and not os.path.exists(choice.source):
        raise DataError(f"{choice.source}, the data of the run, is not here: say where it is with --data")
    return load_choice(choice, network, needed)


def _text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


# What a field of `Choice` may be in a configuration.
_HOLDS: dict[str, Callable[[Any], bool]] = {
    "source": _text,
    "directory": lambda value: value is None or _text(value),
    "resize": lambda value: value is None or value in RULES,
    "memory": lambda value: value is None or (isinstance(value, int | float) and 0 <= value < math.inf),
    "altered": lambda value: isinstance(value, bool),
    "limit": lambda value: value is None or (type(value) is int and value > 0),
}


def load(
    name: str, directory: str | None, network: Network, needed: tuple[str, ...] = SPLITS, **options: Any
) -> ImageData:
    """Load a data set for a network (`options`: the other fields of `Choice`); raise DataError where that
    cannot be."""
    return load_choice(Choice(name, directory, **options), network, needed)


def load_choice(choice: Choice, network: Network, needed: tuple[str, ...] = SPLITS) -> ImageData:
    """Load what was chosen for a network: fitted, in memory where it has room, limited; raise DataError."""
    size = check_input(network, choice.source)
    if choice.source in _SIZES:
        check(network, choice.source, *_SIZES[choice.source], choice.resize)  # before anything is read
    data = opened(choice, needed, size)
    if len(data.classes) < 2:
        raise DataError(f"all images of {data.name} are of one class: a classifier needs two or more")
    data = fit(data, network, choice.resize)
    return memory.cached(data.limited(choice.limit), memory.limit(choice.memory))


def opened(
    choice: Choice, needed: tuple[str, ...] = SPLITS, size: tuple[int, int, int] | None = None
) -> ImageData:
    """Open a source as it is; images without a size of their own are brought to `size`. Raise DataError where
    it is not right."""
    path = choice.source
    if choice.directory and path not in _SIZES:
        raise DataError(
            f"`{path}` has no folder of official files beside it: leave {choice.directory} out, or name one "
            f"of {', '.join(_SIZES)}"
        )
    if path in NAMES:
        return _named(choice, needed, size)
    if os.path.isfile(path) and path.lower().endswith(".npz"):
        return arrays.load(path, needed)
    if not os.path.isdir(path):
        known = f"{', '.join(NAMES)}, a folder of records or of class folders, or an .npz file"
        raise DataError(f"`{path}` is no data set and no folder: --data takes {known}")
    if reading.is_ours(path):
        return reading.load(path, needed)
    parts = foreign.found(path)
    if parts:
        return foreign.load(path, parts, needed)
    if folders.is_tree(path):
        return folders.load(path, size, choice.resize or _DEFAULT_RULE, needed)
    if official := " or ".join(_official(path)):
        raise DataError(
            f"{path} holds the files of {official}: name the data set, and this as the folder of its files "
            f"(`archdsl data NAME --from DIR`, `archdsl train SPEC --data NAME --data-dir DIR`)"
        )
    raise DataError(f"{path} holds no records, no class folders and no .npz file: see `archdsl data --help`")


def _official(folder: str) -> Iterator[str]:
    """Name the data sets whose official files have the names of files in a folder."""
    there = {entry.name.removesuffix(".gz") for entry in os.scandir(folder) if entry.is_file()}
    named = {
        "cifar10": {*cifar10.MD5, *cifar10.ARCHIVES},
        "cifar100": {*cifar100.MD5, *cifar100.ARCHIVES},
        "mnist": {file for files in idx.FILES.values() for file in files},
    }
    named["fashion-mnist"] = named["mnist"]
    return (name for name, files in named.items() if there & {file.removesuffix(".gz") for file in files})


def _named(choice: Choice, needed: tuple[str, ...], size: tuple[int, int, int] | None) -> ImageData:
    name = choice.source
    if name == "digits":
        return digits.load(digits.SIZE if choice.resize or size is None else size)
    if choice.directory is None:
        raise DataError(
            f"--data {name} needs --data-dir: the folder that holds its official files; or make records "
            f"once with "
            f"`archdsl data {name} --out data/{name}`, which downloads them, and train with `--data "
            f"data/{name}`"
        )
    if name in _OFFICIAL:
        return _OFFICIAL[name](choice.directory, needed, altered=choice.altered)
    if not os.path.isdir(choice.directory):
        raise DataError(
            f"{choice.directory} is not a folder: give the one that holds the files of {name} with --data-dir"
        )
    return idx.load(name, choice.directory, needed, altered=choice.altered)


def sized(data: ImageData, size: tuple[int, int, int] | None, rule: str | None) -> ImageData:
    """Bring a data set to a size by a rule, without a network."""
    if size is None or size == data.shape:
        return data
    splits = {name: brought(split, size, rule or _DEFAULT_RULE) for name, split in data.splits.items()}
    return replace(data, splits=splits)
