"""A network and a batch size -> the Keras backend that trains it fastest on this machine, by a few timed
steps, remembered."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from archdsl.scale.backend import BACKENDS
from archdsl.train import remembered
from archdsl.train.hardware import multiplies_bfloat16
from archdsl.train.plan import Plan
from archdsl.train.precision import CHOICES, LEAST_WORK, STEPS
from archdsl.train.trial import Trial

MOST_IMAGES = 128  # of a batch that is timed
MOST_SECONDS = 600  # of all steps of a backend, with what it compiles


def chosen(plan: Plan, tell: Callable[[str], None]) -> str:
    """Choose a backend of those installed for a run, and tell in a line why; it is asked of processes of
    their own."""
    installed = [name for name in BACKENDS if find_spec(name)]
    reason = _needs_no_trial(plan, installed)
    if reason:
        tell(f"backend {installed[0]}: {reason}")
        return installed[0]
    seconds = {name: _seconds(plan, name, tell) for name in installed}
    ranked = sorted(
        (name for name in installed if seconds[name]), key=lambda name: min(seconds[name].values())
    )
    if not ranked:
        tell(f"backend {installed[0]}: no backend could be timed")
        return installed[0]
    tell(f"backend {_told(ranked, seconds)} (timed {STEPS} steps of each, or remembered)")
    return ranked[0]


def _needs_no_trial(plan: Plan, installed: list[str]) -> str:
    if len(installed) == 1:
        return "no other is installed"
    if 3 * plan.network.macs * plan.images * plan.recipe.epochs < LEAST_WORK:
        return "the run is too short to time the others"
    return ""


def _told(ranked: list[str], seconds: Mapping[str, Mapping[str, float]]) -> str:
    least = {name: min(seconds[name].values()) for name in ranked}
    others = [f"{least[name] / least[ranked[0]]:.2f} times as fast as {name}" for name in ranked[1:]]
    return f"{ranked[0]}: {', '.join(others) or 'no other could be timed'}"


def _seconds(plan: Plan, name: str, tell: Callable[[str], None]) -> dict[str, float]:
    precisions = _precisions(name, plan.recipe.precision)
    question = remembered.key(plan.network.graph, plan.recipe.batch_size, (name, *precisions))
    known = remembered.read(question)
    if set(known) == set(precisions):
        return known
    trial = Trial(plan.network.graph, min(plan.recipe.batch_size, MOST_IMAGES), precisions, STEPS)
    found = _tried(trial, name, tell)
    if found:
        remembered.write(question, found)
    return found


def _precisions(name: str, requested: str) -> tuple[str, ...]:
    """Return those that a run on the backend may take: as `precision.choose`, which times them on TensorFlow
    only."""
    if requested != "auto":
        return (requested,)
    return CHOICES if name == "tensorflow" and multiplies_bfloat16() else ("float32",)


def _tried(trial: Trial, name: str, tell: Callable[[str], None]) -> dict[str, float]:
    """Time a trial in a process of its own; empty where that fails, which is told."""
    command = [sys.executable, "-m", "archdsl.train.trial"]
    environment = os.environ | {"KERAS_BACKEND": name}
    try:
        done = subprocess.run(
            command,
            input=pickle.dumps(trial),
            capture_output=True,
            env=environment,
            timeout=MOST_SECONDS,
            check=True,
        )
        return {
            str(key): float(value) for key, value in json.loads(done.stdout.decode().splitlines()[-1]).items()
        }
    except subprocess.TimeoutExpired:
        tell(f"backend {name}: not timed, its steps took more than {MOST_SECONDS} s")
    except (subprocess.CalledProcessError, ValueError, IndexError):
        tell(f"backend {name}: not timed, it cannot train this network here")
    return {}
