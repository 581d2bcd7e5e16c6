"""RandAugment: to each image, some of 14 operations, each of one magnitude. Cubuk et al. 2019
(arXiv:1909.13719).

Keras' layer of this name applies the same operations to a whole batch, by a state of its own; here each image
has its own, by draws that can be repeated. Ranges are those of AutoAugment (arXiv:1805.09501), table 6.
"""

import math
from typing import Any

from archdsl.train.augment import colours
from archdsl.train.augment.warp import warped

OPERATIONS = (
    "identity", "rotate", "shear-x", "shear-y", "translate-x", "translate-y", "brightness", "colour",
    "contrast", "sharpness", "posterize", "solarize", "autocontrast", "equalize",
)  # fmt: skip
_ROTATE, _SHEAR, _TRANSLATE = math.radians(30), 0.3, 150 / 331  # translation: part of the image
_FACTOR = 0.9  # farthest of a colour's factor from 1


def changed(images: Any, operations: int, magnitude: float, draw: Any) -> Any:
    """Change images of 0 to 255; `draw(i)` gives the draws of the i-th operation, of shape (rows, 2)."""
    import tensorflow as tf

    for i in range(operations):
        draws = draw(i)
        which = tf.cast(draws[:, 0] * len(OPERATIONS), tf.int32)
        sign = tf.where(draws[:, 1] < 0.5, -1.0, 1.0)
        images = _geometry(images, which, sign * magnitude)
        images = _blends(images, which, 1.0 + sign * magnitude * _FACTOR)
        images = _levels(images, which, magnitude)
    return images


def _geometry(images: Any, which: Any, amount: Any) -> Any:
    """Rotate, shear and shift, all in one interpolation."""
    amounts = {name: _of(which, name, amount) for name in OPERATIONS[1:6]}
    height, width = images.shape[1:3]
    return warped(
        images,
        amounts["rotate"] * _ROTATE,
        (amounts["shear-x"] * _SHEAR, amounts["shear-y"] * _SHEAR),
        (amounts["translate-x"] * _TRANSLATE * width, amounts["translate-y"] * _TRANSLATE * height),
    )


def _of(which: Any, name: str, amount: Any) -> Any:
    import tensorflow as tf

    return tf.where(which == OPERATIONS.index(name), amount, 0.0)


def _blends(images: Any, which: Any, factor: Any) -> Any:
    """Blend images with what they are without brightness, colour, contrast or sharpness."""
    import tensorflow as tf

    without = {
        "brightness": tf.zeros_like,
        "colour": colours.grey,
        "contrast": colours.mean_grey,
        "sharpness": colours.smooth,
    }
    for name, make in without.items():
        images = _on(
            images,
            which == OPERATIONS.index(name),
            factor,
            lambda some, by, make=make: colours.blended(make(some), some, by),
        )
    return images


def _levels(images: Any, which: Any, magnitude: float) -> Any:
    """Change the levels of each channel."""
    makes = {
        "posterize": lambda some, _: colours.posterized(some, 8 - round(4 * magnitude)),
        "solarize": lambda some, _: colours.solarized(some, 256 * (1 - magnitude)),
        "autocontrast": lambda some, _: colours.stretched(some),
        "equalize": lambda some, _: colours.equalized(some),
    }
    for name, make in makes.items():
        images = _on(images, which == OPERATIONS.index(name), None, make)
    return images


def _on(images: Any, chosen: Any, values: Any, make: Any) -> Any:
    """Change the chosen images only: `make` gets them with their values, of shape (rows, 1, 1, 1)."""
    import tensorflow as tf

    places = tf.where(chosen)
    some = tf.gather_nd(images, places)
    by = None if values is None else tf.gather_nd(values, places)[:, None, None, None]
    return tf.tensor_scatter_nd_update(images, places, make(some, by))
