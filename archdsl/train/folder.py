"""The run folder: everything that a run was given, measured and learned, each file written whole or not at
all."""

import contextlib
import json
import os
import re
from errno import EACCES, ENOTDIR, EROFS
from pathlib import Path
from shlex import quote
from typing import Any

from archdsl.train import configuration, lock, manifest
from archdsl.train.errors import RunError, reason
from archdsl.writing import remove_leftovers, write_whole

__all__ = ["METRICS", "STATUS", "RunError", "RunFolder", "free_folder", "json_text"]

METRICS, STATUS = "metrics.jsonl", "status.json"
ENDED = ("finished", "diverged")


class RunFolder:
    """Paths and files of one run."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.checksums = manifest.Manifest(self.path)
        self._lock = lock.FolderLock(self.path)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def check(self) -> None:
        """Raise RunError where `create` would; nothing is written."""
        try:
            there = next(path for path in (self.path, *self.path.absolute().parents) if path.exists())
            if not there.is_dir():
                raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
            if not os.access(there, os.W_OK | os.X_OK):
                refused = EROFS if os.statvfs(there).f_flag & os.ST_RDONLY else EACCES
                raise PermissionError(refused, os.strerror(refused))
            self._refuse_used()
        except OSError as error:
            raise RunError(f"cannot make the folder {self.path}: {reason(error)}") from None

    def create(self) -> None:
        """Make the folder and lock it; one that holds anything is never written into. Raises RunError."""
        self.check()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.take()
            self._refuse_used()  # another process may have trained into it since
        except OSError as error:
            raise RunError(f"cannot make the folder {self.path}: {reason(error)}") from None

    def _refuse_used(self) -> None:
        if self.path.exists() and any(path.name != lock.NAME for path in self.path.iterdir()):
            again = (
                f"; `archdsl train --resume {quote(str(self.path))}` continues it"
                if (self / "config.json").exists() and self.status().get("state") not in ENDED
                else ""
            )
            raise RunError(f"{self.path} is not empty: choose another folder with --out{again}")

    def reopen(self) -> None:
        """Lock the folder of a run that is to be continued, and clear what a killed process left. Raises
        RunError."""
        if not self.path.is_dir():
            raise RunError(f"{self.path} is not a folder: give one that `archdsl train` wrote")
        self._lock.take()
        remove_leftovers(self.path)

    def close(self) -> None:
        """Let other processes train into the folder."""
        self._lock.release()

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write a file in one step, with its checksum in the manifest. Raises OSError."""
        self.checksums.write(name, data)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file in one step. Raises OSError."""
        write_whole(self / name, text.encode())

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file in one step. Raises OSError."""
        self.write_text(name, json_text(value))

    def write_rows(self, rows: list[dict[str, Any]]) -> None:
        """Write the numbers of all epochs anew: where a run goes on, those after its checkpoint are
        dropped."""
        self.write_text(METRICS, "".join(json.dumps(row) + "\n" for row in rows))

    def rows(self, name: str = METRICS) -> list[dict[str, Any]]:
        """Read a JSON-lines file up to its first broken line; none where it is not there."""
        rows: list[dict[str, Any]] = []
        with contextlib.suppress(OSError, ValueError):
            for line in (self / name).read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                if not isinstance(row, dict):
                    break
                rows.append(row)
        return rows

    def configuration(self) -> dict[str, Any]:
        """Read what the run was asked to do; raise RunError where the folder holds no run, or a damaged
        one."""
        return configuration.read(self.path)

    def status(self) -> dict[str, Any]:
        """Read how the run stands; empty where nothing tells."""
        with contextlib.suppress(OSError, ValueError):
            value = json.loads((self / STATUS).read_text(encoding="utf-8"))
            return value if isinstance(value, dict) else {}
        return {}


def json_text(value: Any) -> str:
    """Write plain data as JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def free_folder(name: str) -> str:
    """Return `runs/NAME-1`, or the first number that is free; `name` is made one plain part of a path."""
    plain = re.sub(r"[^\w.+-]+", "-", name).strip("-.")[:80] or "network"
    number = 1
    while os.path.lexists(os.path.join("runs", f"{plain}-{number}")):
        number += 1
    return os.path.join("runs", f"{plain}-{number}")
