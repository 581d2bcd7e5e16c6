"""`manifest.json`: what a folder of records holds, with a checksum of each file and of itself."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import Any

from archdsl.data import files
from archdsl.data.faults import DataError
from archdsl.writing import write_whole

NAME = "manifest.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """A file of records: its name, how many, its bytes and SHA-256, and the SHA-256 of its index."""

    file: str
    records: int
    bytes: int
    sha256: str
    index_sha256: str


@dataclass(frozen=True, slots=True)
class SplitEntry:
    """A split: what it is, images per class, its shards in order."""

    note: str
    counts: list[int]
    shards: list[ShardEntry]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A folder of records. `shape` is (height, width, depth); mean and deviation are per channel, on pixels /
    255."""

    name: str
    shape: tuple[int, int, int]
    classes: list[str]
    mean: list[float]
    deviation: list[float]
    flip: bool
    compression: str | None
    splits: dict[str, SplitEntry]


def write(folder: str, manifest: Manifest) -> None:
    """Write the manifest of a folder."""
    value = {
        "format": "archdsl records",
        "version": VERSION,
        **asdict(manifest),
        "layout": "channels, rows, columns",
    }
    text = json.dumps({**value, "sha256": _digest(value)}, indent=1, ensure_ascii=False)
    write_whole(os.path.join(folder, NAME), text.encode())


def read(folder: str) -> Manifest:
    """Read the manifest of a folder; raise DataError where there is none, or it is damaged or of another
    version."""
    path = os.path.join(folder, NAME)
    data = files.read(path)
    try:
        value = json.loads(data)
        expected, version = value.pop("sha256"), value["version"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(
            f"{path} is damaged or not a manifest of archdsl: write the records again with `archdsl data`"
        ) from None
    if version != VERSION:
        raise DataError(
            f"{path} is of version {version}, but this archdsl reads version {VERSION}: write the "
            f"records "
            f"again"
        )
    if expected != _digest(value):
        raise DataError(
            f"{path} is damaged: it does not have its own checksum; write the records again with "
            f"`archdsl "
            f"data`"
        )
    return _manifest(value)


def _manifest(value: dict[str, Any]) -> Manifest:
    splits = {
        name: SplitEntry(entry["note"], entry["counts"], [ShardEntry(**shard) for shard in entry["shards"]])
        for name, entry in value["splits"].items()
    }
    height, width, depth = value["shape"]
    kept = {key: value[key] for key in ("name", "classes", "mean", "deviation", "flip", "compression")}
    return Manifest(shape=(height, width, depth), splits=splits, **kept)


def _digest(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
