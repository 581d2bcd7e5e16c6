"""Files that are read with a fault in words, and folders that one process at a time writes to."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from archdsl.data.faults import DataError, reason

_BLOCK = 2**20


def read(path: str) -> bytes:
    """Read a file; raise DataError where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DataError(f"cannot read {path}: {reason(error)}") from None


def sha256(path: str) -> str:
    """Return the SHA-256 of a file, read in blocks; raise DataError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise DataError(f"cannot read {path}: {reason(error)}") from None
    return digest.hexdigest()


@contextmanager
def alone(folder: str) -> Iterator[None]:
    """Hold a folder for this process; the system lets go of it however the process ends. Raise DataError
    where another has it."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        yield
        return
    with open(os.path.join(folder, ".lock"), "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataError(
                f"another process is writing to {folder}: wait for it, or choose another folder with --out"
            ) from None
        yield
