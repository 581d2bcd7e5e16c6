"""A recipe and a model -> the Keras optimiser: schedule, decay groups, clipping, accumulation and moving
average inside."""

from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.recipe import Recipe
from archdsl.train import schedules
from archdsl.train.groups import groups

_CLIPPING = {"global-norm": "global_clipnorm", "norm": "clipnorm", "value": "clipvalue"}


def make(recipe: Recipe, steps_per_epoch: int, model: Any) -> Any:
    """Return the optimiser of a recipe for the trained weights of a model; an epoch has `steps_per_epoch`
    steps."""
    optimizer = _optimizer(recipe, schedules.make(recipe, steps_per_epoch), _common(recipe))
    divided = groups(model)
    optimizer.exclude_from_weight_decay(
        [variable for group in recipe.undecayed for variable in divided[group]]
    )
    return optimizer


def _common(recipe: Recipe) -> dict[str, Any]:
    """Return what every optimiser of Keras takes."""
    common: dict[str, Any] = {}
    if recipe.clip_by != "none":
        common[_CLIPPING[recipe.clip_by]] = recipe.clip
    if recipe.ema:
        common |= {"use_ema": True, "ema_momentum": recipe.ema}
    if recipe.accumulation > 1:
        common["gradient_accumulation_steps"] = recipe.accumulation
    return common


def _optimizer(recipe: Recipe, rate: Any, common: dict[str, Any]) -> Any:
    keras = import_keras()
    decay = recipe.decay or None
    momentum = {"momentum": recipe.momentum, "nesterov": recipe.nesterov}
    match recipe.optimizer:
        case "adamw":
            common |= {"beta_1": recipe.beta_1, "beta_2": recipe.beta_2}
            return keras.optimizers.AdamW(rate, weight_decay=recipe.decay, **common)
        case "lamb":
            common |= {"beta_1": recipe.beta_1, "beta_2": recipe.beta_2}
            return keras.optimizers.Lamb(rate, weight_decay=decay, **common)
        case "lion":
            common |= {"beta_1": recipe.beta_1, "beta_2": recipe.beta_2}
            return keras.optimizers.Lion(rate, weight_decay=decay, **common)
        case "muon":
            common |= {"adam_beta_1": recipe.beta_1, "adam_beta_2": recipe.beta_2}
            return keras.optimizers.Muon(
                rate, weight_decay=decay, adam_weight_decay=decay, **momentum, **common
            )
    if recipe.decoupled or not decay:
        return keras.optimizers.SGD(rate, weight_decay=decay, **momentum, **common)
    return _penalised_sgd(keras, recipe.decay)(rate, **momentum, **common, name="sgd")


def _penalised_sgd(keras: Any, decay: float) -> Any:
    """Give SGD whose L2 penalty enters by the gradient, as the loss term would, so that momentum sees it."""

    class PenalisedSGD(keras.optimizers.SGD):  # type: ignore[misc]
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            # Here the gradients of all replicas and accumulated steps are one, and clipped.
            if self._use_weight_decay(variable):
                gradient = gradient + decay * keras.ops.convert_to_tensor(variable)
            super().update_step(gradient, variable, learning_rate)

    return PenalisedSGD
