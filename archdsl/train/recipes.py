"""How a network is trained: everything that a table does not say, as data."""

from dataclasses import dataclass, replace
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Recipe:
    """Momentum SGD and what goes with it.

    `schedule` is `staircase` (rate x `factor` every `every` epochs) or `cosine` (after `warmup` epochs, linear). `decay`
    is L2 (half squared norm) on the `decayed` variables. `crop` pads by so many pixels before a random crop (for images
    of 32; others in proportion). `scaling` is `standard` (mean 0, deviation 1 per channel) or `course`
    ((pixel - 127) / 128 * 4).
    """

    name: str
    epochs: int
    batch_size: int
    rate: float
    momentum: float
    nesterov: bool
    schedule: Literal["staircase", "cosine"]
    every: int
    factor: float
    warmup: float
    decay: float
    decayed: Literal["all", "kernels"]
    smoothing: float
    crop: int
    flip: bool
    scaling: Literal["standard", "course"]


# The course's own training: see CHANGELOG for the source of these facts.
COURSE = Recipe(
    name="course",
    epochs=50,
    batch_size=64,
    rate=0.1,
    momentum=0.9,
    nesterov=False,
    schedule="staircase",
    every=2,
    factor=0.94,
    warmup=0,
    decay=2e-4,
    decayed="all",
    smoothing=0,
    crop=0,
    flip=False,
    scaling="course",
)

MODERN = Recipe(
    name="modern",
    epochs=100,
    batch_size=128,
    rate=0.1,
    momentum=0.9,
    nesterov=True,
    schedule="cosine",
    every=1,
    factor=1,
    warmup=2,
    decay=5e-4,
    decayed="kernels",
    smoothing=0.1,
    crop=4,
    flip=True,
    scaling="standard",
)

RECIPES = {recipe.name: recipe for recipe in (MODERN, COURSE)}

# A data set of 1,149 images needs few epochs of small batches, not a hundred of large ones.
_SMALL: dict[str, Any] = {"epochs": 8, "batch_size": 32, "rate": 0.02, "warmup": 1.0, "crop": 2}


def for_data(name: str, data: str, epochs: int | None, batch_size: int | None) -> Recipe:
    """Give a recipe, fitted to the size of the data set, with what the caller sets."""
    recipe = RECIPES[name]
    if data == "digits":
        recipe = replace(recipe, **_SMALL) if name == "modern" else replace(recipe, epochs=8)
    if epochs is not None:
        recipe = replace(recipe, epochs=epochs, warmup=min(recipe.warmup, epochs / 4))
    return recipe if batch_size is None else replace(recipe, batch_size=batch_size)
