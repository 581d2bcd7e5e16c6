"""Images -> batches of scaled tensors, augmented for training, prepared while the last step runs
(tf.data)."""

from typing import Any

from archdsl.data.images import ImageData
from archdsl.recipe import Recipe
from archdsl.train.augment import pipeline
from archdsl.train.augment.pipeline import scaling

__all__ = ["plain", "scaling", "training"]


def training(
    data: ImageData, recipe: Recipe, seed: int, epoch: int, start: int = 0, part: tuple[int, int] = (0, 1)
) -> Any:
    """Return the batches of one epoch (numbered from 0), from batch `start` on: images and targets, both
    float32.

    A batch depends only on (seed, epoch, its number): a training that is resumed sees what it would have
    seen. `part` is (index, count) of a process among several: it gets the rows index::count of each batch,
    the same that one process would.
    """
    import tensorflow as tf

    prepare = pipeline.prepared(recipe, pipeline.facts(data), seed, part)
    read = pipeline.read_part(recipe, part)
    raw = data.splits["train"].batches(recipe.batch_size, _order_seed(seed, epoch), start, read)
    number_of_epoch = tf.constant(epoch, tf.int64)
    batches = raw.enumerate(start).map(
        lambda number, batch: prepare(*batch, number_of_epoch, number),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    return batches.prefetch(tf.data.AUTOTUNE)


def plain(
    data: ImageData, name: str, recipe: Recipe, batch_size: int = 256, part: tuple[int, int] = (0, 1)
) -> Any:
    """Return the batches of a split as they are, in order; of each, the rows of `part`."""
    import tensorflow as tf

    scale, classes = pipeline.scaled(recipe, pipeline.facts(data)), len(data.classes)
    batches = data.splits[name].batches(batch_size, part=part)
    scaled = batches.map(
        lambda images, labels: (scale(images), tf.one_hot(labels, classes)),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    return scaled.prefetch(tf.data.AUTOTUNE)


def _order_seed(seed: int, epoch: int) -> int:
    """Return the seed of an epoch's order."""
    import numpy as np

    return int(np.random.SeedSequence((seed, epoch)).generate_state(1, np.uint64)[0] >> np.uint64(1))
