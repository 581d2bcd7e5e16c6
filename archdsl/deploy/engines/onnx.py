"""ONNX Runtime as an engine."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from archdsl.deploy.check import Engine
from archdsl.deploy.formats import onnx_file
from archdsl.deploy.packages import ONNX, require
from archdsl.deploy.quiet import quiet

if TYPE_CHECKING:
    import numpy as np

_ERRORS_ONLY = 3


def session(model: str | bytes | Path) -> Engine:
    """Run an ONNX file, or its bytes, on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    given = str(model) if isinstance(model, Path) else model
    made = onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    (entry,) = made.get_inputs()

    def run(inputs: "np.ndarray") -> "np.ndarray":
        return made.run(None, {entry.name: inputs})[0]  # type: ignore[no-any-return]

    return run


def exported(model: Any) -> Engine:
    """Run a Keras model by ONNX Runtime; raise Missing where that is not installed."""
    require(ONNX)
    with TemporaryDirectory() as folder, quiet():
        path = Path(folder) / "model.onnx"
        onnx_file.write(model, path, {})
        return session(path)
