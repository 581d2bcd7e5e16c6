"""Declared sizes -> strides and padding: finds what a row leaves open so that it reaches the size printed for it.

The sizes are followed along the main path only; lowering checks the result with the shape rules of the ops.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from archdsl.ir.resolve import BlockSpec, LayerSpec, Spec
from archdsl.ops.windows import window_length
from archdsl.source import Span

Size = tuple[int, ...]
Path = tuple[int, ...]

WINDOWED = ("conv", "depthwise", "max_pool", "avg_pool")
POOLS = ("max_pool", "avg_pool")
_COLLAPSING = ("global_avg_pool", "global_max_pool", "flatten", "dense")
_STRIDES = (1, 2, 4, 8, 16)
_MAX_SITES = 12


class Solution(NamedTuple):
    """The specs with the open strides and paddings filled in; `site` got `stride`, the free windows `padding`."""

    specs: tuple[Spec, ...]
    site: Path | None
    stride: Size
    padding: str


def follow(specs: tuple[Spec, ...], size: Size, mode: str) -> Size | None:
    """Give the spatial size behind the specs; None where a window does not fit."""
    current: Size | None = size
    for spec in specs:
        if current is None:
            return None
        current = _block(spec, current, mode) if isinstance(spec, BlockSpec) else _layer(spec, current, mode)
    return current


def _layer(spec: LayerSpec, size: Size, mode: str) -> Size | None:
    if spec.op in _COLLAPSING or whole_map(spec):
        return (1,) * len(size)
    if spec.op not in WINDOWED:
        return size
    kernel, stride = window(spec, len(size))
    padding = spec.padding or mode
    if not len(kernel) == len(stride) == len(size) == len(spec.dilation):
        return None
    spread = [(k - 1) * d + 1 for k, d in zip(kernel, spec.dilation, strict=True)]
    sizes = tuple(
        window_length(n + sum(around(padding, axis, n, k, s)), k, s, "same" if padding == "same" else "valid")
        for axis, (n, k, s) in enumerate(zip(size, spread, stride, strict=True))
    )
    return sizes if min(sizes) > 0 else None


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


def _block(spec: BlockSpec, size: Size, mode: str) -> Size | None:
    current: Size | None = size
    for index in range(spec.repeat):
        before = current
        items = spec.items if index == 0 else unstrided(spec.items)
        current = None if before is None else follow(items, before, mode)
        if current is None or (index and current == before):
            break
    return current


def unstrided(items: tuple[Spec, ...]) -> tuple[Spec, ...]:
    """Take the strides of convolutions away: they belong to the first repeat of a bracket, pooling to each."""
    plain: list[Spec] = []
    for item in items:
        if isinstance(item, BlockSpec):
            plain.append(item._replace(items=unstrided(item.items)))
        else:
            plain.append(item if item.op in POOLS or item.stride is None else item._replace(stride=None))
    return tuple(plain)


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
    paths = [path for path in _windows(items) if at(items, path).op not in POOLS] or list(_windows(items))
    if not paths:
        return None
    if stride_in == "first-spatial":
        wide = [path for path in paths if max(at(items, path).kernel or (1,)) > 1]
        return (wide or paths)[0]
    return paths[-1] if stride_in == "last" else paths[0]


def _windows(items: tuple[Spec, ...]) -> Iterator[Path]:
    for index, item in enumerate(items):
        if isinstance(item, BlockSpec):
            yield from ((index, *path) for path in _windows(item.items))
        elif item.op in WINDOWED:
            yield (index,)


def at(items: tuple[Spec, ...], path: Path) -> LayerSpec:
    """Give the layer at a path of indices."""
    item = items[path[0]]
    return at(item.items, path[1:]) if isinstance(item, BlockSpec) else item


def with_stride(items: tuple[Spec, ...], path: Path, stride: Size, place: Span | None = None) -> tuple[Spec, ...]:
    """Give the items with a stride set at a path; `place` is where it is printed, if it is."""
    item = items[path[0]]
    if isinstance(item, BlockSpec):
        changed: Spec = item._replace(items=with_stride(item.items, path[1:], stride, place))
    else:
        changed = item._replace(stride=stride, places=item.places | {"stride": place} if place else item.places)
    return (*items[: path[0]], changed, *items[path[0] + 1 :])


def sites(specs: tuple[Spec, ...], stride_in: str) -> list[Path]:
    """List where a row can take a stride that it does not print: free windows, and one layer of each free bracket."""
    found: list[Path] = []
    for index, spec in enumerate(specs):
        if isinstance(spec, BlockSpec):
            explicit = any(
                (at(spec.items, path).stride or (1,)) != (1,) * len(at(spec.items, path).stride or (1,)) for path in _windows(spec.items)
            )
            path = None if explicit else taker(spec.items, stride_in)
            if path is not None and at(spec.items, path).stride is None:
                found.append((index, *path))
        elif spec.op in WINDOWED and spec.stride is None and not whole_map(spec):
            found.append((index,))
    return found[:_MAX_SITES]


def modes(specs: tuple[Spec, ...]) -> tuple[str, ...]:
    """List the paddings to try, in order; around a shortcut only one that keeps the size can be meant."""
    if any(isinstance(spec, BlockSpec) and spec.residual for spec in specs):
        return ("same",)
    pooled = any(isinstance(spec, LayerSpec) and spec.op in POOLS for spec in specs)
    return ("same", "valid") if pooled else ("same", "valid", "ceil", "half")


def solve(specs: tuple[Spec, ...], size: Size, target: Size, stride_in: str) -> Solution | None:
    """Find the first padding, site and stride that give the target; None where nothing does."""
    if follow(specs, size, "same") == target:
        return Solution(specs, None, (), "same")
    # A window as large as its map (LeNet's C5) is meant to cover it, not to step over its padding.
    if max(target) == 1 and "valid" in modes(specs) and follow(specs, size, "valid") == target:
        return Solution(specs, None, (), "valid")
    for mode in modes(specs):
        if follow(specs, size, mode) == target:
            return Solution(specs, None, (), mode)
        for site in sites(specs, stride_in):
            for stride in _candidates(at(specs, site), size, target):
                strided = with_stride(specs, site, stride)
                if follow(strided, size, mode) == target:
                    return Solution(strided, site, stride, mode)
    return None


def _candidates(spec: LayerSpec, size: Size, target: Size) -> list[Size]:
    """List strides worth trying, equal ones first: powers of two, the kernel (patches), and exact divisions."""
    axes = []
    for axis, (n, m) in enumerate(zip(size, target, strict=True)):
        kernel = spec.kernel[axis] if spec.kernel and axis < len(spec.kernel) else 1
        exact = {n // m} if m and n % m == 0 else set()
        axes.append(sorted({*_STRIDES, kernel} | exact))
    equal = [(s,) * len(size) for s in sorted(set.intersection(*map(set, axes)))] if axes else []
    if len(set(size)) == 1 and len(set(target)) == 1:
        return equal
    return equal + [stride for stride in product(*axes) if len(set(stride)) > 1]


def reachable(specs: tuple[Spec, ...], size: Size, stride_in: str) -> list[Size]:
    """List the sizes that the row can reach with some stride and padding, largest first."""
    found = set()
    for mode in modes(specs):
        found.add(follow(specs, size, mode))
        for site in sites(specs, stride_in):
            found |= {follow(with_stride(specs, site, (s,) * len(size)), size, mode) for s in _STRIDES}
    return sorted((value for value in found if value), reverse=True)
