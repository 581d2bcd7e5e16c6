"""Layers to train with on a CPU, where TensorFlow's kernels ask for it. Weights, names and results are those of Keras' own
layers, so what is saved loads into a plain model.

- Batch normalisation by TensorFlow's fused kernel: what Keras computes in several passes over a map, in one. This is most of
  what a training step costs beside its convolutions (benchmarks/train.py).
- A strided 1x1 convolution reads only the positions that it steps on. Told to stride, TensorFlow 2.21's oneDNN kernel for the
  kernel's gradient writes past its buffer where the input has fewer than 16 channels (seen on AVX-512: the process dies).
"""

from collections.abc import Callable
from typing import Any

from archdsl.backends.quiet import import_keras


def replacements() -> dict[str, Callable[..., Any]]:
    """Give the constructors to build a model for training with; none where Keras' own are as fast (GPU, other backends)."""
    keras = import_keras()
    if keras.backend.backend() != "tensorflow":
        return {}
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        return {}
    return {"layers.BatchNormalization": _normalization(keras, tf), "layers.Conv2D": _convolution(keras)}


def _convolution(keras: Any) -> Callable[..., Any]:
    class Conv2D(keras.layers.Conv2D):  # type: ignore[misc]
        def convolution_op(self, inputs: Any, kernel: Any) -> Any:
            if max(self.kernel_size) > 1 or max(self.strides) == 1:
                return super().convolution_op(inputs, kernel)
            return keras.ops.conv(inputs[:, :: self.strides[0], :: self.strides[1]], kernel, padding=self.padding)

    return Conv2D


def _normalization(keras: Any, tf: Any) -> Callable[..., Any]:
    class BatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]  # the class name is part of a weight file
        def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
            if len(inputs.shape) != 4:
                return super().call(inputs, training=training, mask=mask)
            statistics = (self.moving_mean.value, self.moving_variance.value)
            scale = tf.ones_like(statistics[0]) if self.gamma is None else self.gamma.value
            offset = tf.zeros_like(statistics[0]) if self.beta is None else self.beta.value
            common = {"x": inputs, "scale": scale, "offset": offset, "epsilon": self.epsilon}
            if not (training and self.trainable):
                return tf.raw_ops.FusedBatchNormV3(**common, mean=statistics[0], variance=statistics[1], is_training=False)[0]
            output, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(**common, mean=[], variance=[], is_training=True)
            # The kernel divides by n - 1, Keras by n.
            count = tf.cast(tf.size(inputs) / tf.shape(inputs)[-1], tf.float32)
            for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance * ((count - 1) / count))):
                moving.assign(moving * self.momentum + new * (1 - self.momentum))
            return output

    return BatchNormalization
