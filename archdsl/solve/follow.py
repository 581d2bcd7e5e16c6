"""Shapes followed through the layers of a row, with the ops' own rules; a flat value counts as a map of 1x1.

Lowering checks the result again, node by node.
"""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from math import prod

from archdsl.light import TypeVar
from archdsl.ops import OPS, ShapeFault
from archdsl.ops.params import defaults
from archdsl.resolve.specs import BlockSpec, BranchSpec, LayerSpec, Spec, UseSpec, WireSpec
from archdsl.resolve.template import BlockFault
from archdsl.syntax.slug import slug

Size = tuple[int, ...]
Names = Mapping[str, Size]
T = TypeVar("T")

POOLS = ("max_pool", "avg_pool")
_COLLAPSING = ("global_avg_pool", "global_max_pool", "flatten", "dense")


def windowed_op(op: str) -> bool:
    """Tell an op with a window that takes a stride."""
    return OPS[op].length is not None


def spatial(shape: Size, rank: int) -> Size:
    """Give the spatial axes of a shape; a flat one counts as 1x1."""
    return shape[:-1] or (1,) * rank


def within(names: Names) -> MutableMapping[str, Size]:
    """Give a scope inside of another, which it does not copy: a table has as many names as rows."""
    return ChainMap({}, names)  # type: ignore[arg-type]  # what is written goes to the first of them


def follow(specs: tuple[Spec, ...], shape: Size, mode: str, names: Names = {}) -> Size | None:  # noqa: B006 - never changed
    """Give the shape behind the specs; None where a window does not fit. `names` are the shapes of named values."""
    current: Size | None = shape
    known = within(names)
    for spec in specs:
        if current is None:
            return None
        current = step(spec, current, mode, known)
    return current


def step(spec: Spec, shape: Size, mode: str, names: MutableMapping[str, Size]) -> Size | None:
    """Give the shape behind one of the specs; a label adds to `names`."""
    match spec:
        case LayerSpec():
            return _layer(spec, shape, mode)
        case BlockSpec():
            return _block(spec, shape, mode, names)
        case UseSpec():
            body = expanded(spec, shape)
            return None if body is None else follow(body, shape, "same", names)  # a row's padding ends at a block's name
        case BranchSpec():
            ends = [follow(branch, shape, mode, names) for branch in spec.branches]
            return merged(spec.merge, ends)
        case WireSpec(kind="label"):
            names[spec.refs[0].name] = shape
        case WireSpec(kind="from"):
            return merged("concat", [value_of(names, ref.name) for ref in spec.refs])
        case WireSpec():
            return merged(spec.kind, [shape, *(value_of(names, ref.name) for ref in spec.refs)])
    return shape


def value_of(names: Mapping[str, T], name: str) -> T | None:
    """Find a named value: a step of a block as it is written, a row by its slug."""
    return names.get(name) or names.get(slug(name))


def expanded(spec: UseSpec, shape: Size) -> tuple[Spec, ...] | None:
    """Give the body of a block for its input; None where a fault in it was reported."""
    try:
        return spec.template.expand(shape[-1], spec.stride)
    except BlockFault:
        return None


def merged(kind: str, shapes: list[Size | None]) -> Size | None:
    """Give the shape of merged values, going by the first one; a product by its largest, which the others scale."""
    first = shapes[0] if shapes else None
    if first is None or any(shape is None for shape in shapes):
        return None
    if kind == "multiply":
        return max((shape for shape in shapes if shape), key=prod)
    return (*first[:-1], sum(shape[-1] for shape in shapes if shape)) if kind == "concat" else first


def _layer(spec: LayerSpec, shape: Size, mode: str) -> Size | None:
    size = shape[:-1]
    if spec.op in _COLLAPSING or whole_map(spec):
        flat = prod(shape) if spec.op == "flatten" else shape[-1]
        return (*(1,) * len(size), spec.channels or flat)
    if not windowed_op(spec.op):
        return _pointwise(spec, shape)
    kernel, stride = window(spec, len(size))
    padding = spec.padding or mode
    if not len(kernel) == len(stride) == len(size) == len(spec.dilation):
        return None
    length = OPS[spec.op].length
    assert length is not None
    keras_padding = "same" if padding == "same" else "valid"
    spread = [(k - 1) * d + 1 for k, d in zip(kernel, spec.dilation, strict=True)]
    axes = list(zip(size, spread, stride, strict=True))
    if OPS[spec.op].grows and not isinstance(padding, str):  # what pads a convolution is cut off behind its transpose
        sizes = tuple(length(n, k, s, "valid", 1) - 2 * p for (n, k, s), p in zip(axes, padding, strict=True))
    else:
        sizes = tuple(length(n + sum(around(padding, i, n, k, s)), k, s, keras_padding, 1) for i, (n, k, s) in enumerate(axes))
    return (*sizes, spec.channels or shape[-1]) if min(sizes, default=1) > 0 else None


def _pointwise(spec: LayerSpec, shape: Size) -> Size | None:
    try:
        found = OPS[spec.op].shape(defaults(spec.op) | spec.more, (shape,))
    except (ShapeFault, TypeError):
        return shape
    return found if len(found) == len(shape) else (*(1,) * (len(shape) - 1), found[-1])


def around(padding: str | Size, axis: int, n: int, k: int, s: int) -> tuple[int, int]:
    """Give the zeros before and after an axis that a padding means, where they are put there explicitly."""
    match padding:
        case "same" | "valid":
            return 0, 0
        case "half":
            return k // 2, k // 2
        case "symmetric":
            return (k - 1) // 2, k // 2
        case "ceil":
            # A window that would lie wholly in the padding is dropped.
            missing = -(n - k) % s
            return 0, k - n if n < k else missing if missing < k else 0
    return int(padding[axis]), int(padding[axis])


def _block(spec: BlockSpec, shape: Size, mode: str, names: MutableMapping[str, Size]) -> Size | None:
    current: Size | None = shape
    for index in range(spec.repeat):
        before = current
        items = spec.items if index == 0 else unstrided(spec.items)
        current = None if before is None else follow(items, before, mode, names)
        if spec.merge == "concat" and current is not None and before is not None:
            current = (*current[:-1], current[-1] + before[-1])
        # Where a repeat changes nothing, the next ones do not either: a nest of brackets is followed once for each, not 2^depth times.
        if current is None or (current == before and (index or unstrided(items) == items)):
            break
    return current


def unstrided(items: tuple[Spec, ...]) -> tuple[Spec, ...]:
    """Take the strides of convolutions away: they belong to the first repeat of a bracket, pooling to each."""
    return tuple(_unstrided(item) for item in items)


def _unstrided(item: Spec) -> Spec:
    match item:
        case BlockSpec():
            return item._replace(items=unstrided(item.items))
        case UseSpec():
            return item._replace(stride=(1,) * item.template.resolver.rank) if item.template.stride_parameter else item
        case BranchSpec():
            return item._replace(branches=tuple(map(unstrided, item.branches)))
        case LayerSpec():
            keeps = item.op in POOLS or item.stride is None or OPS[item.op].grows
            return item if keeps else item._replace(stride=None)
    return item


def whole_map(spec: LayerSpec) -> bool:
    """Tell an average pool without a window: it takes the whole map."""
    return spec.op == "avg_pool" and spec.kernel is None and spec.stride is None


def window(spec: LayerSpec, rank: int) -> tuple[Size, Size]:
    """Give kernel and stride: a pool's stride is its window, its window 2 or its stride, unless the cell says otherwise.

    A transposed convolution of an even window, with which no map keeps its middle, doubles the map.
    """
    if spec.op == "upsample":
        return (1,) * rank, spec.stride or (2,) * rank
    pooling = spec.op in POOLS
    kernel = spec.kernel or (spec.stride if pooling and spec.stride and spec.stride[0] > 1 else (2,) * rank)
    doubles = spec.op == "conv_transpose" and not any(k % 2 for k in kernel)
    return kernel, spec.stride or (kernel if pooling else (2 if doubles else 1,) * rank)


def last_channels(specs: tuple[Spec, ...], shape: Size) -> int | None:
    """Give the channels behind the specs, whatever the sizes do; None where nothing sets them."""
    if not any(not isinstance(spec, LayerSpec) or spec.channels for spec in specs):
        return None
    for spec in reversed(specs):
        if isinstance(spec, LayerSpec):
            if spec.channels:
                return spec.channels
        elif isinstance(spec, BlockSpec) and spec.merge != "concat":
            found = last_channels(spec.items, shape)
            if found:
                return found
        else:
            break
    end = follow(specs, (*(4096,) * max(len(shape) - 1, 1), shape[-1]), "same")
    return end[-1] if end else None
