"""Compares every byte of a folder of records with what is known of it: the manifest, or the checksum in each
frame."""

from typing import NamedTuple

from archdsl.data import files
from archdsl.data.faults import DataError
from archdsl.data.records import foreign, manifest
from archdsl.data.records.manifest import ShardEntry
from archdsl.data.records.reading import is_ours, shard
from archdsl.data.records.shard import scan


class Verified(NamedTuple):
    """How many files and whole records were read, and what is wrong: a sentence for each file."""

    files: int
    records: int
    problems: tuple[str, ...]


def verified(folder: str) -> Verified:
    """Read a folder of records, ours or anyone's; raise DataError where it is none."""
    if is_ours(folder):
        known = manifest.read(folder)
        results = [_ours(folder, entry) for split in known.splits.values() for entry in split.shards]
    else:
        parts = foreign.found(folder)
        if not parts:
            raise DataError(f"{folder} holds no records")
        results = [_scanned(path) for paths in parts.values() for path in paths]
    problems = tuple(result for result in results if isinstance(result, str))
    return Verified(len(results), sum(result for result in results if isinstance(result, int)), problems)


def _ours(folder: str, entry: ShardEntry) -> int | str:
    try:
        opened = shard(folder, entry)
        if files.sha256(opened.path) == entry.sha256:
            return entry.records
        scan(opened.path)  # names the record that is damaged
    except DataError as error:
        return str(error)
    return f"{opened.path} is damaged: it does not have its checksum"


def _scanned(path: str) -> int | str:
    try:
        return len(scan(path)[0].index)
    except DataError as error:
        return str(error)
