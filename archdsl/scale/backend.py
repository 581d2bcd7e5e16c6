"""The engine that Keras computes with: chosen before Keras is imported, which keeps it for the life of the
process."""

import os
import sys
from importlib.util import find_spec

from archdsl.extras import not_installed

BACKENDS = ("tensorflow", "jax", "torch")


class BackendError(Exception):
    """The engine cannot be had in this process; the message is one sentence for the user."""


class BackendMissing(BackendError):
    """The engine is not installed; the message has the line that installs it."""


def choose(name: str | None) -> None:
    """Make Keras compute with an engine (None: the one that KERAS_BACKEND or Keras' own configuration names).

    Raises BackendMissing where it is not installed, BackendError where Keras already runs on another.
    """
    if name is None:
        return
    if "keras" in sys.modules:
        _compare(name)
        return
    if find_spec(name) is None:
        raise BackendMissing(f"the backend {not_installed(name)}")
    os.environ["KERAS_BACKEND"] = name


def _compare(name: str) -> None:
    running = sys.modules["keras"].backend.backend()
    if running != name:
        raise BackendError(f"Keras runs on {running} in this process: choose {name} before Keras is imported")
