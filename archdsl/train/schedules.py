"""A recipe and the steps of an epoch -> Keras' schedule of the learning rate, by step."""

from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.recipe import Recipe


def warmup_epochs(recipe: Recipe) -> float:
    """Return the epochs of warm-up: as many as the recipe says, a quarter of the training at most."""
    return min(recipe.warmup, recipe.epochs / 4)


def make(recipe: Recipe, steps_per_epoch: int) -> Any:
    """Return the schedule of a recipe; a training has `epochs * steps_per_epoch` steps."""
    warmup = round(warmup_epochs(recipe) * steps_per_epoch)
    total = max(recipe.epochs * steps_per_epoch, 1)
    schedules = import_keras().optimizers.schedules
    if recipe.schedule == "one-cycle":
        rise = max(round(recipe.peak * total), 1)
        return schedules.CosineDecay(
            recipe.rate * recipe.start,
            max(total - rise, 1),
            recipe.final,
            warmup_target=recipe.rate,
            warmup_steps=rise,
        )
    if recipe.schedule == "cosine" and warmup:
        return schedules.CosineDecay(
            0.0, max(total - warmup, 1), recipe.final, warmup_target=recipe.rate, warmup_steps=warmup
        )
    plain = _plain(schedules, recipe, steps_per_epoch, max(total - warmup, 1))
    return _warmed(schedules, plain, recipe.rate, warmup, recipe.schedule == "linear") if warmup else plain


def _plain(schedules: Any, recipe: Recipe, steps: int, rest: int) -> Any:
    """Return the schedule without its warm-up; `rest` are the steps behind it."""
    match recipe.schedule:
        case "staircase":
            return schedules.ExponentialDecay(
                recipe.rate, recipe.every * steps, recipe.factor, staircase=True
            )
        case "steps":
            # The rate changes with the first step behind a milestone; Keras' boundary is the last step before
            # it.
            bounds = [round(epoch * steps) - 1 for epoch in sorted(recipe.milestones)]
            return schedules.PiecewiseConstantDecay(
                bounds, [recipe.rate * recipe.factor**i for i in range(len(bounds) + 1)]
            )
        case "linear":
            return schedules.PolynomialDecay(recipe.rate, rest, recipe.rate * recipe.final)
        case "cosine":
            return schedules.CosineDecay(recipe.rate, rest, recipe.final)
    return schedules.PolynomialDecay(recipe.rate, rest, recipe.rate)


def _warmed(schedules: Any, plain: Any, rate: float, warmup: int, behind: bool) -> Any:
    """Return a schedule that begins with a rise from 0 in a line; `behind` tells that `plain` begins after
    it."""
    ops = import_keras().ops

    class Warmed(schedules.LearningRateSchedule):  # type: ignore[misc]
        def __call__(self, step: Any) -> Any:
            rising = rate * ops.cast(step, "float32") / warmup
            return ops.where(step < warmup, rising, plain(ops.maximum(step - warmup, 0) if behind else step))

        def get_config(self) -> dict[str, Any]:
            return {"plain": schedules.serialize(plain), "rate": rate, "warmup": warmup, "behind": behind}

    return Warmed()
