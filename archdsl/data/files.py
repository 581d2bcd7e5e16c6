"""Files that are written whole or not at all, and folders that one process at a time writes to."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from archdsl.data.faults import DataError, reason

_BLOCK = 2**20


@contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """Give a file beside its place; sync it and rename it at the end, or remove it where anything fails."""
    beside = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.new")
    try:
        with open(beside, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.remove(beside)
        raise


def write(path: str, data: bytes) -> None:
    """Write a file in one step."""
    with writing(path) as file:
        file.write(data)


def read(path: str) -> bytes:
    """Read a file; raise DataError where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DataError(f"cannot read {path}: {reason(error)}") from None


def sha256(path: str) -> str:
    """Give the SHA-256 of a file, read in blocks; raise DataError where it cannot be read."""
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
    """Hold a folder for this process; the system lets go of it however the process ends. Raise DataError where another has it."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        yield
        return
    with open(os.path.join(folder, ".lock"), "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataError(f"another process is writing to {folder}: wait for it, or choose another folder with --out") from None
        yield
