"""A model -> how fast it predicts, by repeated calls of its compiled function."""

import statistics
import time
from typing import TYPE_CHECKING, Any

from archdsl.evaluate.evaluation import Speed

if TYPE_CHECKING:
    import numpy as np

_SECONDS, _CALLS = 1.0, 5


def speed(model: Any, images: "np.ndarray") -> Speed:
    """Time batches of `images`, float32 [b, h, w, c], and single images, a second each; transfers are
    included."""
    from archdsl.backends.quiet import import_keras

    batch, single = _calls(model, images), sorted(_calls(model, images[:1]))
    rate = len(images) / statistics.median(batch)
    worst = single[min(len(single) - 1, round(0.95 * len(single)))]
    backend = import_keras().backend.backend()
    precision = next((layer.compute_dtype for layer in model.layers if layer.weights), model.compute_dtype)
    return Speed(rate, len(images), statistics.median(single) * 1e3, worst * 1e3, backend, str(precision))


def _calls(model: Any, images: "np.ndarray") -> list[float]:
    """Return the seconds of each call; the first, which traces the model, does not count."""
    model.predict_on_batch(images)
    taken: list[float] = []
    while len(taken) < _CALLS or sum(taken) < _SECONDS:
        began = time.perf_counter()
        model.predict_on_batch(images)
        taken.append(time.perf_counter() - began)
    return taken
