"""How a sliding window changes a length: shared by convolution, pooling and upsampling."""

from archdsl.ops.base import Length, Params, Shape, ShapeFault, across


def window_length(length: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> int:
    """Return the output length along one axis (Keras' rule for `same` and `valid`)."""
    if padding == "same":
        return -(-length // stride)
    return (length - (kernel - 1) * dilation - 1) // stride + 1


def transposed_length(length: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> int:
    """Return the output length of a transposed window along one axis (Keras' rule for `same` and `valid`)."""
    return length * stride + (0 if padding == "same" else max((kernel - 1) * dilation + 1 - stride, 0))


def enlarged_length(length: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> int:
    """Return the output length where each position becomes `stride` positions."""
    return length * stride


def window_shape(params: Params, shape: Shape, channels: int, rule: Length = window_length) -> Shape:
    """Return the output shape of a window over every spatial axis; raise ShapeFault where it does not fit."""
    kernel, strides = params["kernel"], params["stride"]
    dilation = params.get("dilation") or (1,) * len(kernel)
    axes(len(kernel), "window", shape)
    if max(strides) > 1 and max(dilation) > 1:
        raise ShapeFault("a window is either strided or dilated, not both")
    padding = params["padding"]
    around = zip(shape, kernel, strides, dilation, strict=False)
    sizes = [rule(n, k, s, padding, d) for n, k, s, d in around]
    if min(sizes) < 1:
        raise ShapeFault(f"a window of {kernel[0]} does not fit into {across(shape[:-1])} without padding")
    return (*sizes, channels)


def axes(count: int, what: str, shape: Shape) -> None:
    """Raise ShapeFault where something with a number per spatial axis meets an input with another number of
    them."""
    if len(shape) - 1 != count:
        raise ShapeFault(f"a {count}-D {what} needs {count} spatial axes, its input has {len(shape) - 1}")


def same_zeros(params: Params, shape: Shape) -> tuple[tuple[int, int], ...]:
    """Return the zeros that Keras' `same` puts before and after each spatial axis of `shape`."""
    around = []
    for axis, stride in enumerate(params["stride"]):
        missing = max((-(-shape[axis] // stride) - 1) * stride + spread(params, axis) - shape[axis], 0)
        around.append((missing // 2, missing - missing // 2))
    return tuple(around)


def spread(params: Params, axis: int) -> int:
    """Return the length that a window with its dilation covers along an axis."""
    dilation = params.get("dilation")
    return (params["kernel"][axis] - 1) * (dilation[axis] if dilation else 1) + 1  # type: ignore[no-any-return]
