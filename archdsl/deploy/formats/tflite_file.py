"""A Keras model -> a `.tflite` file for LiteRT (TensorFlow Lite)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from archdsl.deploy.formats.about import append

Samples = Callable[[], Iterator[list[Any]]]


def write(model: Any, path: Path, said: dict[str, Any], calibration: Samples | None = None) -> None:
    """Convert a model; with `calibration`, which gives batches of one example, to 8-bit integers.

    Raises ValueError (or what the converter raises) where the model has a layer that the builtin ops do not
    express.
    """
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if calibration:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = calibration
        builtins = tf.lite.OpsSet
        converter.target_spec.supported_ops = [builtins.TFLITE_BUILTINS_INT8, builtins.TFLITE_BUILTINS]
    path.write_bytes(converter.convert())
    append(path, said)
