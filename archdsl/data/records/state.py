"""What a writer of records has finished, kept beside them, so that the same command goes on where a killed
one ended."""

import hashlib
import json
import os
from dataclasses import asdict
from shlex import quote
from typing import Any

from archdsl.data import files
from archdsl.data.faults import DataError
from archdsl.data.images import ImageData
from archdsl.data.records import manifest
from archdsl.data.records.manifest import ShardEntry
from archdsl.data.split import Split
from archdsl.writing import write_whole

PROGRESS = ".progress.json"
INDEX = "index"


def plan_of(data: ImageData, options: dict[str, Any]) -> dict[str, Any]:
    """Say what is written, so that a folder that holds another beginning is not mixed with it."""
    import numpy as np

    def what(split: Split) -> list[Any]:
        picture = hashlib.sha256(split.labels.tobytes())
        for row in (0, split.count // 2, split.count - 1):
            picture.update(np.ascontiguousarray(split.images[np.array([row])]).tobytes())
        return [split.note, split.count, list(split.shape), picture.hexdigest()]

    splits = {name: what(split) for name, split in data.splits.items()}
    return {"name": data.name, "classes": list(data.classes), "splits": splits, "options": options}


def done(folder: str, plan: dict[str, Any]) -> dict[str, ShardEntry]:
    """Return the shards of the same plan that are finished and whole."""
    if os.path.exists(os.path.join(folder, manifest.NAME)):
        raise DataError(
            f"{folder} already holds records: choose another folder with --out, or look at them with "
            f"`archdsl data info {quote(folder)}`"
        )
    path = os.path.join(folder, PROGRESS)
    if not os.path.exists(path):
        known = {INDEX, ".lock"}
        others = [name for name in os.listdir(folder) if name not in known]
        if others or os.listdir(os.path.join(folder, INDEX)):
            raise DataError(f"{folder} is not empty: choose another folder with --out")
        note(folder, plan, {})
        return {}
    try:
        value = json.loads(files.read(path))
        kept, shards = value["plan"], [ShardEntry(**shard) for shard in value["shards"]]
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{path} is damaged: remove {folder} and write it again") from None
    if kept != plan:
        raise DataError(
            f"{folder} holds the beginning of other records ({kept.get('name')}): finish those, remove "
            f"it, or choose another --out"
        )
    return {shard.file: shard for shard in shards if _whole(folder, shard)}


def _whole(folder: str, shard: ShardEntry) -> bool:
    try:
        index = files.sha256(index_path(folder, shard.file))
        return files.sha256(os.path.join(folder, shard.file)) == shard.sha256 and index == shard.index_sha256
    except DataError:
        return False


def note(folder: str, plan: dict[str, Any], shards: dict[str, ShardEntry]) -> None:
    """Write down which shards are finished."""
    state = {"plan": plan, "shards": [asdict(shard) for shard in shards.values()]}
    write_whole(os.path.join(folder, PROGRESS), json.dumps(state).encode())


def index_path(folder: str, file: str) -> str:
    """Return where the index of a file of records is."""
    return os.path.join(folder, INDEX, f"{file}.npy")
