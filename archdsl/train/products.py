"""The gradient of a convolution's kernel as matrix products, for small maps in bfloat16 on a CPU.

oneDNN, which TensorFlow 2.21 calls, has a slow kernel for this gradient where a map is small and has many
channels: at 4x4 and 7x7 with 512 channels it takes about three times as long as a product for each position
of the window; at 8x8 with 256 it does not (benchmarks/step.py).
"""

from typing import Any

LARGEST_MAP = 64  # positions
LEAST_CHANNELS = 512


def pays(inputs: Any, kernel_size: tuple[int, ...], dtype: str) -> bool:
    """Return whether products are faster for a convolution of stride 1 over these inputs: [batch, height,
    width, channels]."""
    height, width, channels = inputs.shape[1:]
    small = None not in (height, width) and height * width <= LARGEST_MAP
    return small and max(kernel_size) > 1 and dtype == "bfloat16" and channels >= LEAST_CHANNELS


def convolve(inputs: Any, kernel: Any) -> Any:
    """Convolve with stride 1 and padding `same`; the gradient of the kernel is a product for each position of
    the window."""
    import tensorflow as tf

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolution(x: Any, w: Any) -> tuple[Any, Any]:
        def gradient(upstream: Any) -> tuple[Any, Any]:
            of_inputs = tf.nn.conv2d_transpose(upstream, w, tf.shape(x), 1, "SAME")
            return of_inputs, kernel_gradient(x, upstream, w.shape[:2])

        return tf.nn.conv2d(x, w, 1, "SAME"), gradient

    return convolution(inputs, kernel)


def kernel_gradient(inputs: Any, upstream: Any, window: tuple[int, ...]) -> Any:
    """Return the gradient of a kernel: [height, width, incoming, outgoing], for inputs and upstream of one
    map size."""
    import tensorflow as tf

    height, width, channels = inputs.shape[1:]
    around = [((k - 1) // 2, k // 2) for k in window]
    padded = tf.pad(inputs, [(0, 0), *around, (0, 0)])
    flat = tf.reshape(upstream, (-1, upstream.shape[-1]))

    def product(row: int, column: int) -> Any:
        seen = padded[:, row : row + height, column : column + width]
        return tf.matmul(tf.reshape(seen, (-1, channels)), flat, transpose_a=True)

    products = [product(row, column) for row in range(window[0]) for column in range(window[1])]
    return tf.reshape(tf.stack(products), (*window, channels, upstream.shape[-1]))
