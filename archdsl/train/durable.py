"""Files that are there whole or not at all, even after a power cut: written beside, synced, renamed."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

SUFFIX = ".new"


def write_whole(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Let `fill` write a file; whatever goes wrong, the file that was there before stays. Raises OSError."""
    temporary = path.with_name(f".{path.name}{SUFFIX}")
    try:
        with open(temporary, "wb") as file:
            fill(file)
            sync(file)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file of these bytes. Raises OSError."""
    write_whole(path, lambda file: file.write(data))


def sync(file: BinaryIO) -> None:
    """Wait until the disk has what was written."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows the names in a folder; some systems cannot, and need not, do that."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def digest(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed process had begun to write."""
    for path in folder.glob(f".*{SUFFIX}"):
        with contextlib.suppress(OSError):
            path.unlink()
