"""The fastest way to predict that is installed here."""

from bisect import bisect_right
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from archdsl.backends.quiet import import_keras
from archdsl.deploy.bench import FOLDED, LITERT, ONNX_RUNTIME
from archdsl.deploy.check import Engine, examples, reference
from archdsl.deploy.job import Job, weighted, written_model
from archdsl.deploy.packages import missing
from archdsl.deploy.timing import Timings, interleaved
from archdsl.graph.graph import Graph

if TYPE_CHECKING:
    from archdsl.network import Network

PROBE_SECONDS = 0.5
_WAYS = {"tensorflow": FOLDED, "onnx": ONNX_RUNTIME, "litert": LITERT}
ENGINES = ("auto", *_WAYS)


def predictor(network: "Network", model: Any, engine: str = "auto", batch: int = 64) -> Engine:
    """Return a function from examples, float32 [n, …], to outputs as an array; `model` is the Keras model of
    the network.

    The network is folded first, so outputs agree with the model's to 1e-5. `tensorflow` compiles it with its
    weights as constants; `onnx` has ONNX Runtime run it, `litert` LiteRT, whose files take seconds to make;
    `auto` times those that are installed and can run the network on 1, 8 and `batch` examples, and takes the
    fastest for as many. On another backend of Keras than TensorFlow it is the folded model itself. Raises
    Missing for an engine that is not installed.
    """
    job = Job(network, model)
    if import_keras().backend.backend() != "tensorflow":
        return reference(written_model(job))
    if engine != "auto":
        return _WAYS[engine].make(job)
    made = {"tensorflow": FOLDED.make(job)}
    for name, way in _WAYS.items():
        if name not in made and not missing(way.needs):
            with suppress(Exception):  # whatever a converter raises: the others predict all the same
                made[name] = way.make(job)
    return made["tensorflow"] if len(made) == 1 else _by_size(made, weighted(job).graph, batch)


def _by_size(made: dict[str, Engine], graph: Graph, batch: int) -> Engine:
    """Return an engine that hands examples to the one that is fastest for as many."""
    sizes = sorted({1, 8, batch})
    best = [made[fastest(interleaved(made, examples(graph, size), PROBE_SECONDS))] for size in sizes]
    return lambda inputs: best[max(0, bisect_right(sizes, len(inputs)) - 1)](inputs)


def fastest(timings: dict[str, Timings]) -> str:
    """Return the engine of the shortest call: other work on the machine only makes calls longer."""
    return min(timings, key=lambda name: min(timings[name].seconds))
