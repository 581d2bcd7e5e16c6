"""The run folder: everything that a run was given, measured and learned, each file written whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any


class RunError(Exception):
    """The run folder cannot be used; the message is one sentence for the user."""


class RunFolder:
    """Paths and files of one run."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def create(self) -> None:
        """Make the folder; one that holds anything is never written into."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if any(self.path.iterdir()):
                raise RunError(f"{self.path} is not empty: choose another folder with --out")
        except OSError as error:
            raise RunError(f"cannot make the folder {self.path}: {(error.strerror or 'unknown error').lower()}") from None

    def write_text(self, name: str, text: str) -> None:
        """Write a text file in one step."""
        temporary = self / f".{name}.new"
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, self / name)

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file in one step."""
        self.write_text(name, json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def rows(self, name: str = "metrics.jsonl") -> list[dict[str, Any]]:
        """Read a JSON-lines file; none where it is not there."""
        path = self / name
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def save_weights(self, model: Any, name: str) -> None:
        """Save the weights of a model in one step, as `NAME.weights.h5`."""
        temporary = self / f"new-{name}.weights.h5"
        model.save_weights(temporary)
        os.replace(temporary, self / f"{name}.weights.h5")

    def save_state(self, optimizer: Any) -> None:
        """Save what the optimiser remembers (momenta, step), in one step."""
        import numpy as np

        temporary = self / "new-optimizer.npz"
        np.savez(temporary, *[np.asarray(value) for value in _values(optimizer)])
        os.replace(temporary, self / "optimizer.npz")

    def configuration(self) -> dict[str, Any]:
        """Read the configuration of a run; raise RunError where the folder holds none."""
        try:
            value = json.loads((self / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            reason = (error.strerror or "unknown error").lower() if isinstance(error, OSError) else "it is damaged"
            raise RunError(f"{self.path} is not a run folder: cannot read its config.json: {reason}") from None
        missing = [key for key in ("spec", "data", "recipe") if key not in value] if isinstance(value, dict) else ["spec"]
        if missing:
            raise RunError(f"{self.path}/config.json is damaged: it has no {missing[0]}")
        return value  # type: ignore[no-any-return]


def _values(optimizer: Any) -> list[Any]:
    from archdsl.backends.quiet import import_keras

    convert = import_keras().ops.convert_to_numpy
    return [convert(variable.value) for variable in optimizer.variables]


def free_folder(name: str) -> str:
    """Give `runs/NAME-1`, or the first number that is free."""
    number = 1
    while os.path.exists(os.path.join("runs", f"{name}-{number}")):
        number += 1
    return os.path.join("runs", f"{name}-{number}")
