"""Probabilities and classes -> scores, by scikit-learn and SciPy where they have them."""

import math
from typing import TYPE_CHECKING, Any

from archdsl.evaluate.evaluation import CONFIDENCE_LEVEL, Average, Bin, ClassScore, Mistake

if TYPE_CHECKING:
    import numpy as np

BINS = 15  # of the reliability curve, as in Guo et al. 2017
MISTAKES = 24


def interval(right: int, images: int) -> tuple[float, float]:
    """Return the Wilson score interval of a share, at 95 %; (0, 1) where there are no images."""
    from scipy.stats import binomtest

    if not images:
        return 0.0, 1.0
    found = binomtest(right, images).proportion_ci(CONFIDENCE_LEVEL, method="wilson")
    return float(found.low), float(found.high)


def top_k(truth: "np.ndarray", probabilities: "np.ndarray", finite: "np.ndarray", k: int) -> float | None:
    """Return the share of images whose class is among the k most likely; None where there are not more than k
    classes."""
    from sklearn.metrics import top_k_accuracy_score

    classes = probabilities.shape[1]
    if classes <= k or not len(truth):
        return None
    if not finite.any():
        return 0.0
    hits = top_k_accuracy_score(
        truth[finite], probabilities[finite], k=k, normalize=False, labels=range(classes)
    )
    return float(hits) / len(truth)


def cross_entropy(truth: "np.ndarray", probabilities: "np.ndarray") -> float | None:
    """Return the mean of -log(probability of the class) in nats; None where there is nothing to tell
    apart."""
    from sklearn.metrics import log_loss

    classes = probabilities.shape[1]
    if classes < 2 or not len(truth):
        return None
    return float(log_loss(truth, probabilities, labels=range(classes)))


def per_class(truth: "np.ndarray", predicted: "np.ndarray", names: tuple[str, ...]) -> tuple[ClassScore, ...]:
    """Return precision, recall and F1 of each class; `predicted` is -1 where there is no prediction."""
    import numpy as np
    from sklearn.metrics import precision_recall_fscore_support

    scores = precision_recall_fscore_support(truth, predicted, labels=range(len(names)), zero_division=np.nan)
    columns = [[None if math.isnan(value) else float(value) for value in score] for score in scores[:3]]
    return tuple(map(ClassScore, names, *columns, map(int, scores[3])))


def confusion(truth: "np.ndarray", predicted: "np.ndarray", classes: int) -> tuple[tuple[int, ...], ...]:
    """Count the images of each class by what they are called."""
    from warnings import catch_warnings, simplefilter

    from sklearn.metrics import confusion_matrix

    if not len(truth):
        return ((0,) * classes,) * classes
    with catch_warnings():
        simplefilter("ignore")  # of a single class, which may be all that there is
        counts = confusion_matrix(truth, predicted, labels=range(classes))
    return tuple(tuple(map(int, row)) for row in counts)


def macro(rows: tuple[ClassScore, ...]) -> Average:
    """Average the scores of the classes, each where it is defined."""
    return Average(*(_mean([row[place] for row in rows]) for place in (1, 2, 3)))


def _mean(values: list[Any]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def calibration(right: "np.ndarray", confidence: "np.ndarray") -> tuple[float | None, tuple[Bin, ...]]:
    """Return the expected calibration error and the reliability curve, over bins of equal width."""
    import numpy as np

    if not len(right):
        return None, ()
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    sums = [np.bincount(place, values, BINS) for values in (confidence, right.astype(float))]
    error = float(np.abs(sums[0] - sums[1]).sum() / len(right))
    return error, tuple(
        _bin(number, int(counts[number]), *(float(s[number]) for s in sums)) for number in range(BINS)
    )


def _bin(number: int, images: int, confidence: float, right: float) -> Bin:
    low, high = number / BINS, (number + 1) / BINS
    return (
        Bin(low, high, images, confidence / images, right / images)
        if images
        else Bin(low, high, 0, None, None)
    )


def mistakes(
    truth: "np.ndarray", predicted: "np.ndarray", probabilities: "np.ndarray"
) -> tuple[Mistake, ...]:
    """Return the most confident mistakes, the worst first; images without a prediction are left out."""
    import numpy as np

    wrong = np.flatnonzero((predicted != truth) & (predicted >= 0))
    confidence = probabilities[wrong, predicted[wrong]]
    worst = wrong[np.argsort(-confidence, kind="stable")[:MISTAKES]]
    return tuple(_mistake(int(row), truth, predicted, probabilities) for row in worst)


def _mistake(row: int, truth: "np.ndarray", predicted: "np.ndarray", probabilities: "np.ndarray") -> Mistake:
    own, called = int(truth[row]), int(predicted[row])
    return Mistake(row, own, called, float(probabilities[row, called]), float(probabilities[row, own]))
