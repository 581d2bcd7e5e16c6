"""Files that are written whole or not at all."""

import os
import tempfile


def write_whole(path: str | os.PathLike[str], data: "str | bytes | memoryview") -> None:
    """Write a file beside its place, sync it and rename it: whoever reads sees the old file or the new one, never a part.

    Text is written as UTF-8, its line ends as they are. A link is followed and the permissions of a file that was there are
    kept. What is no regular file (`/dev/stdout`, a pipe) is written in place. Raises OSError, and then leaves what was there.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as file:
            file.write(content)
        return
    descriptor, beside = tempfile.mkstemp(prefix=f".{os.path.basename(target)[:100]}.", suffix=".new", dir=os.path.dirname(target))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, _mode(target))
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise


def _mode(path: str) -> int:
    """Give the permissions that a file has, or those that a new one gets."""
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
