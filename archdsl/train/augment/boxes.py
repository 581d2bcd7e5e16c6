"""Boxes in images, one for each; and random erasing. Zhong et al. 2017 (arXiv:1708.04896)."""

import math
from typing import Any

_SMALLEST = 0.02  # part of the image, as published
_NARROWEST = 0.3  # height over width


def boxes(size: tuple[int, int], sides: Any, centres: Any) -> Any:
    """Return which pixels lie in a box, as booleans of shape (rows, height, width, 1).

    `sides` and `centres`, both of shape (rows, 2), are parts of height and width.
    """
    import tensorflow as tf

    within = []
    for axis, length in enumerate(size):
        pixels = (tf.range(length, dtype=tf.float32) + 0.5) / length
        within.append(tf.abs(pixels - centres[:, axis, None]) < sides[:, axis, None] / 2)
    return within[0][:, :, None, None] & within[1][:, None, :, None]


def erased(images: Any, probability: float, area: float, draws: Any) -> Any:
    """Set a box in some images to 0; `draws` has shape (rows, 5).

    The box has `_SMALLEST` to `area` of the pixels where it lies within, and any place.
    """
    import tensorflow as tf

    surface = _SMALLEST + draws[:, 1] * (max(area, _SMALLEST) - _SMALLEST)
    shape = tf.exp((draws[:, 2] * 2 - 1) * -math.log(_NARROWEST))
    sides = tf.stack([tf.sqrt(surface * shape), tf.sqrt(surface / shape)], 1)
    inside = boxes(images.shape[1:3], sides, draws[:, 3:5])
    return tf.where(inside & (draws[:, 0] < probability)[:, None, None, None], 0.0, images)
