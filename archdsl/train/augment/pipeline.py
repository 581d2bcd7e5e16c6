"""A recipe and the facts of a data set -> what happens to each batch: changes of images, scaling, targets,
mixing."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from archdsl.data.images import ImageData
from archdsl.recipe import Recipe
from archdsl.train.augment import boxes, geometry, mixing, randaugment
from archdsl.train.augment.draws import Draws, seeded

# What random numbers are drawn for; RandAugment takes one more for each of its operations.
_CROP, _FLIP, _ERASE, _MIXUP, _CUTMIX, _PLACE, _CHOICE, _RANDAUGMENT = range(8)


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
    """Return scale and offset per channel: a network is fed `image * scale + offset`, with pixels of 0 to
    255."""
    return _scaling(recipe, facts(data))


def _scaling(recipe: Recipe, of: Facts) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if recipe.scaling == "course":
        return (4 / 128,) * len(of.mean), (-127 * 4 / 128,) * len(of.mean)
    pairs = zip(of.mean, of.deviation, strict=True)
    return tuple(1 / 255 / deviation for deviation in of.deviation), tuple(
        -mean / deviation for mean, deviation in pairs
    )


def scaled(recipe: Recipe, of: Facts) -> Callable[[Any], Any]:
    """Return the function that scales images as a recipe says."""
    import tensorflow as tf

    scale, offset = (tf.constant(values, tf.float32) for values in _scaling(recipe, of))
    return lambda images: tf.cast(images, tf.float32) * scale + offset


def read_part(recipe: Recipe, part: tuple[int, int]) -> tuple[int, int]:
    """Return the part of a batch that a process must read: all of it where images are mixed with others of
    the batch."""
    return (0, 1) if recipe.mixup or recipe.cutmix else part


@lru_cache(maxsize=8)
def prepared(recipe: Recipe, of: Facts, seed: int, part: tuple[int, int]) -> Callable[..., Any]:
    """Return the function (images, labels, epoch, number of the batch) -> (images, targets), both float32;
    traced once a run.

    It takes the rows of `read_part` and gives those of `part`.
    """
    import tensorflow as tf

    scale, read = scaled(recipe, of), read_part(recipe, part)
    rest = part if read == (0, 1) else (0, 1)

    @tf.function  # type: ignore[untyped-decorator]
    def prepare(images: Any, labels: Any, epoch: Any, number: Any) -> tuple[Any, Any]:
        rows = tf.minimum(tf.constant(recipe.batch_size, tf.int64), of.images - number * recipe.batch_size)
        draws = Draws(seeded(seed, epoch, number), rows, read)
        images = _changed(recipe, of, tf.ensure_shape(images, (None, *of.shape)), draws)
        images = scale(images)
        if recipe.erasing:
            images = boxes.erased(images, recipe.erasing, recipe.erasing_area, draws.uniform(_ERASE, 5))
        images, targets = _mixed(recipe, images, tf.one_hot(labels, of.classes), draws)
        return images[rest[0] :: rest[1]], targets[rest[0] :: rest[1]]

    return prepare  # type: ignore[no-any-return]


def _changed(recipe: Recipe, of: Facts, images: Any, draws: Draws) -> Any:
    """Crop, mirror and recolour images of 0 to 255."""
    import tensorflow as tf

    if recipe.crop:
        images = geometry.cropped(
            images, max(1, round(recipe.crop * of.shape[0] / 32)), draws.uniform(_CROP, 2)
        )
    if recipe.flip and of.mirrored:
        images = geometry.flipped(images, draws.uniform(_FLIP, 1))
    if recipe.randaugment:
        pixels = tf.cast(images, tf.float32)
        draw = lambda i: draws.uniform(_RANDAUGMENT + i, 2)  # noqa: E731
        images = randaugment.changed(pixels, recipe.randaugment, recipe.magnitude, draw)
    return images


def _mixed(recipe: Recipe, images: Any, targets: Any, draws: Draws) -> tuple[Any, Any]:
    """Mix images and targets by mixup, CutMix, or one of both by chance."""
    pairs = []
    if recipe.mixup:
        pairs.append(mixing.mixed(images, targets, draws.beta(_MIXUP, recipe.mixup)))
    if recipe.cutmix:
        pairs.append(
            mixing.cut(images, targets, draws.beta(_CUTMIX, recipe.cutmix), draws.uniform(_PLACE, 2))
        )
    if len(pairs) == 2:
        return mixing.chosen(*pairs[0], *pairs[1], draws.uniform(_CHOICE, 1))
    return pairs[0] if pairs else (images, targets)
