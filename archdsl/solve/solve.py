"""Declared sizes -> strides and padding: finds what a row leaves open so that it reaches the size printed for
it."""

from collections.abc import Iterator
from itertools import product

from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.resolve.specs import BlockSpec, LayerSpec, Spec, UseSpec, op_of
from archdsl.solve.follow import Names, follow, spatial
from archdsl.solve.layer_shape import Size, whole_map, window
from archdsl.solve.strides import Path, at, covers, sites, with_strides
from archdsl.syntax.ast import Row

_STRIDES = (1, 2, 4, 8, 16)


class Solution(NamedTuple):
    """The specs with the open strides and paddings filled in; `site` got `stride`, the free windows
    `padding`."""

    specs: tuple[Spec, ...]
    site: Path | None
    stride: Size
    padding: str


class Sized(NamedTuple):
    """A row that reached its declared size: its layers, as they are printed, the shape that they take, and
    the size.

    `plain` is what the layers give as they are printed, where a stride had to be solved.
    """

    row: Row
    number: int
    specs: tuple[Spec, ...]
    shape: Size
    target: Size
    plain: Size | None


def windowed(specs: tuple[Spec, ...], target: Size) -> tuple[Spec, ...]:
    """Return an average pool without a window one of 2, where the row's declared size says that a map is
    left."""
    if max(target) == 1:
        return specs
    two = (2,) * len(target)
    return tuple(
        spec._replace(kernel=two) if isinstance(spec, LayerSpec) and whole_map(spec) else spec
        for spec in specs
    )


def modes(specs: tuple[Spec, ...]) -> tuple[str, ...]:
    """List the paddings to try, in order; around a shortcut only one that keeps the size can be meant."""
    if any(isinstance(spec, BlockSpec) and spec.merge for spec in specs):
        return ("same",)
    if any(op_of(spec).grows for spec in specs):
        return ("same", "valid")
    pooled = any(op_of(spec).is_pool for spec in specs)
    return ("same", "valid") if pooled else ("same", "valid", "ceil", "half")


def solve(
    specs: tuple[Spec, ...],
    shape: Size,
    target: Size,
    stride_in: str,
    names: Names = {},  # noqa: B006 - never changed
) -> Solution | None:
    """Find the first padding, site and stride that give the target size; None where nothing does."""

    def reaches(candidate: tuple[Spec, ...], mode: str) -> bool:
        found = follow(candidate, shape, mode, names)
        return found is not None and spatial(found, len(target)) == target

    for mode in modes(specs) if max(target) == 1 else ():
        if reaches(specs, mode) and _takes_whole_map(specs, shape, mode, names):
            return Solution(specs, None, (), mode)
    for mode in modes(specs):
        if reaches(specs, mode):
            return Solution(specs, None, (), mode)
        for site in sites(specs, stride_in):
            for stride in _candidates(at(specs, site), shape, target, len(site) == 1):
                strided = with_strides(specs, site, stride, stride_in)
                if reaches(strided, mode) and covers(strided, site, shape):
                    return Solution(strided, site, stride, mode)
    return None


def _takes_whole_map(specs: tuple[Spec, ...], shape: Size, mode: str, names: Names) -> bool:
    """Return whether the windows of a row of size 1 cover their map (LeNet's C5, a head's pool), before a
    dense layer flattens it."""
    flat = next((index for index, spec in enumerate(specs) if op_of(spec).takes_flat), len(specs))
    end = follow(specs[:flat], shape, mode, names)
    return end is not None and max(end[:-1], default=1) == 1


def _candidates(spec: LayerSpec | UseSpec, shape: Size, target: Size, alone: bool) -> list[Size]:
    """List strides worth trying, equal ones first: powers of two, the kernel (patches, `alone`: in no
    bracket), and exact divisions.

    A square map stays square: strides that differ by axis are printed, and one that is not would hide a
    misprinted size.
    """
    axes, size = [], spatial(shape, len(target))
    if isinstance(spec, LayerSpec) and OPS[spec.op].is_pool:
        return _pool_strides(spec, len(size))
    patches = spec.kernel if isinstance(spec, LayerSpec) and alone else None
    for axis, (n, m) in enumerate(zip(size, target, strict=False)):
        kernel = patches[axis] if patches and axis < len(patches) else 1
        exact = {n // m} if m and n % m == 0 else {m // n} if n and m % n == 0 else set()
        exact |= {n // m or 1, -(-n // m)} if isinstance(spec, LayerSpec) and spec.counted and m else set()
        axes.append(sorted({*_STRIDES, kernel} | exact))
    equal = [(s,) * len(size) for s in sorted(set.intersection(*map(set, axes)))] if axes else []
    if len(set(size)) == 1:
        return equal
    return equal + [stride for stride in product(*axes) if len(set(stride)) > 1]


def _pool_strides(spec: LayerSpec, rank: int) -> list[Size]:
    """List the strides of a pool that prints none: its window's, 2 where windows overlap, 1 around an odd
    window."""
    kernel, _ = window(spec, rank)
    odd = all(k % 2 for k in kernel)
    return [kernel, *((s,) * rank for s in ((2, 1) if odd else (2,)))]


def reachable(specs: tuple[Spec, ...], shape: Size, stride_in: str, names: Names = {}) -> dict[Size, int]:  # noqa: B006 - never changed
    """List the sizes that the row can reach with some stride and padding, each with the first padding that
    gives it."""
    found: dict[Size, int] = {}
    for number, mode in enumerate(modes(specs)):
        for candidate in (specs, *_strided(specs, shape, stride_in)):
            end = follow(candidate, shape, mode, names)
            if end:
                found.setdefault(spatial(end, _rank(specs, shape)), number)
    return found


def _rank(specs: tuple[Spec, ...], shape: Size) -> int:
    """Return the number of spatial axes of a network, also where a flat value arrives."""
    return max([len(shape) - 1, *(len(spec.dilation) for spec in specs if isinstance(spec, LayerSpec))])


def _strided(specs: tuple[Spec, ...], shape: Size, stride_in: str) -> Iterator[tuple[Spec, ...]]:
    rank = _rank(specs, shape)
    for site in sites(specs, stride_in):
        spec = at(specs, site)
        pool = spec if isinstance(spec, LayerSpec) and OPS[spec.op].is_pool else None
        for stride in _pool_strides(pool, rank) if pool else [(s,) * rank for s in _STRIDES]:
            candidate = with_strides(specs, site, stride, stride_in)
            if covers(candidate, site, shape):
                yield candidate
