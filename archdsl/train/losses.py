"""A recipe -> the loss of logits against targets of one number per class."""

from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.recipe import Recipe


def make(recipe: Recipe, classes: int) -> Any:
    """Give the cross-entropy of logits and targets, both of shape (batch, classes), with the smoothing of a recipe."""
    return import_keras().losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.smoothing)
