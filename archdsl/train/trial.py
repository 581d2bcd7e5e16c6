"""A network -> seconds of a whole training step on the Keras backend of this process, in each precision that
it may take.

Run as `python -m archdsl.train.trial` by `engine.py`, one process for each backend, since Keras keeps the one
that it began with: it reads a pickled `Trial` from standard input and writes JSON as the last line of its
standard output.
"""

import json
import pickle
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from archdsl.graph.graph import Graph


class Trial(NamedTuple):
    """A network, images in a batch, precisions, and how many steps of each are timed."""

    graph: Graph
    batch_size: int
    precisions: tuple[str, ...]
    steps: int


def measured(trial: Trial) -> dict[str, float]:
    """Return the least time of the steps in each precision, in seconds; the first two steps trace and
    settle."""
    return {precision: min(_times(_step(trial, precision), trial.steps)) for precision in trial.precisions}


def _times(step: Callable[[], object], count: int) -> list[float]:
    for _ in range(2):
        step()
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def _step(trial: Trial, precision: str) -> Callable[[], float]:
    import numpy as np

    from archdsl.backends.quiet import import_keras
    from archdsl.train import learner

    keras: Any = import_keras()
    model = learner.make(trial.graph, learner.precision_policy(precision), training=True).logits
    model.compile(keras.optimizers.SGD(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    random = np.random.default_rng(0)
    images = random.normal(size=(trial.batch_size, *model.input_shape[1:])).astype(np.float32)
    labels = random.integers(0, model.output_shape[-1], trial.batch_size)
    return lambda: float(model.train_on_batch(images, labels))  # a number: the step is done


if __name__ == "__main__":
    print(json.dumps(measured(pickle.load(sys.stdin.buffer))))
