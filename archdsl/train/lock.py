"""One process trains into a folder: a lock of the operating system, gone with its owner however that ends."""

import errno
import os
from pathlib import Path
from typing import IO, Any

from archdsl.train.errors import RunError, reason

NAME = "lock"
try:
    import fcntl
except ImportError:  # Windows has no flock
    fcntl = None  # type: ignore[assignment]


class FolderLock:
    """Holds `lock` in a folder from `take` until `release`, or until the process ends (kill -9 too)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the lock; raise RunError where another process has it or the folder cannot be written."""
        try:
            file = open(self.folder / NAME, "a+", encoding="utf-8", errors="replace")  # noqa: SIM115 - it stays open
        except OSError as error:
            raise RunError(f"cannot write into {self.folder}: {reason(error)}") from None
        try:
            _lock(file)
        except BlockingIOError:
            file.seek(0)
            owner = file.read(200).strip() or "another process"
            file.close()
            raise RunError(f"{self.folder} is in use: {owner} trains into it") from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {os.uname().nodename}")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Return the lock back; the file stays, or two processes could hold locks of two files of this
        name."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: Any) -> None:
    """Lock a file, where its file system can."""
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP):
            raise
