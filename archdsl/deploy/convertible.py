"""Layers as converters know them.

Keras has XLA compile grouped convolutions on a CPU, which no converter reads: they are in TensorFlow's own
ops here. GELU is of the error function, not of its complement, which ONNX lacks. Numbers that a layer keeps
outside of its weights would become inputs of the file: they are constants here.
"""

from collections.abc import Callable
from typing import Any

from archdsl.backends.quiet import import_keras


def replacements() -> dict[str, Callable[..., Any]]:
    """Return the constructors of a model that is to be converted; weights and results are those of Keras' own
    layers."""
    layers = import_keras().layers
    made = {f"layers.Conv{rank}D": _convolution(getattr(layers, f"Conv{rank}D")) for rank in (1, 2, 3)}
    return {
        **made,
        "layers.Normalization": _normalization(layers.Normalization),
        "layers.Activation": _activation(layers.Activation),
    }


def _activation(base: Any) -> Callable[..., Any]:
    import tensorflow as tf

    class Activation(base):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            if self.activation is not import_keras().activations.gelu:
                return super().call(inputs)
            values = tf.convert_to_tensor(inputs)
            return 0.5 * values * (1.0 + tf.math.erf(values * 0.5**0.5))

    return Activation


def _normalization(base: Any) -> Callable[..., Any]:
    import numpy as np
    import tensorflow as tf

    class Normalization(base):  # type: ignore[misc]
        def convert_weight(self, weight: Any) -> Any:
            return tf.constant(np.asarray(weight))

    return Normalization


def _convolution(base: Any) -> Callable[..., Any]:
    import tensorflow as tf

    class Convolution(base):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            if self.groups == 1:
                return super().call(inputs)
            outputs = self._grouped(inputs, tf.convert_to_tensor(self.kernel))
            outputs = outputs if self.bias is None else outputs + tf.convert_to_tensor(self.bias)
            return self.activation(outputs)

        def _grouped(self, inputs: Any, kernel: Any) -> Any:
            if self.rank == 2:  # elsewhere, TensorFlow has no grouped kernel
                return self._convolved(inputs, kernel)
            parts = zip(tf.split(inputs, self.groups, -1), tf.split(kernel, self.groups, -1), strict=True)
            return tf.concat([self._convolved(*part) for part in parts], -1)

        def _convolved(self, inputs: Any, kernel: Any) -> Any:
            return tf.nn.convolution(
                inputs, kernel, self.strides, self.padding.upper(), dilations=self.dilation_rate
            )

    return Convolution
