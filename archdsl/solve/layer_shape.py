"""A layer and the shape that arrives -> the zeros around it, the parameters of its op, what is cut off, and
the shape behind it.

The one shape engine: sizes are solved with it, and lowering emits what it gives. A flat value has one axis.
"""

from collections.abc import Mapping
from math import prod

from archdsl.light import Any, NamedTuple
from archdsl.ops import OPS, ShapeFault
from archdsl.ops.params import defaults
from archdsl.resolve.specs import LayerSpec, Padding

Size = tuple[int, ...]
Ends = tuple[tuple[int, int], ...]  # before and after each spatial axis


class Windows(NamedTuple):
    """How windows go over a map: zeros put around it first, Keras' own parameters, and what is cut off behind
    them."""

    zeros: Ends
    params: dict[str, Any]
    cut: Ends


def layer_shape(spec: LayerSpec, shape: Size, mode: str, others: tuple[Size, ...] = ()) -> Size:
    """Return the shape behind a layer, by the rule of its op; raise ShapeFault where it cannot take what
    arrives. `others` are the shapes of what it reads by name."""
    spec = grouped(spec, shape[-1])
    op = OPS[spec.op]
    if op.keeps_shape:
        return shape
    if whole_map(spec):
        return OPS["global_avg_pool"].shape({}, (shape,))
    if flattens(spec, shape):
        shape = (prod(shape),)
    if not op.has_window:
        return op.shape(plain_params(spec, len(shape) - 1), (shape, *others))
    found = windows(spec, shape, spec.padding or mode)
    params = found.params | {"channels": spec.channels or shape[-1], "groups": _groups(spec, shape[-1])}
    return _grown(op.shape(params, (_grown(shape, found.zeros, 1),)), found.cut, -1)


def grouped(spec: LayerSpec, channels: int) -> LayerSpec:
    """Return a depthwise convolution with several filters for each channel as what it is, a convolution with
    a group for each."""
    if spec.multiplier == 1:
        return spec
    return spec._replace(op="conv", groups=channels, channels=channels * spec.multiplier)


def flattens(spec: LayerSpec, shape: Size) -> bool:
    """Return whether a layer flattens the map that arrives."""
    return OPS[spec.op].takes_flat and len(shape) > 1 and not spec.more.get("each")


def _grown(shape: Size, ends: Ends, sign: int) -> Size:
    if not ends:
        return shape
    sizes = tuple(n + sign * (low + high) for n, (low, high) in zip(shape, ends, strict=False))
    if min(sizes) < 1:
        raise ShapeFault("nothing of the map is left")
    return (*sizes, shape[-1])


def _groups(spec: LayerSpec, channels: int) -> int:
    """Return the groups; 1 where they do not divide, which lowering reports."""
    fit = not channels % spec.groups and not (spec.channels or channels) % spec.groups
    return spec.groups if fit else 1


def plain_params(spec: LayerSpec, axes: int, conventions: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Return the parameters of an op without a window: its options, else what conventions say, else its
    declared defaults."""
    params: dict[str, Any] = {**defaults(spec.op), **conventions, **spec.more}
    said = {
        "rate": spec.rate,
        "bias": spec.bias == "yes" if spec.bias else None,
        "groups": spec.groups if "groups" in spec.places else None,
        "stride": spec.stride or (params.get("stride"),) * axes,
        "axes": len(spec.dilation),
        "channels": spec.channels,
        "kernel": spec.kernel,
        "padding": spec.padding,
        "activation": spec.activation,
    }
    return params | {key: value for key, value in said.items() if key in params and value is not None}


def windows(spec: LayerSpec, shape: Size, padding: Padding) -> Windows:
    """Lay the windows of a convolution or a pool over a map; raise ShapeFault where they have another number
    of axes."""
    axes = len(shape) - 1
    kernel, stride = window(spec, axes)
    sides = {"window": kernel, "stride": stride, "dilation": spec.dilation}
    if isinstance(padding, tuple):
        sides["padding"] = padding
    for what, values in sides.items():
        if len(values) != axes or not axes:
            count = len(values)
            raise ShapeFault(f"a {count}-D {what} needs {count} spatial axes, its input has {axes}")
    params: dict[str, Any] = {
        "kernel": kernel,
        "stride": stride,
        "padding": "valid",
        "dilation": spec.dilation,
    }
    if spec.more.get("ceil") or spec.more.get("extra"):
        return _uneven(spec, shape, padding, params)
    if padding in ("same", "valid"):
        return Windows((), params | {"padding": padding}, ())
    if padding == "causal" and axes > 1:
        raise ShapeFault("causal padding is that of a sequence, and its input is a map")
    # What pads a convolution is cut off behind its transpose.
    if OPS[spec.op].grows and isinstance(padding, tuple):
        return Windows((), params, _ends(tuple((p, p) for p in padding)))
    spread = [(k - 1) * d + 1 for k, d in zip(kernel, spec.dilation, strict=True)]
    lengths = zip(shape, spread, stride, strict=False)
    zeros = _ends(tuple(around(padding, axis, n, k, s) for axis, (n, k, s) in enumerate(lengths)))
    return Windows(
        zeros, params | {"padding": "same"} if padding == "symmetric" and not zeros else params, ()
    )


def _uneven(spec: LayerSpec, shape: Size, padding: Padding, params: dict[str, Any]) -> Windows:
    """Pad, or cut off, less or more at the end: pools that round up, transposed convolutions that keep some
    of their padding."""
    kernel, stride = params["kernel"], params["stride"]
    zeros = (
        padding
        if isinstance(padding, tuple)
        else tuple(k // 2 if padding == "same" and OPS[spec.op].grows else 0 for k in kernel)
    )
    if OPS[spec.op].grows:
        extra = spec.more["extra"]
        if extra > min(zeros):
            raise ShapeFault(
                f"an output padding of {extra} keeps more than the padding of {min(zeros)} cuts off"
            )
        return Windows((), params, _ends(tuple((p, p - extra) for p in zeros)))
    return Windows(_ends(tuple(map(_rounded_up, shape, zeros, kernel, stride))), params, ())


def _rounded_up(n: int, p: int, k: int, s: int) -> tuple[int, int]:
    """Return the zeros with which the last window, which may stick out, is whole; it begins in the map or in
    the zeros before it."""
    count = -(-(n + 2 * p - k) // s) + 1
    count -= (count - 1) * s >= n + p
    return p, max((count - 1) * s + k - n - p, 0)


def _ends(ends: Ends) -> Ends:
    return ends if any(map(any, ends)) else ()


def around(padding: Padding, axis: int, n: int, k: int, s: int) -> tuple[int, int]:
    """Return the zeros before and after an axis that a padding means, where they are put there explicitly."""
    match padding:
        case "half":
            return k // 2, k // 2
        case "symmetric":
            return (k - 1) // 2, k // 2
        case "causal":
            return k - 1, 0
        case "ceil":
            # A window that would lie wholly in the padding is dropped.
            missing = -(n - k) % s
            return 0, k - n if n < k else missing if missing < k else 0
    return (int(padding[axis]),) * 2 if padding else (0, 0)


def whole_map(spec: LayerSpec) -> bool:
    """Recognise an average pool without a window: it takes the whole map."""
    return OPS[spec.op].alone and spec.kernel is None and spec.stride is None


def window(spec: LayerSpec, rank: int) -> tuple[Size, Size]:
    """Return kernel and stride: a pool's stride is its window, its window 2 or its stride, unless the cell
    says otherwise.

    A transposed convolution of an even window, with which no map keeps its middle, doubles the map.
    """
    if spec.kernel and spec.stride:
        return spec.kernel, spec.stride
    op = OPS[spec.op]
    kernel = spec.kernel or (
        spec.stride if op.is_pool and spec.stride and spec.stride[0] > 1 else (2,) * rank
    )
    doubles = op.grows and not any(k % 2 for k in kernel)
    return kernel, spec.stride or (kernel if op.is_pool else (2 if doubles else 1,) * rank)
