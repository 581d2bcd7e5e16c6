"""What was measured once -> the user's cache folder, a file for each question, and back.

A question is a network, a batch size, what was compared, and everything that answers depend on: versions and
the CPU. The folder is `archdsl` in `$XDG_CACHE_HOME` or `~/.cache`; where it cannot be written, nothing is
remembered.
"""

import hashlib
import json
import math
import os
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from archdsl.graph.graph import Graph
from archdsl.train.hardware import cpu
from archdsl.writing import write_whole


def folder() -> Path:
    """Return the folder of the answers."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archdsl" / "steps"


def key(graph: Graph, batch_size: int, compared: Sequence[str]) -> str:
    """Return the name of a question; networks that compute the same with other names of rows are one."""
    from archdsl import __version__

    nodes = [(node.op, sorted(node.params.items()), node.inputs, node.shape) for node in graph.nodes]
    versions = (__version__, *(_version(name) for name in ("keras", "tensorflow", "jax", "torch")))
    threads = os.environ.get("OMP_NUM_THREADS", ""), sorted(getattr(os, "sched_getaffinity", lambda _: ())(0))
    question = repr((nodes, graph.outputs, batch_size, tuple(compared), versions, cpu(), threads))
    return hashlib.sha256(question.encode()).hexdigest()[:32]


def _version(package: str) -> str:
    with suppress(PackageNotFoundError):
        return version(package)
    return ""


def read(question: str) -> dict[str, float]:
    """Read the seconds that were measured, by what they are of; empty where nothing (or nothing sound) is
    remembered."""
    try:
        found = json.loads((folder() / f"{question}.json").read_text(encoding="utf-8"))
        seconds = {str(name): float(value) for name, value in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return seconds if seconds and all(0 < value < math.inf for value in seconds.values()) else {}


def write(question: str, seconds: dict[str, float]) -> None:
    """Remember seconds, where the folder lets us."""
    path = folder() / f"{question}.json"
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(seconds) + "\n")
