"""A Keras model -> a SavedModel folder, which TensorFlow and TensorFlow Serving run."""

from pathlib import Path
from typing import Any

from archdsl.deploy.formats.about import files

MARKER = "saved_model.pb"
EXTRA = "assets.extra"  # TensorFlow's name for a user's own files beside a model


def write(model: Any, path: Path, said: dict[str, Any]) -> None:
    """Export the serving function of a model; what is said of it stands in `assets.extra`."""
    model.export(str(path), format="tf_saved_model", verbose=False)
    (path / EXTRA).mkdir()
    for name, text in files(said).items():
        (path / EXTRA / name).write_text(text, encoding="utf-8")
