"""Random crops and mirror images of a batch."""

from typing import Any


def cropped(images: Any, padding: int, draws: Any) -> Any:
    """Cut each image out of itself with `padding` black pixels around it; `draws` has shape (rows, 2)."""
    import tensorflow as tf

    height, width = images.shape[1:3]
    shifts = tf.cast(draws * (2 * padding + 1), tf.int32)
    padded = tf.pad(images, [[0, 0], [padding, padding], [padding, padding], [0, 0]])
    rows = shifts[:, :1] + tf.range(height)
    columns = shifts[:, 1:] + tf.range(width)
    return tf.gather(tf.gather(padded, rows, batch_dims=1), columns, axis=2, batch_dims=1)


def flipped(images: Any, draws: Any) -> Any:
    """Mirror the images whose draw, of shape (rows, 1), is below a half."""
    import tensorflow as tf

    return tf.where(draws[:, :, None, None] < 0.5, images[:, :, ::-1], images)
