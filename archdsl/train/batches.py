"""Images -> batches of scaled tensors, augmented for training, prepared while the last step runs (tf.data)."""

from typing import Any

from archdsl.data.images import ImageData
from archdsl.data.split import Split
from archdsl.train.recipes import Recipe


def training(data: ImageData, recipe: Recipe, seed: int) -> Any:
    """Give shuffled, augmented batches of the training split; one pass is an epoch."""
    import tensorflow as tf

    split = data.splits["train"]
    batches = tf.data.Dataset.from_tensor_slices((split.images, split.labels))
    batches = batches.shuffle(len(split.labels), seed=seed, reshuffle_each_iteration=True).batch(recipe.batch_size)
    augment = _augmentation(split, recipe, data.flip, seed)
    if augment:
        # Counted over all epochs, so that every batch of every epoch has its own random numbers.
        batches = batches.enumerate()
        batches = batches.map(lambda step, batch: (augment(batch[0], batch[1], step), batch[1]), num_parallel_calls=tf.data.AUTOTUNE)
    return _scaled(batches, data, recipe).prefetch(tf.data.AUTOTUNE)


def plain(data: ImageData, name: str, recipe: Recipe, batch_size: int = 256) -> Any:
    """Give the batches of a split as they are, in order."""
    import tensorflow as tf

    split = data.splits[name]
    batches = tf.data.Dataset.from_tensor_slices((split.images, split.labels)).batch(batch_size)
    return _scaled(batches, data, recipe).prefetch(tf.data.AUTOTUNE)


def _scaled(batches: Any, data: ImageData, recipe: Recipe) -> Any:
    import tensorflow as tf

    mean, deviation = (tf.constant(values, tf.float32) for values in (data.mean, data.deviation))
    classes = len(data.classes)

    def scale(images: Any, labels: Any) -> tuple[Any, Any]:
        pixels = tf.cast(images, tf.float32)
        scaled = (pixels - 127.0) / 128.0 * 4.0 if recipe.scaling == "course" else (pixels / 255.0 - mean) / deviation
        return scaled, tf.one_hot(labels, classes)

    return batches.map(scale, num_parallel_calls=tf.data.AUTOTUNE)


def _augmentation(split: Split, recipe: Recipe, mirrored: bool, seed: int) -> Any:
    """Give a function that shifts and mirrors each image of a batch by its own random numbers; None where nothing is to do."""
    import tensorflow as tf

    height, width = split.images.shape[1:3]
    crop = max(1, round(recipe.crop * height / 32)) if recipe.crop else 0
    flip = recipe.flip and mirrored
    if not crop and not flip:
        return None

    def augment(images: Any, labels: Any, step: Any) -> Any:
        count = tf.shape(images)[0]
        seeds = tf.stack([tf.cast(seed, tf.int64), tf.cast(step, tf.int64)])
        if crop:
            shifts = tf.random.stateless_uniform([count, 2], seeds, 0, 2 * crop + 1, tf.int32)
            padded = tf.pad(images, [[0, 0], [crop, crop], [crop, crop], [0, 0]])
            rows = shifts[:, :1] + tf.range(height)
            columns = shifts[:, 1:] + tf.range(width)
            images = tf.gather(tf.gather(padded, rows, batch_dims=1), columns, axis=2, batch_dims=1)
        if flip:
            chosen = tf.random.stateless_uniform([count, 1, 1, 1], seeds + 1) < 0.5
            images = tf.where(chosen, images[:, :, ::-1], images)
        return images

    return augment
