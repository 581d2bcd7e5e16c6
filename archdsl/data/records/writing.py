"""Splits of images -> a folder of records. A shard is written whole or not at all; what a killed process
finished is kept."""

import gzip
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from archdsl.data import files
from archdsl.data.faults import DataError, reason
from archdsl.data.images import ImageData
from archdsl.data.records import encode, frames, manifest, state
from archdsl.data.records.manifest import Manifest, ShardEntry, SplitEntry
from archdsl.data.split import Split
from archdsl.writing import remove_leftovers, write_whole, writing

if TYPE_CHECKING:
    import numpy as np


_CHUNK = 2**19  # bytes of images that are encoded at once


@dataclass(frozen=True, slots=True)
class Options:
    """`shard_bytes` is the size that shards are cut to, before compression (`gzip` or none)."""

    shard_bytes: int = 32 * 2**20
    compression: str | None = None


class _Job(NamedTuple):
    """A shard to write: the rows `begin` to `end` of a split."""

    split: str
    file: str
    begin: int
    end: int


def write(data: ImageData, folder: str, options: Options, advance: Callable[[int], None]) -> Manifest:
    """Write a folder of records and give its manifest; `advance` is told the images of each finished shard.

    The same call again goes on where a killed one ended. Raise DataError where the folder holds something
    else.
    """
    try:
        os.makedirs(os.path.join(folder, state.INDEX), exist_ok=True)
    except OSError as error:
        said = f"cannot write records into {folder}: {reason(error)}; choose another folder with --out"
        raise DataError(said) from None
    with files.alone(folder):
        remove_leftovers(folder)
        jobs = [job for name, split in data.splits.items() for job in _jobs(name, split, options)]
        plan = state.plan_of(data, asdict(options))
        done = state.done(folder, plan)
        _write_all(data, folder, options, jobs, done, plan, advance)
        made = _manifest(data, options, jobs, done)
        manifest.write(folder, made)
        os.remove(os.path.join(folder, state.PROGRESS))
        return made


def _jobs(name: str, split: Split, options: Options) -> Iterator[_Job]:
    height, width, channels = split.shape
    size = max(1, options.shard_bytes // (height * width * channels))
    number = -(-split.count // size)
    ending = ".tfrecord.gz" if options.compression else ".tfrecord"
    for i in range(number):
        file = f"{name}-{i:05}-of-{number:05}{ending}"
        yield _Job(name, file, split.count * i // number, split.count * (i + 1) // number)


def _write_all(
    data: ImageData,
    folder: str,
    options: Options,
    jobs: list[_Job],
    done: dict[str, ShardEntry],
    plan: Any,
    advance: Callable[[int], None],
) -> None:
    left = [job for job in jobs if job.file not in done]
    advance(sum(job.end - job.begin for job in jobs if job.file in done))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = {pool.submit(_write_one, data.splits[job.split], folder, job, options): job for job in left}
        try:
            for future in as_completed(futures):
                job = futures[future]
                done[job.file] = future.result()
                state.note(folder, plan, done)
                advance(job.end - job.begin)
        except OSError as error:
            raise DataError(
                f"cannot write {folder}: {reason(error)}; the same command goes on from here"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _write_one(split: Split, folder: str, job: _Job, options: Options) -> ShardEntry:
    import numpy as np

    index = io.BytesIO()
    with writing(os.path.join(folder, job.file)) as file:
        told = _Digest(file)
        with gzip.GzipFile("", "wb", 6, told, mtime=0) if options.compression else nullcontext(told) as out:
            np.save(index, pour(split, job.begin, job.end, out.write))
    write_whole(state.index_path(folder, job.file), index.getvalue())
    checks = (told.sha256.hexdigest(), hashlib.sha256(index.getvalue()).hexdigest())
    return ShardEntry(job.file, job.end - job.begin, told.bytes, *checks)


class _Digest(io.RawIOBase):
    """Writes through to a file, counting the bytes and hashing them."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.bytes = 0
        self.sha256 = hashlib.sha256()

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        self.bytes += memoryview(data).nbytes
        return self.file.write(data)


def pour(split: Split, begin: int, end: int, write: Callable[[Any], Any]) -> "np.ndarray":
    """Write the frames of some rows, a few at a time, so that they stay in the processor's cache; give their
    index (see `Shard`)."""
    import numpy as np

    sizes = np.empty(end - begin, np.int64)
    step = max(1, _CHUNK // (split.shape[0] * split.shape[1] * split.shape[2]))
    for first in range(begin, end, step):
        chosen = slice(first, min(first + step, end))
        groups = encode.framed(split.images[chosen], split.labels[chosen])
        for rows, found in groups:
            sizes[first - begin + rows] = found.shape[1]
        write(groups[0][1].data.cast("B") if len(groups) == 1 else _in_order(groups))
    begins = np.cumsum(sizes) - sizes + frames.HEAD
    return np.column_stack([begins, sizes - frames.HEAD - frames.TAIL, split.labels[begin:end]])


def _in_order(groups: "list[tuple[np.ndarray, np.ndarray]]") -> bytes:
    """Join frames of several lengths in the order of their rows."""
    pieces = {row: frame for rows, found in groups for row, frame in zip(rows.tolist(), found, strict=True)}
    return b"".join(pieces[row] for row in sorted(pieces))


def _manifest(data: ImageData, options: Options, jobs: list[_Job], done: dict[str, ShardEntry]) -> Manifest:
    splits = {
        name: SplitEntry(
            split.note,
            split.counts(len(data.classes)),
            [done[job.file] for job in jobs if job.split == name],
        )
        for name, split in data.splits.items()
    }
    shape = next(iter(data.splits.values())).shape
    statistics = (list(data.mean), list(data.deviation))
    return Manifest(data.name, shape, list(data.classes), *statistics, data.flip, options.compression, splits)
