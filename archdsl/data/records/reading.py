"""A folder of records with a manifest -> its splits."""

import hashlib
import io
import os
from collections.abc import Collection

from archdsl.data import files
from archdsl.data.faults import DataError
from archdsl.data.images import SPLITS, ImageData
from archdsl.data.records import manifest
from archdsl.data.records.manifest import ShardEntry
from archdsl.data.records.shard import Shard
from archdsl.data.records.state import PROGRESS, index_path
from archdsl.data.records.stored import StoredImages
from archdsl.data.split import Split


def is_ours(folder: str) -> bool:
    """Return whether a folder has a manifest of records."""
    return os.path.isfile(os.path.join(folder, manifest.NAME)) or os.path.isfile(
        os.path.join(folder, PROGRESS)
    )


def load(folder: str, needed: Collection[str] = SPLITS) -> ImageData:
    """Open a folder of ours; raise DataError where it is not finished or a file has another size than was
    written."""
    if not os.path.isfile(os.path.join(folder, manifest.NAME)):
        raise DataError(
            f"the records in {folder} are not finished: the same `archdsl data` command goes on with them"
        )
    known = manifest.read(folder)
    splits = {}
    for name, entry in known.splits.items():
        if name in needed:
            stored = StoredImages([shard(folder, one) for one in entry.shards], known.shape)
            splits[name] = Split(stored, stored.labels, entry.note, stored.starts)
    return ImageData(
        known.name, tuple(known.classes), splits, tuple(known.mean), tuple(known.deviation), known.flip
    )


def shard(folder: str, entry: ShardEntry) -> Shard:
    """Open a file of records with its index; raise DataError where either is not what was written (the size,
    of the file)."""
    import numpy as np

    path = os.path.join(folder, entry.file)
    data = files.read(index_path(folder, entry.file))
    if hashlib.sha256(data).hexdigest() != entry.index_sha256:
        raise DataError(
            f"{index_path(folder, entry.file)} is damaged: write the records again with `archdsl data`"
        )
    try:
        size = os.path.getsize(path)
    except OSError:
        raise DataError(f"{path} is missing: write the records again with `archdsl data`") from None
    if size != entry.bytes:
        raise DataError(f"{path} is damaged: it has {size:,} bytes, and {entry.bytes:,} were written")
    return Shard(path, np.load(io.BytesIO(data), allow_pickle=False))
