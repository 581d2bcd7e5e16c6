"""A network -> a file: source, or a model in the format that the file's name ends in."""

import os

from archdsl.network import Network
from archdsl.writing import write_whole

TARGETS = ("keras", "torch")


def compile_to(network: Network, out: str, target: str, fold: bool | None) -> None:
    """Write a network; raise ValueError, DeployError, BackendError, ModuleNotFoundError or OSError."""
    if target not in TARGETS:
        raise ValueError(f"unknown target `{target}`; there are {', '.join(TARGETS)}")
    if out.endswith(".py"):
        write_whole(out, source(network, target))
    elif target == "torch":
        raise ValueError(f"target chooses the framework of a .py file, but {out} is not one")
    else:
        _write_model(network, out, fold)


def source(network: Network, target: str) -> str:
    """Write a network as the source that a person would have written; raise DeployError where PyTorch has no
    form of a layer."""
    from archdsl.backends import python_source, torch_source
    from archdsl.deploy.errors import DeployError

    write = torch_source.source if target == "torch" else python_source.source
    try:
        return write(network.graph, os.path.basename(network.path))
    except torch_source.NoForm as error:
        raise DeployError(str(error)) from None


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
