"""The formats that a model is written in: what each is called, needs, and is written and run by."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from archdsl.deploy import packages
from archdsl.deploy.check import Engine
from archdsl.deploy.engines import litert, onnx, tensorflow
from archdsl.deploy.formats import keras_file, onnx_file, saved_model, tflite_file


class Format(NamedTuple):
    """`write(model, path, said)` writes a Keras model, `run(path)` gives what runs the file; `marker` is a
    folder's.

    A model that is `converted` is built of ops that converters know.
    """

    name: str
    ending: str
    needs: tuple[str, ...]
    write: Callable[[Any, Path, dict[str, Any]], None]
    run: Callable[[str], Engine]
    marker: str | None = None
    converted: bool = False


KERAS = Format("Keras", ".keras", packages.TENSORFLOW, keras_file.write, tensorflow.loaded)
ONNX = Format("ONNX", ".onnx", packages.ONNX, onnx_file.write, onnx.session, converted=True)
TFLITE = Format(
    "TensorFlow Lite", ".tflite", packages.LITERT, tflite_file.write, litert.interpreter, converted=True
)
SAVED_MODEL = Format(
    "SavedModel", "", packages.TENSORFLOW, saved_model.write, tensorflow.saved_model, saved_model.MARKER
)
FORMATS = (KERAS, ONNX, TFLITE)
INTEGERS = (ONNX, TFLITE)  # that have a form of 8-bit integers here


def format_of(target: str) -> Format | None:
    """Return the format that a target's name ends in; a folder (no ending, or a slash at the end) is a
    SavedModel."""
    path = Path(target)
    if target.endswith(("/", "\\")) or not path.suffix:
        return SAVED_MODEL
    return next((one for one in FORMATS if one.ending == path.suffix), None)
