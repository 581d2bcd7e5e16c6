"""Mixup and CutMix: each image with its target, and the next one of the batch.

Zhang et al. 2017 (arXiv:1710.09412); Yun et al. 2019 (arXiv:1905.04899).
"""

from typing import Any

from archdsl.train.augment.boxes import boxes


def mixed(images: Any, targets: Any, weight: Any) -> tuple[Any, Any]:
    """Blend each image and target with the next one; `weight` of shape (rows,) is the part of the image
    itself."""
    return _blended(images, weight[:, None, None, None]), _blended(targets, weight[:, None])


def cut(images: Any, targets: Any, weight: Any, places: Any) -> tuple[Any, Any]:
    """Lay a box of the next image over each image; its area is 1 - `weight` where it lies within, its target
    has its share.

    `places` of shape (rows, 2) are the centres, as parts of height and width.
    """
    import tensorflow as tf

    side = tf.sqrt(1.0 - weight)
    inside = boxes(images.shape[1:3], tf.stack([side, side], 1), places)
    share = tf.reduce_mean(tf.cast(inside, tf.float32), axis=(1, 2, 3))
    return tf.where(inside, _next(images), images), _blended(targets, 1.0 - share[:, None])


def chosen(images: Any, targets: Any, other_images: Any, other_targets: Any, draws: Any) -> tuple[Any, Any]:
    """Return for each row the first pair where its draw, of shape (rows, 1), is below a half, else the
    second."""
    import tensorflow as tf

    first = draws < 0.5
    return tf.where(first[:, :, None, None], images, other_images), tf.where(first, targets, other_targets)


def _next(values: Any) -> Any:
    import tensorflow as tf

    return tf.roll(values, -1, 0)


def _blended(values: Any, weight: Any) -> Any:
    return values * weight + _next(values) * (1.0 - weight)
