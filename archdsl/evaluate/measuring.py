"""A model and a split -> an `Evaluation`."""

from typing import TYPE_CHECKING, Any

from archdsl.evaluate import scores
from archdsl.evaluate.evaluation import Evaluation, Speed
from archdsl.evaluate.outputs import outputs

if TYPE_CHECKING:
    from archdsl.data.images import ImageData
    from archdsl.recipe import Recipe

_TIMED_BATCH = 64


def measure(model: Any, data: "ImageData", split: str, recipe: "Recipe", timed: bool = False) -> Evaluation:
    """Measure a model, whose output is one number per class (probabilities or logits), on a split.

    `timed` adds throughput and latency, which takes about two seconds more.
    """
    import numpy as np

    part = data.splits[split]
    truth = np.asarray(part.labels)
    found = outputs(model, data, split, recipe)
    shares, finite = found.probabilities, found.finite
    predicted = np.where(finite, shares.argmax(axis=1), -1)
    right = predicted == truth
    rows = scores.per_class(truth, predicted, data.classes)
    error, bins = scores.calibration(right[finite], shares[finite].max(axis=1))
    worst = scores.mistakes(truth, predicted, shares)
    return Evaluation(
        data=data.name,
        split=split,
        note=part.note,
        images=len(truth),
        accuracy=float(right.mean()) if len(truth) else 0.0,
        interval=scores.interval(int(right.sum()), len(truth)),
        top_5=scores.top_k(truth, shares, finite, 5),
        cross_entropy=scores.cross_entropy(truth[finite], shares[finite]),
        per_class=rows,
        macro=scores.macro(rows),
        confusion=scores.confusion(truth, predicted, len(data.classes)),
        calibration_error=error,
        bins=bins,
        mistakes=worst,
        not_finite=int((~finite).sum()),
        softmax_applied=found.softmax_applied,
        flips=found.flips,
        speed=_speed(model, data, split, recipe) if timed else None,
        pictures=tuple(np.asarray(part.images[np.array([one.row for one in worst], np.int64)]))
        if worst
        else (),
    )


def _speed(model: Any, data: "ImageData", split: str, recipe: "Recipe") -> Speed:
    from archdsl.evaluate.speed import speed
    from archdsl.train.batches import plain

    images, _ = next(iter(plain(data, split, recipe, _TIMED_BATCH)))
    return speed(model, images.numpy())
