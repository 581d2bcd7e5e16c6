"""A model and a split -> the probability of each class for each image."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from archdsl.data.images import ImageData
    from archdsl.recipe import Recipe

# Rows of a softmax in bfloat16 sum to 1 within this.
_ROUNDING = 0.02


class Outputs(NamedTuple):
    """`probabilities` is float64 of shape (images, classes); a row that is not `finite` holds zeros."""

    probabilities: "np.ndarray"
    finite: "np.ndarray"
    softmax_applied: bool
    flips: bool


def outputs(model: Any, data: "ImageData", split: str, recipe: "Recipe") -> Outputs:
    """Run a model over a split, in order; where the recipe says so, each image and its mirror image are
    averaged."""
    from archdsl.train.batches import plain

    flips = bool(getattr(recipe, "test_flips", False)) and data.flip
    batches = plain(data, split, recipe)
    found = normalised(model.predict(batches, verbose=0))
    if not flips:
        return found
    mirrored = normalised(
        model.predict(batches.map(lambda images, targets: (images[:, :, ::-1], targets)), verbose=0)
    )
    both = found.finite & mirrored.finite
    mean = (found.probabilities + mirrored.probabilities) / 2 * both[:, None]
    return Outputs(mean, both, found.softmax_applied, flips)


def normalised(raw: Any) -> Outputs:
    """Turn what a model gives into probabilities: rows that are none yet (logits) go through a softmax."""
    import numpy as np
    from scipy.special import softmax

    values = np.asarray(raw, np.float64)
    values = values.reshape(len(values), -1)
    finite: np.ndarray = np.asarray(np.isfinite(values).all(axis=1))
    values = np.where(finite[:, None], values, 0.0)
    sums = values[finite].sum(axis=1)
    already = bool((values >= 0).all() and (np.abs(sums - 1) <= _ROUNDING).all())
    totals = np.where(finite, values.sum(axis=1), 1.0)
    shares = values / totals[:, None] if already else softmax(values, axis=1)
    return Outputs(shares * finite[:, None], finite, not already, False)
