"""Declared sizes -> strides and padding: finds what a row leaves open so that it reaches the size printed for it.

Shapes are followed through the layers of a row, with the ops' own rules; a flat value counts as a map of 1x1.
Lowering checks the result again, node by node.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import NamedTuple, TypeVar

from archdsl.ir.specs import BlockSpec, BranchSpec, LayerSpec, Spec, UseSpec, WireSpec
from archdsl.ir.template import BlockFault
from archdsl.ops import OPS, ShapeFault
from archdsl.ops.params import defaults
from archdsl.source import Span
from archdsl.syntax.ast import Ref
from archdsl.syntax.slug import slug

Size = tuple[int, ...]
Path = tuple[int, ...]
Names = Mapping[str, Size]
T = TypeVar("T")

POOLS = ("max_pool", "avg_pool")
_COLLAPSING = ("global_avg_pool", "global_max_pool", "flatten", "dense")
_STRIDES = (1, 2, 4, 8, 16)
_MAX_SITES = 12


def windowed_op(op: str) -> bool:
    """Tell an op with a window that takes a stride."""
    return OPS[op].length is not None


class Solution(NamedTuple):
    """The specs with the open strides and paddings filled in; `site` got `stride`, the free windows `padding`."""

    specs: tuple[Spec, ...]
    site: Path | None
    stride: Size
    padding: str


def spatial(shape: Size, rank: int) -> Size:
    """Give the spatial axes of a shape; a flat one counts as 1x1."""
    return shape[:-1] or (1,) * rank


def follow(specs: tuple[Spec, ...], shape: Size, mode: str, names: Names = {}) -> Size | None:  # noqa: B006 - never changed
    """Give the shape behind the specs; None where a window does not fit. `names` are the shapes of named values."""
    current: Size | None = shape
    known = dict(names)
    for spec in specs:
        if current is None:
            return None
        current = _followed(spec, current, mode, known)
    return current


def _followed(spec: Spec, shape: Size, mode: str, names: dict[str, Size]) -> Size | None:
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


Stray = tuple[Ref | None, Names]


def unnamed(specs: tuple[Spec, ...], shape: Size, names: Names) -> Stray:
    """Find the first name in the specs that no row and no step before it has, and the names that there are."""
    current: Size | None = shape
    known = dict(names)
    for spec in specs:
        if current is None:
            break
        found, there = _unnamed(spec, current, known)
        if found:
            return found, there
        current = _followed(spec, current, "same", known)
    return None, known


def _unnamed(spec: Spec, shape: Size, names: dict[str, Size]) -> Stray:
    match spec:
        case WireSpec():
            unknown = (ref for ref in spec.refs if spec.kind != "label" and value_of(names, ref.name) is None)
            return next(unknown, None), names
        case BlockSpec():
            return unnamed(spec.items, shape, names)
        case BranchSpec():
            found = (unnamed(branch, shape, names) for branch in spec.branches)
            return next((one for one in found if one[0]), (None, names))
        case UseSpec():
            return unnamed(expanded(spec, shape) or (), shape, names)
    return None, names


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
    sizes = tuple(
        length(n + sum(around(padding, axis, n, k, s)), k, s, keras_padding, 1)
        for axis, (n, k, s) in enumerate(zip(size, spread, stride, strict=True))
    )
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


def _block(spec: BlockSpec, shape: Size, mode: str, names: dict[str, Size]) -> Size | None:
    current: Size | None = shape
    for index in range(spec.repeat):
        before = current
        items = spec.items if index == 0 else unstrided(spec.items)
        current = None if before is None else follow(items, before, mode, names)
        if spec.merge == "concat" and current is not None and before is not None:
            current = (*current[:-1], current[-1] + before[-1])
        if current is None or (index and current == before):
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


def windowed(specs: tuple[Spec, ...], target: Size) -> tuple[Spec, ...]:
    """Give an average pool without a window one of 2, where the row's declared size says that a map is left."""
    if max(target) == 1:
        return specs
    two = (2,) * len(target)
    return tuple(spec._replace(kernel=two) if isinstance(spec, LayerSpec) and whole_map(spec) else spec for spec in specs)


def window(spec: LayerSpec, rank: int) -> tuple[Size, Size]:
    """Give kernel and stride: a pool's stride is its window, its window 2 or its stride, unless the cell says otherwise."""
    if spec.op == "upsample":
        return (1,) * rank, spec.stride or (2,) * rank
    pooling = spec.op in POOLS
    kernel = spec.kernel or (spec.stride if pooling and spec.stride and spec.stride[0] > 1 else (2,) * rank)
    return kernel, spec.stride or (kernel if pooling else (1,) * rank)


def place_block_strides(specs: tuple[Spec, ...], stride_in: str) -> tuple[Spec, ...]:
    """Move the stride said after a bracket (`[...] x2 /2`) to the layer of its first repeat that takes it."""
    placed: list[Spec] = []
    for spec in specs:
        if isinstance(spec, BlockSpec):
            spec = spec._replace(items=place_block_strides(spec.items, stride_in))  # noqa: PLW2901
            path = taker(spec.items, stride_in) if spec.stride else None
            if spec.stride and path is not None:
                spec = spec._replace(items=with_stride(spec.items, path, spec.stride, spec.stride_span))  # noqa: PLW2901
        placed.append(spec)
    return tuple(placed)


def taker(items: tuple[Spec, ...], stride_in: str) -> Path | None:
    """Find the layer of a bracket that a stride goes to, by the convention `stride-in`."""
    paths = [path for path in _windows(items) if not _pools(at(items, path))] or list(_windows(items))
    if not paths:
        return None
    if stride_in == "first-spatial":
        wide = [path for path in paths if _wide(at(items, path))]
        return (wide or paths)[0]
    return paths[-1] if stride_in == "last" else paths[0]


def _windows(items: tuple[Spec, ...]) -> Iterator[Path]:
    for index, item in enumerate(items):
        if isinstance(item, BlockSpec):
            yield from ((index, *path) for path in _windows(item.items))
        elif isinstance(item, UseSpec):
            if item.template.stride_parameter:
                yield (index,)
        elif isinstance(item, LayerSpec) and windowed_op(item.op):
            yield (index,)


def _pools(spec: LayerSpec | UseSpec) -> bool:
    return isinstance(spec, LayerSpec) and spec.op in POOLS


def _wide(spec: LayerSpec | UseSpec) -> bool:
    return isinstance(spec, UseSpec) or max(spec.kernel or (1,)) > 1


def at(items: tuple[Spec, ...], path: Path) -> LayerSpec | UseSpec:
    """Give the layer or the named block at a path of indices."""
    item = items[path[0]]
    if isinstance(item, BlockSpec):
        return at(item.items, path[1:])
    assert isinstance(item, LayerSpec | UseSpec)
    return item


def with_stride(items: tuple[Spec, ...], path: Path, stride: Size, place: Span | None = None) -> tuple[Spec, ...]:
    """Give the items with a stride set at a path; `place` is where it is printed, if it is."""
    item = items[path[0]]
    if isinstance(item, BlockSpec):
        changed: Spec = item._replace(items=with_stride(item.items, path[1:], stride, place))
    else:
        assert isinstance(item, LayerSpec | UseSpec)
        changed = item._replace(stride=stride, places=item.places | {"stride": place} if place else item.places)
    return (*items[: path[0]], changed, *items[path[0] + 1 :])


def sites(specs: tuple[Spec, ...], stride_in: str) -> list[Path]:
    """List where a row can take a stride that it does not print: free windows, and one layer of each free bracket."""
    found: list[Path] = []
    for index, spec in enumerate(specs):
        if isinstance(spec, BlockSpec):
            explicit = any(max(at(spec.items, path).stride or (1,)) > 1 for path in _windows(spec.items))
            path = None if explicit else taker(spec.items, stride_in)
            if path is not None and at(spec.items, path).stride is None:
                found.append((index, *path))
        elif isinstance(spec, UseSpec):
            found += [(index,)] if spec.template.stride_parameter and spec.stride is None else []
        elif isinstance(spec, LayerSpec) and windowed_op(spec.op) and spec.stride is None and not whole_map(spec):
            found.append((index,))
    return found[:_MAX_SITES]


def modes(specs: tuple[Spec, ...]) -> tuple[str, ...]:
    """List the paddings to try, in order; around a shortcut only one that keeps the size can be meant."""
    if any(isinstance(spec, BlockSpec) and spec.merge for spec in specs):
        return ("same",)
    pooled = any(isinstance(spec, LayerSpec) and spec.op in POOLS for spec in specs)
    return ("same", "valid") if pooled else ("same", "valid", "ceil", "half")


def solve(specs: tuple[Spec, ...], shape: Size, target: Size, stride_in: str, names: Names = {}) -> Solution | None:  # noqa: B006 - never changed
    """Find the first padding, site and stride that give the target size; None where nothing does."""

    def reaches(candidate: tuple[Spec, ...], mode: str) -> bool:
        found = follow(candidate, shape, mode, names)
        return found is not None and found[:-1] == target

    if reaches(specs, "same"):
        return Solution(specs, None, (), "same")
    # A window as large as its map (LeNet's C5) is meant to cover it, not to step over its padding.
    if max(target) == 1 and "valid" in modes(specs) and reaches(specs, "valid"):
        return Solution(specs, None, (), "valid")
    for mode in modes(specs):
        if reaches(specs, mode):
            return Solution(specs, None, (), mode)
        for site in sites(specs, stride_in):
            for stride in _candidates(at(specs, site), shape[:-1], target):
                strided = with_stride(specs, site, stride)
                if reaches(strided, mode):
                    return Solution(strided, site, stride, mode)
    return None


def _candidates(spec: LayerSpec | UseSpec, size: Size, target: Size) -> list[Size]:
    """List strides worth trying, equal ones first: powers of two, the kernel (patches), and exact divisions."""
    axes = []
    for axis, (n, m) in enumerate(zip(size, target, strict=True)):
        kernel = spec.kernel[axis] if isinstance(spec, LayerSpec) and spec.kernel and axis < len(spec.kernel) else 1
        exact = {n // m} if m and n % m == 0 else {m // n} if n and m % n == 0 else set()
        axes.append(sorted({*_STRIDES, kernel} | exact))
    equal = [(s,) * len(size) for s in sorted(set.intersection(*map(set, axes)))] if axes else []
    if len(set(size)) == 1 and len(set(target)) == 1:
        return equal
    return equal + [stride for stride in product(*axes) if len(set(stride)) > 1]


def reachable(specs: tuple[Spec, ...], shape: Size, stride_in: str, names: Names = {}) -> list[Size]:  # noqa: B006 - never changed
    """List the sizes that the row can reach with some stride and padding, largest first."""
    rank = len(shape) - 1
    found = set()
    for mode in modes(specs):
        found.add(follow(specs, shape, mode, names))
        for site in sites(specs, stride_in):
            found |= {follow(with_stride(specs, site, (s,) * rank), shape, mode, names) for s in _STRIDES}
    return sorted({value[:-1] for value in found if value}, reverse=True)
