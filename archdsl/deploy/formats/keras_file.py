"""A Keras model -> a `.keras` file, which Keras loads without archdsl."""

from pathlib import Path
from typing import Any

from archdsl.deploy.engines.tensorflow import loaded
from archdsl.deploy.formats.about import append

__all__ = ["loaded", "write"]


def write(model: Any, path: Path, said: dict[str, Any]) -> None:
    """Save a model; what is said of it is in the archive as `archdsl.json`."""
    model.save(path)
    append(path, said)
