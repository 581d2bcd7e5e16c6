"""A recipe and the facts of a data set -> what happens to each batch: crop, flip, scaling, targets."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from archdsl.data.images import ImageData
from archdsl.recipe import Recipe
from archdsl.train.augment.draws import Draws, seeded
from archdsl.train.augment.geometry import cropped, flipped

_CROP, _FLIP = range(2)


class Facts(NamedTuple):
    """What augmentation and scaling know of a data set; `images` counts those to train with, of `shape`."""

    classes: int
    images: int
    shape: tuple[int, ...]
    mirrored: bool
    mean: tuple[float, ...]
    deviation: tuple[float, ...]


def facts(data: ImageData) -> Facts:
    """Collect the facts of a data set."""
    images = data.splits["train"].count if "train" in data.splits else 0
    return Facts(len(data.classes), images, data.shape, data.flip, data.mean, data.deviation)


def scaling(data: ImageData, recipe: Recipe) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give scale and offset per channel: a network is fed `image * scale + offset`, with pixels of 0 to 255."""
    return _scaling(recipe, facts(data))


def _scaling(recipe: Recipe, of: Facts) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if recipe.scaling == "course":
        return (4 / 128,) * len(of.mean), (-127 * 4 / 128,) * len(of.mean)
    pairs = zip(of.mean, of.deviation, strict=True)
    return tuple(1 / 255 / deviation for deviation in of.deviation), tuple(-mean / deviation for mean, deviation in pairs)


def scaled(recipe: Recipe, of: Facts) -> Callable[[Any], Any]:
    """Give the function that scales images as a recipe says."""
    import tensorflow as tf

    scale, offset = (tf.constant(values, tf.float32) for values in _scaling(recipe, of))
    return lambda images: tf.cast(images, tf.float32) * scale + offset


@lru_cache(maxsize=8)
def prepared(recipe: Recipe, of: Facts, seed: int, part: tuple[int, int]) -> Callable[..., Any]:
    """Give the function (images, labels, epoch, number of the batch) -> (images, targets), both float32; traced once a run."""
    import tensorflow as tf

    scale = scaled(recipe, of)
    padding = max(1, round(recipe.crop * of.shape[0] / 32)) if recipe.crop else 0

    @tf.function  # type: ignore[untyped-decorator]
    def prepare(images: Any, labels: Any, epoch: Any, number: Any) -> tuple[Any, Any]:
        rows = tf.minimum(tf.constant(recipe.batch_size, tf.int64), of.images - number * recipe.batch_size)
        draws = Draws(seeded(seed, epoch, number), rows, part)
        images = tf.ensure_shape(images, (None, *of.shape))
        if padding:
            images = cropped(images, padding, draws.uniform(_CROP, 2))
        if recipe.flip and of.mirrored:
            images = flipped(images, draws.uniform(_FLIP, 1))
        return scale(images), tf.one_hot(labels, of.classes)

    return prepare  # type: ignore[no-any-return]
