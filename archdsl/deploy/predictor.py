"""The fastest way to predict that is installed here."""

from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archdsl.backends.quiet import import_keras
from archdsl.deploy.check import Engine, examples, reference
from archdsl.deploy.engines import litert, onnx, tensorflow
from archdsl.deploy.job import Job, weighted, written_model
from archdsl.deploy.packages import LITERT, ONNX, TENSORFLOW, missing
from archdsl.deploy.timing import Timings, interleaved
from archdsl.graph.graph import Graph

if TYPE_CHECKING:
    from archdsl.network import Network

PROBE_SECONDS = 0.3
# What each engine needs, and what makes it.
_WAYS: dict[str, tuple[tuple[str, ...], Callable[[Job], Engine]]] = {
    "tensorflow": (TENSORFLOW, lambda job: tensorflow.frozen(written_model(job))),
    "onnx": (ONNX, lambda job: onnx.exported(written_model(job, converted=True))),
    "litert": (LITERT, lambda job: litert.exported(written_model(job, converted=True))),
}
ENGINES = ("auto", *_WAYS)


def predictor(network: "Network", model: Any, engine: str = "auto", batch: int = 64) -> Engine:
    """Return a function from examples, float32 [n, …], to outputs as an array; `model` is the Keras model of
    the network.

    The network is folded first, so outputs agree with the model's to 1e-5. `tensorflow` compiles it with its
    weights as constants; `onnx` has ONNX Runtime run it, `litert` LiteRT, whose files take seconds to make;
    `auto` times what is installed on 1, 8 and `batch` examples, and takes the fastest for as many. On
    another backend of Keras than TensorFlow it is the folded model itself. Raises Missing for an engine that
    is not installed.
    """
    job = Job(network, model)
    if import_keras().backend.backend() != "tensorflow":
        return reference(written_model(job))
    if engine != "auto":
        return _WAYS[engine][1](job)
    made = {name: make(job) for name, (needs, make) in _WAYS.items() if not missing(needs)}
    return next(iter(made.values())) if len(made) == 1 else _by_size(made, weighted(job).graph, batch)


def _by_size(made: dict[str, Engine], graph: Graph, batch: int) -> Engine:
    """Return an engine that hands examples to the one that is fastest for as many."""
    sizes = sorted({1, 8, batch})
    best = [made[fastest(interleaved(made, examples(graph, size), PROBE_SECONDS))] for size in sizes]
    return lambda inputs: best[max(0, bisect_right(sizes, len(inputs)) - 1)](inputs)


def fastest(timings: dict[str, Timings]) -> str:
    """Return the engine of the smallest median."""
    return min(timings, key=lambda name: timings[name].median)
