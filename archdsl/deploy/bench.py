"""Latency and throughput of a network on every engine that is installed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from archdsl.deploy import packages
from archdsl.deploy.check import Engine, examples, largest_difference, reference
from archdsl.deploy.engines import litert, onnx, tensorflow, torch
from archdsl.deploy.errors import DeployError
from archdsl.deploy.job import Job, written_model
from archdsl.deploy.timing import Timings, interleaved
from archdsl.extras import not_installed

BATCHES = (1, 8, 64)
PYTORCH = "Keras on PyTorch"


class Way(NamedTuple):
    """A way to run a network: what it needs, and what makes an engine of it."""

    name: str
    needs: tuple[str, ...]
    make: Callable[[Job], Engine]


FOLDED = Way("folded function", packages.TENSORFLOW, lambda job: tensorflow.frozen(written_model(job)))
ONNX_RUNTIME = Way(
    "ONNX Runtime", packages.ONNX, lambda job: onnx.exported(written_model(job, converted=True))
)
LITERT = Way("LiteRT", packages.LITERT, lambda job: litert.exported(written_model(job, converted=True)))
WAYS = (
    Way("Keras predict", packages.TENSORFLOW, lambda job: tensorflow.predicted(job.model)),
    Way("Keras function", packages.TENSORFLOW, lambda job: tensorflow.compiled(job.model)),
    FOLDED,
    ONNX_RUNTIME,
    LITERT,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """`measured` has timings by engine, in the order of the batches; `errors` the difference of outputs from
    Keras'.

    `left_out` says of each engine that was not measured why.
    """

    batches: tuple[int, ...]
    measured: dict[str, tuple[Timings, ...]]
    errors: dict[str, float]
    left_out: dict[str, str]


def bench(
    job: Job, batches: Sequence[int] = BATCHES, seconds: float = 3.0, only: Sequence[str] = ()
) -> Bench:
    """Measure each engine for about `seconds` per batch size; `only` names engines (a part of the name will
    do)."""
    wanted = [way for way in WAYS if chosen(way.name, only)]
    left_out = {way.name: not_installed(name) for way in wanted if (name := packages.missing(way.needs))}
    expected, graph = reference(job.model), job.network.graph
    made: dict[str, Engine] = {}
    errors: dict[str, float] = {}
    for way in [way for way in wanted if way.name not in left_out]:
        try:
            engine = way.make(job)
            errors[way.name] = largest_difference(expected, engine, graph)
            made[way.name] = engine
        except Exception as error:  # whatever a converter raises: the others are measured all the same
            left_out[way.name] = (
                str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            )
    rounds = [interleaved(made, examples(graph, batch), seconds) for batch in batches]
    measured = {name: tuple(one[name] for one in rounds) for name in made}
    if chosen(PYTORCH, only):
        _pytorch(job, tuple(batches), seconds, measured, left_out)
    return Bench(tuple(batches), measured, errors, left_out)


def chosen(name: str, only: Sequence[str]) -> bool:
    """Return whether an engine is wanted: all are where none is named."""
    return not only or any(word.lower() in name.lower() for word in only)


def _pytorch(
    job: Job, batches: tuple[int, ...], seconds: float, measured: dict[str, Any], left_out: dict[str, str]
) -> None:
    if packages.missing(("torch",)):
        left_out[PYTORCH] = not_installed("torch")
        return
    try:
        measured[PYTORCH] = tuple(torch.timings(job.model, seconds, batches))
    except DeployError as error:
        left_out[PYTORCH] = str(error)
