"""A network -> a file: Keras source, or a model in the format that the file's name ends in."""

import os

from archdsl.network import Network
from archdsl.writing import write_whole


def compile_to(network: Network, out: str, fold: bool | None) -> None:
    """Write a network; raise ValueError, DeployError, BackendError, ModuleNotFoundError or OSError."""
    if out.endswith(".py"):
        write_whole(out, python_source(network))
    else:
        _write_model(network, out, fold)


def python_source(network: Network) -> str:
    """Write a network as the Keras source that a person would have written."""
    from archdsl.backends.python_source import source

    return source(network.graph, os.path.basename(network.path))


def _write_model(network: Network, out: str, fold: bool | None) -> None:
    from archdsl.backends.keras import build
    from archdsl.deploy.beside import beside
    from archdsl.deploy.export import write_checked
    from archdsl.deploy.job import Job, written_model
    from archdsl.deploy.packages import require
    from archdsl.deploy.registry import FORMATS, KERAS, format_of
    from archdsl.scale.backend import choose

    form = format_of(out)
    if form is None:
        endings = ", ".join(one.ending for one in FORMATS)
        raise ValueError(f"cannot write {out}: its name must end in {endings} or .py, or be that of a folder")
    require(form.needs)
    if form != KERAS:
        choose("tensorflow")  # what it exports; the weights are the same on every backend
    job = Job(network, build(network.graph), fold=form != KERAS if fold is None else fold)
    model = written_model(job, form.converted) if form != KERAS or job.fold else job.model
    with beside(out, form.marker) as path:
        write_checked(job, model, path, form)
