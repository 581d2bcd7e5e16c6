"""Images of 0 to 255, of shape (rows, height, width, channels) -> images of other colours, as Pillow makes
them."""

from typing import Any

_LUMA = (0.299, 0.587, 0.114)


def grey(images: Any) -> Any:
    """Return the brightness of each pixel, in every channel."""
    import tensorflow as tf

    if images.shape[-1] == 1:
        return images
    luma = tf.reduce_sum(images * tf.constant(_LUMA), axis=-1, keepdims=True)
    return tf.broadcast_to(luma, tf.shape(images))


def mean_grey(images: Any) -> Any:
    """Return images of one colour: the mean brightness."""
    import tensorflow as tf

    return tf.zeros_like(images) + tf.reduce_mean(grey(images), axis=(1, 2, 3), keepdims=True)


def smooth(images: Any) -> Any:
    """Return images where each pixel is a mean over its neighbours, itself five times."""
    import tensorflow as tf

    height, width = images.shape[1:3]
    edged = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    # Sums of slices: TensorFlow's depthwise convolution gives a wrong shape where no image has this
    # operation.
    around = [edged[:, y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return (tf.add_n(around) + 4 * images) / 13


def blended(without: Any, images: Any, factor: Any) -> Any:
    """Go from `without` (factor 0) to the images (1) and beyond."""
    import tensorflow as tf

    return tf.clip_by_value(without + factor * (images - without), 0.0, 255.0)


def posterized(images: Any, bits: int) -> Any:
    """Keep the first `bits` of 8 of each number."""
    import tensorflow as tf

    step = float(2 ** (8 - bits))
    return tf.floor(images / step) * step


def solarized(images: Any, threshold: float) -> Any:
    """Turn the numbers from a threshold on around."""
    import tensorflow as tf

    return tf.where(images < threshold, images, 255.0 - images)


def stretched(images: Any) -> Any:
    """Stretch each channel of each image over 0 to 255; one of a single number stays."""
    import tensorflow as tf

    low = tf.reduce_min(images, axis=(1, 2), keepdims=True)
    high = tf.reduce_max(images, axis=(1, 2), keepdims=True)
    return tf.where(high > low, (images - low) * tf.math.divide_no_nan(255.0, high - low), images)


def equalized(images: Any) -> Any:
    """Return each channel of each image as many pixels of one number as of another, as far as that goes."""
    import tensorflow as tf

    shape = tf.shape(images)
    levels = tf.cast(tf.transpose(images, (0, 3, 1, 2)), tf.int32)
    flat = tf.reshape(levels, (shape[0] * shape[3], shape[1] * shape[2]))
    counts = tf.math.bincount(flat, minlength=256, maxlength=256, axis=-1)
    last = tf.reduce_max(tf.where(counts > 0, tf.range(256), 0), axis=-1)
    step = (tf.reduce_sum(counts, axis=-1) - tf.gather(counts, last, batch_dims=1)) // 255
    before = tf.cumsum(counts, axis=-1, exclusive=True) + step[:, None] // 2
    table = tf.clip_by_value(before // tf.maximum(step, 1)[:, None], 0, 255)
    table = tf.where(step[:, None] > 0, table, tf.range(256))
    equal = tf.reshape(tf.gather(table, flat, batch_dims=1), tf.shape(levels))
    return tf.cast(tf.transpose(equal, (0, 2, 3, 1)), tf.float32)
