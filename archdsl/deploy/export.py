"""A job -> a file or folder that was run and compared before it took its place."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archdsl.deploy.blame import culprit
from archdsl.deploy.check import TOLERANCE, Engine, allowed, examples, largest_difference, reference
from archdsl.deploy.errors import DeployError
from archdsl.deploy.formats.about import about
from archdsl.deploy.job import Job, weighted
from archdsl.deploy.model import unweighted
from archdsl.deploy.quiet import quiet
from archdsl.deploy.registry import Format
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS


def write_checked(job: Job, model: Any, path: Path, form: Format) -> float:
    """Write a model to a path, run what was written and give its difference from the network; raise
    DeployError above 1e-5, unless the network's own rounding explains it (`check.allowed`)."""
    engine = written(
        job, form, lambda: form.write(model, path, about(job.network, job.feed, job.images)), path
    )
    graph = job.network.graph
    error = largest_difference(reference(job.model, job.entry), engine, graph, job.entry)
    if not error <= TOLERANCE:
        limit = allowed(job.model, graph, job.entry)
        if not error <= limit:
            raise DeployError(_differs(form, error, limit, job.fold))
    return error


def written(job: Job, form: Format, write: Callable[[], None], path: Path) -> Engine:
    """Write a file, open and run it once; raise DeployError that names the layer where that fails."""
    try:
        with quiet():
            write()
            engine = form.run(str(path))
            engine(examples(job.network.graph, 1, job.entry))
            return engine
    except OSError:
        raise
    except Exception as error:  # what a converter or an engine raises has no common class
        raise DeployError(_blamed(job, form, path, error)) from error


def _blamed(job: Job, form: Format, path: Path, error: Exception) -> str:
    graph = weighted(job).graph

    def attempt(single: Graph) -> None:
        with quiet(), TemporaryDirectory() as folder:
            trial = Path(folder) / path.name
            form.write(unweighted(single, form.converted), trial, {})
            form.run(str(trial))(examples(single, 1))

    found = culprit(graph, attempt)
    if found is None:
        return f"{form.name} cannot represent this network: {_line(error)}"
    node, reason = found
    return f"{form.name} has no {_named(graph, node)}: {_line(reason)}"


def _named(graph: Graph, node: Node) -> str:
    stage = graph.stages[node.stage]
    return f"layer for {OPS[node.op].label(node.params)} ({node.name}, line {stage.line})"


def _line(error: Exception) -> str:
    """Return the first line of a message that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__


def _differs(form: Format, error: float, limit: float, fold: bool) -> str:
    way = "; `--no-fold` avoids the rounding of folded norms" if fold else ""
    return (
        f"the {form.name} file differs from the network by {error:.1e}, more than {limit:.0e}: "
        f"nothing is written{way}"
    )
