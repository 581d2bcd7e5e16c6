"""Files that are written whole or not at all, even through a power cut: written beside, synced, renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

SUFFIX = ".new"


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Return a file beside its place; it takes that place when the block ends: whoever reads sees the old
    file or the new one.

    If the block raises, what was there stays and nothing of the new one is left. A link is followed, and the
    permissions of a file that was there are kept. What is no regular file (`/dev/stdout`, a pipe) is written
    in place. Raises OSError.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as file:
            yield file
        return
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".{name[:100]}.{os.urandom(6).hex()}{SUFFIX}")
    try:
        with open(beside, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            os.chmod(beside, os.stat(target).st_mode & 0o7777)
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    sync_folder(folder)


def write_whole(path: str | os.PathLike[str], data: "str | bytes | memoryview") -> None:
    """Write a file in one step, text as UTF-8 with its line ends as they are. Raises OSError, and then leaves
    what was there."""
    content = data.encode("utf-8") if isinstance(data, str) else data
    with writing(path) as file:
        file.write(content)


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Wait until the disk knows the names in a folder; some systems cannot, and need not, do that."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def remove_leftovers(folder: str | os.PathLike[str]) -> None:
    """Remove what a killed process had begun to write into a folder."""
    for name in os.listdir(folder):
        if name.startswith(".") and name.endswith(SUFFIX):
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))
