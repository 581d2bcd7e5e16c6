"""Checksums of the files of a run, kept in its `checksums.json`, and what is damaged by them.

A file is replaced in two steps, the list first: between them it may have either content, so the list holds
both checksums until the next replacement.
"""

import hashlib
import json
from pathlib import Path

from archdsl.train.errors import RunError, reason
from archdsl.writing import write_whole

NAME = "checksums.json"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Manifest:
    """The checksums of a run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the folder, and its checksum. Raises OSError."""
        known = self.read()
        path = self.folder / name
        before = [digest(path)] if path.exists() else []
        known[name] = [
            hashlib.sha256(data).hexdigest(),
            *(old for old in before if old in known.get(name, ())),
        ]
        write_whole(self.folder / NAME, (json.dumps(known, indent=2) + "\n").encode())
        write_whole(path, data)

    def read(self) -> dict[str, list[str]]:
        """Read the list; empty where there is none. Raises RunError where it is damaged."""
        path = self.folder / NAME
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            return {str(name): [str(one) for one in sums] for name, sums in value.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise RunError(f"cannot read {path}: {reason(error)}") from None
        except (ValueError, TypeError, AttributeError):
            raise RunError(
                f"{path} is damaged: delete it to continue without knowing which files are intact"
            ) from None

    def verify(self, name: str) -> None:
        """Raise RunError where a file is not as the run wrote it; one without a checksum passes."""
        path = self.folder / name
        sums = self.read().get(name)
        try:
            found = digest(path) if sums else ""
        except OSError as error:
            raise RunError(f"cannot read {path}: {reason(error)}") from None
        if sums and found not in sums:
            accept = f"take its entry out of {NAME} if the change was meant"
            raise RunError(
                f"{path} is damaged: its checksum is not the one that was written with it; {accept}"
            )
