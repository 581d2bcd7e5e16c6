"""LiteRT (TensorFlow Lite) as an engine."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from archdsl.backends.quiet import held_back
from archdsl.deploy.check import Engine
from archdsl.deploy.formats import tflite_file
from archdsl.deploy.packages import LITERT, require
from archdsl.deploy.quiet import quiet

if TYPE_CHECKING:
    import numpy as np


def interpreter(model: str | bytes | Path) -> Engine:
    """Run a `.tflite` file, or its bytes, on all cores; it is laid out anew where the number of examples
    changes."""
    made = _made(model)
    entry, result = made.get_input_details()[0]["index"], made.get_output_details()[0]["index"]
    size = 0

    def run(inputs: "np.ndarray") -> "np.ndarray":
        nonlocal size
        if len(inputs) != size:
            with held_back():
                made.resize_tensor_input(entry, inputs.shape)
                made.allocate_tensors()
            size = len(inputs)
        made.set_tensor(entry, inputs)
        made.invoke()
        return made.get_tensor(result)  # type: ignore[no-any-return]

    return run


def _made(model: str | bytes | Path) -> Any:
    with held_back():  # it tells on standard error which of its own parts it takes
        from ai_edge_litert.interpreter import Interpreter

        threads = os.cpu_count() or 1
        if isinstance(model, bytes):
            return Interpreter(model_content=model, num_threads=threads)
        return Interpreter(model_path=str(model), num_threads=threads)


def exported(model: Any) -> Engine:
    """Run a Keras model by LiteRT; raise Missing where that is not installed."""
    require(LITERT)
    with TemporaryDirectory() as folder, quiet():
        path = Path(folder) / "model.tflite"
        tflite_file.write(model, path, {})
        return interpreter(path.read_bytes())
