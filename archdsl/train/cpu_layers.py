"""Layers to train with on a CPU, where TensorFlow's kernels ask for it. Weights, names and results are those
of Keras' own layers, so what is saved loads into a plain model; so does a whole saved model, because they are
saved as Keras' own layers.

- Batch normalisation by TensorFlow's fused kernel: what Keras computes in several passes over a map, in one.
This is most of
  what a training step costs beside its convolutions (benchmarks/train.py).
- On several devices batch normalisation is Keras' own, over the batch of all of them, as on JAX: so results
do not depend on
  the number of devices.
- A strided 1x1 convolution reads only the positions that it steps on. Told to stride, TensorFlow 2.21's
oneDNN kernel for the
  kernel's gradient writes past its buffer where the input has fewer than 16 channels (seen on AVX-512: the
  process dies).
- A strided depthwise convolution in bfloat16 is computed in float32: its gradients take two to six times as
long in bfloat16.
- A convolution over a small map in bfloat16 has the gradient of its kernel by matrix products (products.py).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.train import products


def replacements() -> dict[str, Callable[..., Any]]:
    """Return the constructors to build a model for training with; none where Keras' own are as fast (GPU,
    other backends)."""
    keras = import_keras()
    if keras.backend.backend() != "tensorflow":
        return {}
    import tensorflow as tf

    shared: dict[str, Callable[..., Any]] = {
        "layers.BatchNormalization": partial(keras.layers.BatchNormalization, synchronized=True)
    }
    several = tf.distribute.has_strategy()
    if tf.config.list_physical_devices("GPU"):
        return shared if several else {}
    fast = {
        "layers.BatchNormalization": _normalization(keras, tf),
        "layers.Conv2D": _convolution(keras),
        "layers.DepthwiseConv2D": _depthwise(keras),
    }
    return fast | shared if several else fast


def _convolution(keras: Any) -> Callable[..., Any]:
    class Conv2D(keras.layers.Conv2D):  # type: ignore[misc]
        def convolution_op(self, inputs: Any, kernel: Any) -> Any:
            if max(self.strides) > 1 and max(self.kernel_size) == 1:
                return keras.ops.conv(
                    inputs[:, :: self.strides[0], :: self.strides[1]], kernel, padding=self.padding
                )
            plain = (
                self.padding == "same" and max(self.strides) == max(self.dilation_rate) == self.groups == 1
            )
            if plain and products.pays(inputs, self.kernel_size, self.compute_dtype):
                return products.convolve(inputs, keras.ops.convert_to_tensor(kernel))
            return super().convolution_op(inputs, kernel)

    return _saved_as_keras(Conv2D)


def _depthwise(keras: Any) -> Callable[..., Any]:
    class DepthwiseConv2D(keras.layers.DepthwiseConv2D):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            if max(self.strides) == 1 or self.compute_dtype == "float32":
                return super().call(inputs)
            wide, kernel = (keras.ops.cast(tensor, "float32") for tensor in (inputs, self.kernel))
            outputs = keras.ops.depthwise_conv(
                wide, kernel, self.strides, self.padding, self.data_format, self.dilation_rate
            )
            outputs = keras.ops.cast(outputs, self.compute_dtype)
            return self.activation(keras.ops.add(outputs, self.bias) if self.use_bias else outputs)

    return _saved_as_keras(DepthwiseConv2D)


def _saved_as_keras(layer: type[Any]) -> type[Any]:
    """Make a layer class be written into a saved model under the name that Keras' own has there."""
    layer.__module__ = "keras.layers"
    return layer


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
                return tf.raw_ops.FusedBatchNormV3(
                    **common, mean=statistics[0], variance=statistics[1], is_training=False
                )[0]
            output, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
                **common, mean=[], variance=[], is_training=True
            )
            # The kernel divides by n - 1, Keras by n.
            count = tf.cast(tf.size(inputs) / tf.shape(inputs)[-1], tf.float32)
            for moving, new in (
                (self.moving_mean, mean),
                (self.moving_variance, variance * ((count - 1) / count)),
            ):
                moving.assign(moving * self.momentum + new * (1 - self.momentum))
            return output

    return _saved_as_keras(BatchNormalization)
