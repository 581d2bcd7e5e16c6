"""Files and folders that are there whole or not at all: made beside their place, then renamed."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def beside(target: str, marker: str | None = None) -> Iterator[Path]:
    """Return a path of the same name to write to; it takes the place of `target` when the block ends.

    If the block raises, what was at `target` is untouched and nothing of the new one is left. With a `marker`
    the target is a folder that holds a file of that name: any other folder is never replaced. Raises OSError.
    """
    place = Path(target)
    _refuse_other_things(place, marker)
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield scratch / place.name
        _sync(scratch / place.name)
        _replace(scratch, place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refuse_other_things(place: Path, marker: str | None) -> None:
    if marker is None and place.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    if marker is not None and place.exists() and not (place / marker).is_file():
        raise FileExistsError(
            errno.EEXIST,
            f"it already exists and was not written by archdsl (it has no {marker})",
            str(place),
        )


def _replace(scratch: Path, place: Path) -> None:
    old = scratch / "old"
    if place.is_dir():  # a folder cannot be renamed over another
        os.rename(place, old)
    try:
        os.replace(scratch / place.name, place)
    except OSError:
        with suppress(OSError):
            os.rename(old, place)
        raise


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or every file of a folder."""
    for one in [path] if path.is_file() else [found for found in path.rglob("*") if found.is_file()]:
        with open(one, "rb") as file:
            os.fsync(file.fileno())
