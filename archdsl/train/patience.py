"""The rows of a run -> whether it has waited long enough for a better one."""

from collections.abc import Mapping, Sequence
from typing import Any

from archdsl.recipe import Recipe


def exhausted(recipe: Recipe, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the last `patience` epochs brought no better validation accuracy than those before."""
    accuracies = [row["val_accuracy"] for row in rows if "val_accuracy" in row]
    if not recipe.patience or not accuracies:
        return False
    return len(accuracies) - 1 - accuracies.index(max(accuracies)) >= recipe.patience
