"""Where the files of an official data set are: in a folder, or in the archive in it; and whether they are the
official ones."""

import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from archdsl.data import files
from archdsl.data.faults import DataError

Parsed = TypeVar("Parsed")
ALTERED = " (altered files: not the official ones)"


@dataclass(frozen=True, slots=True)
class Supply:
    """The folders and archives that may hold the files of a data set, looked into in this order.

    `md5` has the official checksums by file name. `altered` accepts files that have another one.
    """

    directory: str
    md5: Mapping[str, str]
    folders: Sequence[str] = ("",)
    archives: Sequence[str] = ()
    altered: bool = False

    def holds(self, name: str) -> bool:
        """Return whether a file is there."""
        return self._find(name) is not None

    def note(self) -> str:
        """Return what is added to the note of a split."""
        return ALTERED if self.altered else ""

    def read(self, name: str, parse: Callable[[bytes, str], Parsed]) -> Parsed:
        """Read and parse a file; raise DataError where it is missing, or is not the official one and that is
        not accepted."""
        found = self._find(name)
        if found is None:
            raise DataError(f"cannot read {os.path.join(self.directory, name)}: no such file or directory")
        data, path = found
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if self.altered or md5 == self.md5.get(name, md5):
            return parse(data, path)
        raise DataError(
            f"{path} {_what(data, path, parse)}: its MD5 is {md5}, expected "
            f"{self.md5[name]}{_advice(data, path, parse)}"
        )

    def _find(self, name: str) -> tuple[bytes, str] | None:
        for folder in self.folders:
            path = os.path.join(self.directory, folder, name)
            if os.path.isfile(path):
                return files.read(path), path
        for archive in self.archives:
            path = os.path.join(self.directory, archive)
            if os.path.isfile(path) and name in (members := _members(path, os.stat(path).st_mtime_ns)):
                return members[name], f"{path}:{name}"
        return None


def _what(data: bytes, path: str, parse: Callable[[bytes, str], object]) -> str:
    """Say what a file is that is not the official one."""
    if not _readable(data, path, parse):
        return "is damaged"
    return (
        "was pickled anew by someone: it is no official file"
        if data[:1] == b"\x80"
        else "can be read, but is no official file"
    )


def _advice(data: bytes, path: str, parse: Callable[[bytes, str], object]) -> str:
    if not _readable(data, path, parse):
        return "; get the official file again"
    return "; get the official one, or pass --accept-altered if you trust who wrote it"


def _readable(data: bytes, path: str, parse: Callable[[bytes, str], object]) -> bool:
    try:
        parse(data, path)
    except DataError:
        return False
    return True


@lru_cache(maxsize=1)
def _members(path: str, _: int) -> dict[str, bytes]:
    """Read the files of an archive, by name without folders; nothing is written, and links are left out."""
    found = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file:
                    found[os.path.basename(member.name)] = file.read()
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is no archive, or it is damaged: {str(error).lower()}") from None
    return found


def forget() -> None:
    """Let go of the archive that was read last."""
    _members.cache_clear()
