"""The fastest way to predict that is installed here."""

from typing import TYPE_CHECKING, Any

from archdsl.backends.quiet import import_keras
from archdsl.deploy.check import Engine, examples, reference
from archdsl.deploy.engines import onnx, tensorflow
from archdsl.deploy.job import Job, weighted, written_model
from archdsl.deploy.packages import ONNX, missing
from archdsl.deploy.timing import Timings, interleaved

if TYPE_CHECKING:
    from archdsl.network import Network

ENGINES = ("auto", "tensorflow", "onnx")
PROBE_SECONDS = 0.3


def predictor(network: "Network", model: Any, engine: str = "auto", batch: int = 64) -> Engine:
    """Return a function from examples, float32 [n, …], to outputs as an array; `model` is the Keras model of
    the network.

    The network is folded first, so outputs agree with the model's to 1e-5. `tensorflow` compiles it with its
    weights as constants; `onnx` has ONNX Runtime run it, whose file takes seconds to make; `auto` times both
    on `batch` examples, where ONNX Runtime is installed, and keeps the faster. On another backend of Keras
    than TensorFlow it is the folded model itself. Raises Missing for an engine that is not installed.
    """
    job = Job(network, model)
    if import_keras().backend.backend() != "tensorflow":
        return reference(written_model(job))
    if engine == "tensorflow" or (engine == "auto" and missing(ONNX)):
        return tensorflow.frozen(written_model(job))
    if engine == "onnx":
        return onnx.exported(written_model(job, converted=True))
    made = {
        "tensorflow": tensorflow.frozen(written_model(job)),
        "onnx": onnx.exported(written_model(job, converted=True)),
    }
    return made[fastest(interleaved(made, examples(weighted(job).graph, batch), PROBE_SECONDS))]


def fastest(timings: dict[str, Timings]) -> str:
    """Return the engine of the smallest median."""
    return min(timings, key=lambda name: timings[name].median)
