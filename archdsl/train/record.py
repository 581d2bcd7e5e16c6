"""Writes what a run was asked to do: `config.json`, the spec as it was read, and the network's figure."""

import platform
from hashlib import sha256
from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.data.images import ImageData
from archdsl.train import batches, configuration
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder, json_text
from archdsl.train.plan import Plan


def write(plan: Plan, folder: RunFolder, policy: str) -> None:
    """Write configuration, spec and figure into a new run folder. Raises OSError."""
    from archdsl.figure.draw import draw

    folder.write_bytes(plan.spec["file"], plan.source.encode())
    folder.write_bytes(configuration.NAME, json_text(config(plan, policy)).encode())
    draw(plan.network, str(folder / "network.svg"))


def config(plan: Plan, policy: str) -> dict[str, Any]:
    """Return the configuration of a run; what the network is fed is `pixel * scale + offset`, per channel."""
    scale, offset = batches.scaling(plan.data, plan.recipe)
    return {
        "version": configuration.VERSION,
        "network": plan.network.name,
        "parameters": plan.network.params._asdict(),
        "spec": plan.spec,
        "data": {
            "name": plan.data.name,
            "classes": list(plan.data.classes),
            "flip": plan.data.flip,
            **plan.data_options,
        },
        "scaling": {"scale": list(scale), "offset": list(offset)},
        **fingerprint(plan.data),
        "recipe": plan.recipe.as_dict(),
        "seed": plan.recipe.seed,
        "precision": policy,
        "backend": import_keras().backend.backend(),
        "save_every": plan.save_every,
        "versions": versions(),
    }


def fingerprint(data: ImageData) -> dict[str, Any]:
    """Return what tells whether images are the same: how many, their labels in order, mean and deviation of
    the pixels."""
    labels = {
        name: sha256(split.labels.astype("<i8").tobytes()).hexdigest()[:16]
        for name, split in data.splits.items()
    }
    pixels = {"mean": [float(one) for one in data.mean], "deviation": [float(one) for one in data.deviation]}
    return {
        "images": {name: len(split.labels) for name, split in data.splits.items()},
        "labels": labels,
        "pixels": pixels,
    }


def check_data(data: ImageData, kept: dict[str, Any]) -> None:
    """Raise RunError where images are not those that a run began with."""
    now = fingerprint(data)
    for key, what in (
        ("images", "as many images"),
        ("labels", "the same labels"),
        ("pixels", "the same pixels"),
    ):
        if now[key] != kept.get(key):
            raise RunError(f"the data {data.name} is not what the run began with: it has not {what} any more")


def versions() -> dict[str, str]:
    """Return the versions of what computes."""
    from importlib.metadata import version

    from archdsl import __version__

    keras = import_keras()
    names = {keras.backend.backend(), "tensorflow", "numpy"}
    found = {name: version(name) for name in sorted(names)}
    return {"archdsl": __version__, "python": platform.python_version(), "keras": keras.__version__, **found}
