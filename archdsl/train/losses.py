"""A recipe and the labels to train with -> the loss of logits against targets of one number per class."""

from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.recipe import Recipe


def make(recipe: Recipe, classes: int, labels: Any = None) -> Any:
    """Return the cross-entropy of logits and targets, both of shape (batch, classes), with smoothing and
    weights of classes.

    Each class's term of the sum counts by its weight, so targets may be mixed. `labels`, those of the
    training images, are what balanced weights are taken from.
    """
    keras = import_keras()
    weights = class_weights(recipe, classes, labels)
    if weights is None:
        return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.smoothing)
    return _weighted(keras, weights)(recipe.smoothing, name="weighted_crossentropy")


def class_weights(recipe: Recipe, classes: int, labels: Any) -> tuple[float, ...] | None:
    """Return the weight of each class; balanced: such that all count the same, and an image 1 on average."""
    import numpy as np

    if recipe.class_weights == "none":
        return None
    if recipe.class_weights != "balanced":
        return recipe.class_weights
    counts = np.bincount(labels, minlength=classes)
    return tuple(float(counts.sum() / (classes * max(count, 1))) for count in counts)


def _weighted(keras: Any, weights: tuple[float, ...]) -> Any:
    class Weighted(keras.losses.Loss):  # type: ignore[misc]
        def __init__(self, smoothing: float, **options: Any) -> None:
            super().__init__(**options)
            self.smoothing = smoothing

        def call(self, y_true: Any, y_pred: Any) -> Any:
            targets = keras.ops.cast(y_true, y_pred.dtype) * (1.0 - self.smoothing) + self.smoothing / len(
                weights
            )
            factors = keras.ops.convert_to_tensor(weights, y_pred.dtype)
            return -keras.ops.sum(factors * targets * keras.ops.log_softmax(y_pred, axis=-1), axis=-1)

    return Weighted
