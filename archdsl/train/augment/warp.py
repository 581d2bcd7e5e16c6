"""Images -> rotated, sheared and shifted images, each by its own numbers."""

from typing import Any

_FILL = 127.0  # what comes in at an edge: grey


def warped(images: Any, angle: Any, shear: tuple[Any, Any], shift: tuple[Any, Any]) -> Any:
    """Turn images around their centre by `angle` (radians), shear and shift them (pixels, along width and
    height).

    All numbers have shape (rows,). Pixels between the old ones are interpolated bilinearly.
    """
    import tensorflow as tf

    height, width = images.shape[1:3]
    cos, sin = tf.cos(angle), tf.sin(angle)
    # Where each new pixel comes from: (x, y) -> (a x + b y + c, d x + e y + f), around the centre.
    a, b = cos, -sin + shear[0]
    d, e = sin + shear[1], cos
    x, y = (width - 1) / 2, (height - 1) / 2
    c = x - a * x - b * y - shift[0]
    f = y - d * x - e * y - shift[1]
    zero = tf.zeros_like(a)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, c, d, e, f, zero, zero], 1),
        output_shape=(height, width),
        fill_value=_FILL,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )
