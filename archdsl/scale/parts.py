"""Batches of images -> batches that can be divided evenly among devices, so that each device counts the same.

A strategy gives each device as many images of a batch as the next, and a mean is taken over devices. So the
last batch of an epoch is cut to a multiple of the devices when training (fewer images than there are devices
are left out), and filled up with images of weight 0 when measuring, where every image has to count once.
"""

from typing import Any

from archdsl.scale.place import Place


def steps(images: int, batch_size: int, devices: int = 1) -> int:
    """Count the steps of an epoch: the last batch is left out where it has fewer images than there are
    devices."""
    whole, rest = divmod(images, batch_size)
    return whole + (rest >= devices)


def training(place: Place, batches: Any, images: int, batch_size: int, start: int = 0) -> Any:
    """Cut the last of the batches of this process, those of an epoch of `images` images from batch `start`
    on."""
    rest = images % batch_size
    if place.devices == 1 or rest % place.devices == 0:
        return batches
    count = steps(images, batch_size, place.devices) - start
    kept = rest // place.devices * (place.devices // place.processes.count)

    def cut(index: Any, batch: tuple[Any, ...]) -> tuple[Any, ...]:
        import tensorflow as tf

        size = tf.where(index == images // batch_size - start, kept, batch_size)
        return tuple(values[:size] for values in batch)

    return batches.take(count).enumerate().map(cut)


def measuring_size(place: Place, size: int) -> int:
    """Return a batch size near `size` that can be divided among the devices."""
    return max(size // place.devices, 1) * place.devices


def measuring(place: Place, batches: Any, images: int, batch_size: int) -> Any:
    """Fill up the last of the batches of this process, and give every image its weight: `(images, targets,
    weights)`.

    An image weighs a little more than 1, one that fills up nothing. So a mean over all rows, which is what
    Keras takes of the loss, is the mean over the images.
    """
    if place.devices == 1:
        return batches
    weight = -(-images // batch_size) * batch_size / images
    rows = batch_size // place.processes.count

    def fill(features: Any, targets: Any) -> tuple[Any, Any, Any]:
        import tensorflow as tf

        there = tf.shape(features)[0]
        weights = tf.concat([tf.fill([there], weight), tf.zeros([rows - there])], 0)
        return *(_filled(tf, values, rows - there) for values in (features, targets)), weights

    return batches.map(fill)


def _filled(tf: Any, values: Any, missing: Any) -> Any:
    return tf.concat([values, tf.zeros([missing, *values.shape[1:]], values.dtype)], 0)
