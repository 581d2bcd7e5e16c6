"""How a sliding window changes a length: shared by convolution and pooling."""

from archdsl.ops.base import Params, Shape, ShapeFault


def window_length(length: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> int:
    """Give the output length along one axis (Keras' rule for `same` and `valid`)."""
    if padding == "same":
        return -(-length // stride)
    return (length - (kernel - 1) * dilation - 1) // stride + 1


def window_shape(params: Params, shape: Shape, channels: int) -> Shape:
    """Give the output shape of a window over every spatial axis; raise ShapeFault where it does not fit."""
    kernel, strides = params["kernel"], params["stride"]
    dilation = params.get("dilation") or (1,) * len(kernel)
    if len(shape) - 1 != len(kernel):
        raise ShapeFault(f"a {len(kernel)}-D window needs {len(kernel)} spatial axes, its input has {len(shape) - 1}")
    if max(strides) > 1 and max(dilation) > 1:
        raise ShapeFault("a window is either strided or dilated, not both")
    sizes = tuple(window_length(n, k, s, params["padding"], d) for n, k, s, d in zip(shape, kernel, strides, dilation, strict=False))
    if min(sizes) < 1:
        raise ShapeFault(f"a window of {kernel[0]} does not fit into {'x'.join(map(str, shape[:-1]))} without padding")
    return (*sizes, channels)
