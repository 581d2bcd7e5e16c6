"""Run folders as they are compared: what was asked, what was measured, and how it ended; no weights are
read."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from archdsl.evaluate import history
from archdsl.train import configuration
from archdsl.train.errors import RunError, reason
from archdsl.train.folder import RunFolder


class Record(NamedTuple):
    """A run: a short name, its configuration, its epochs, and its evaluations by split."""

    name: str
    path: str
    config: dict[str, Any]
    rows: list[dict[str, Any]]
    evaluations: dict[str, dict[str, Any]]

    @property
    def best(self) -> dict[str, Any]:
        """Return the epoch with the highest validation accuracy; an empty one where there is none."""
        return history.best(self.rows) or {}


def records(paths: list[str]) -> list[Record]:
    """Read runs, each under a name of its own; raise RunError where a folder is none."""
    found = [record(path) for path in paths]
    names = [one.name for one in found]
    return [one if names.count(one.name) == 1 else one._replace(name=one.path) for one in found]


def record(path: str) -> Record:
    """Read a run; raise RunError where the folder is none, or what it holds is damaged."""
    folder = Path(path)
    config = configuration.read_in_part(folder, ("network", "recipe", "data"))
    RunFolder(path).checksums.verify(configuration.NAME)
    evaluations = {
        one.stem.removeprefix("eval-"): _json(folder, one.name) for one in sorted(folder.glob("eval-*.json"))
    }
    return Record(folder.resolve().name, path.rstrip("/"), config, RunFolder(path).rows(), evaluations)


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        value = json.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"cannot read {folder / name}: {reason(error)}") from None
    except (ValueError, RecursionError):
        raise RunError(f"{folder / name} is damaged: it is not JSON") from None
    if not isinstance(value, dict):
        raise RunError(f"{folder / name} is damaged: it holds no table")
    return value


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as one, with keys like `recipe.rate`."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found
