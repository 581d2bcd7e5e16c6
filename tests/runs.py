"""Small training runs inside the test process: a network with dropout on a few digits, and what happens to them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from archdsl.data import digits
from archdsl.data.catalogue import Choice
from archdsl.network import Spec
from archdsl.pipeline import compile_source
from archdsl.recipe import read
from archdsl.resolve.settings import Overrides
from archdsl.source import Source
from archdsl.train import checkpoint, keptspec
from archdsl.train.folder import RunFolder
from archdsl.train.plan import Outcome, Plan

SPEC = "input 8x8x1\nclasses 10\nstyle resnet\nc1 8x8 3x3, 8\nc2 4x4 [3x3, 8; 3x3, 8] x1\n 1x1 average pool, dropout 0.2, 10-d fc, softmax\n"


def plan(*sets: str, epochs: int = 3, limit: int = 160) -> Plan:
    """Return a plan of five steps of 32 images per epoch."""
    compilation = compile_source(Source("net.arch", SPEC))
    network = Spec(compilation).network()
    data = digits.load(network.input).limited(limit)
    recipe = read("digits", [f"epochs={epochs}", "seed=3", "precision=float32", *sets])
    spec = keptspec.described(compilation, "net.arch", Overrides())
    return Plan(network, data, recipe, spec, SPEC, Choice("digits", limit=limit).as_dict(), "1")


class Script:
    """A display that does something after a step (counted over the whole run) or an epoch of the process."""

    def __init__(self, steps: dict[int, Callable[[], object]] | None = None) -> None:
        self.steps = steps or {}
        self.count = 0

    def phase(self, text: str) -> None:
        """Show nothing."""

    def step(self, now: Any) -> None:
        """Do what the script says."""
        if now.validating:
            return
        self.count += 1
        self.steps.get(self.count, lambda: None)()

    def epoch(self, row: dict[str, Any]) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Leave nothing behind."""


def train(path: Path, script: Script | None = None, given: Plan | None = None) -> Outcome:
    """Begin a run."""
    from archdsl.train.log import loggers
    from archdsl.train.run import run

    folder = RunFolder(str(path))
    folder.create()
    try:
        return run(given or plan(), folder, script or Script(), loggers())
    finally:
        folder.close()


def go_on(path: Path, script: Script | None = None) -> tuple[Outcome, tuple[str, ...]]:
    """Go on with a run; give what it said about its checkpoints too."""
    from archdsl.train.log import loggers
    from archdsl.train.resume import resume
    from archdsl.train.run import run

    resumed = resume(str(path))
    try:
        return run(resumed.plan, resumed.folder, script or Script(), loggers(), resumed.begun), resumed.notes
    finally:
        resumed.folder.close()


def same(one: Path, other: Path) -> None:
    """Assert that two finished runs are the same to the bit: weights, memory of the optimiser, seeds, numbers."""
    states = [checkpoint.last(path)[0] for path in (one, other)]
    a, b = states
    assert a is not None
    assert b is not None
    assert (a.epoch, a.step) == (b.epoch, b.step)
    for group, arrays in a.arrays.items():
        if group == "metrics":
            continue
        for left, right in zip(arrays, b.arrays[group], strict=True):
            np.testing.assert_array_equal(left, right, group)
    for left, right in zip(RunFolder(str(one)).rows(), RunFolder(str(other)).rows(), strict=True):
        assert {key: left[key] for key in left if key not in ("img_s", "seconds")} == {
            key: right[key] for key in right if key not in ("img_s", "seconds")
        }
    assert (one / "best.weights.h5").read_bytes() == (other / "best.weights.h5").read_bytes()
