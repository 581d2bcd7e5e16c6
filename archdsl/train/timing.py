"""A network -> seconds of a training step in each precision, measured alternately on models made for the
purpose."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.graph.graph import Graph
from archdsl.train import learner


def step_seconds(graph: Graph, precisions: Sequence[str], batch_size: int, steps: int) -> dict[str, float]:
    """Return the least time of `steps` steps in each precision, in seconds for `batch_size` images; the steps
    alternate.

    A step is forward and backward with gradients of all weights, without the optimiser, which is the same in
    each.
    """
    takes = {precision: _step(graph, precision, batch_size) for precision in precisions}
    for step in takes.values():
        step()  # traces, and lays out the weights
    seconds: dict[str, list[float]] = {precision: [] for precision in precisions}
    for _ in range(steps):
        for precision, step in takes.items():
            start = time.perf_counter()
            step()
            seconds[precision].append(time.perf_counter() - start)
    return {precision: min(values) for precision, values in seconds.items()}


def _step(graph: Graph, precision: str, batch_size: int) -> Callable[[], Any]:
    import numpy as np
    import tensorflow as tf

    keras = import_keras()
    model = learner.make(graph, learner.precision_policy(precision), training=True).logits
    random = np.random.default_rng(0)
    shape = graph.nodes[graph.inputs[0]].shape
    images = tf.constant(random.normal(size=(batch_size, *shape)).astype(np.float32))
    classes = model.output.shape[-1]
    labels = tf.constant(np.eye(classes, dtype=np.float32)[random.integers(0, classes, batch_size)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)

    def step() -> Any:
        with tf.GradientTape() as tape:
            value = loss(labels, model(images, training=True))
        return tape.gradient(value, [variable.value for variable in model.trainable_variables])

    traced = tf.function(step, autograph=False)
    return lambda: [gradient.numpy() for gradient in traced()[:1]]
