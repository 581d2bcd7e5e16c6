"""Which layer of a row takes a stride: the one said after a bracket, or one that the sizes ask for."""

from collections.abc import Iterator

from archdsl.ops import OPS
from archdsl.resolve.specs import BlockSpec, BranchSpec, LayerSpec, Spec, UseSpec, op_of
from archdsl.solve.follow import expanded
from archdsl.solve.layer_shape import Size, whole_map, window
from archdsl.source import Span

Path = tuple[int, ...]
_MAX_SITES = 12


def place_block_strides(specs: tuple[Spec, ...], stride_in: str) -> tuple[Spec, ...]:
    """Move the stride said after a bracket (`[...] x2 /2`) to the layer of its first repeat that takes it."""
    placed: list[Spec] = []
    for spec in specs:
        if isinstance(spec, BlockSpec):
            spec = spec._replace(items=place_block_strides(spec.items, stride_in))  # noqa: PLW2901
            path = taker(spec.items, stride_in) if spec.stride else None
            if spec.stride and path is not None:
                spec = spec._replace(  # noqa: PLW2901
                    items=with_strides(spec.items, path, spec.stride, stride_in, spec.stride_span)
                )
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
        elif isinstance(item, LayerSpec) and OPS[item.op].takes_stride:
            yield (index,)


def _pools(spec: LayerSpec | UseSpec) -> bool:
    return op_of(spec).is_pool


def _wide(spec: LayerSpec | UseSpec) -> bool:
    return isinstance(spec, UseSpec) or max(spec.kernel or (1,)) > 1


def at(items: tuple[Spec, ...], path: Path) -> LayerSpec | UseSpec:
    """Return the layer or the named block at a path of indices."""
    item = items[path[0]]
    if isinstance(item, BlockSpec):
        return at(item.items, path[1:])
    assert isinstance(item, LayerSpec | UseSpec)
    return item


def with_stride(
    items: tuple[Spec, ...], path: Path, stride: Size, place: Span | None = None
) -> tuple[Spec, ...]:
    """Return the items with a stride set at a path; `place` is where it is printed, if it is."""
    item = at(items, path)
    return replaced(
        items,
        path,
        item._replace(stride=stride, places=item.places | {"stride": place} if place else item.places),
    )


def replaced(items: tuple[Spec, ...], path: Path, spec: LayerSpec | UseSpec) -> tuple[Spec, ...]:
    """Return the items with another one at a path."""
    item = items[path[0]]
    changed = (
        item._replace(items=replaced(item.items, path[1:], spec)) if isinstance(item, BlockSpec) else spec
    )
    return (*items[: path[0]], changed, *items[path[0] + 1 :])


def with_strides(
    specs: tuple[Spec, ...], path: Path, stride: Size, stride_in: str, place: Span | None = None
) -> tuple[Spec, ...]:
    """Return the items with a stride for a layer, and for those beside it whose windows cover axes that its
    window does not.

    So of a stride 2x2x2 for `1x3x3; 3x1x1` the second layer takes the first axis.
    """
    own, taken = list(stride), dict[Path, list[int]]()
    for axis, step in enumerate(stride):
        other = _beside(specs, path, axis) if stride_in == "first-spatial" and step > 1 else None
        if other:
            own[axis] = 1
            taken.setdefault(other, [1] * len(stride))[axis] = step
    for other, steps in taken.items():
        specs = with_stride(specs, other, tuple(steps), place)
    return with_stride(specs, path, tuple(own), place)


def _beside(specs: tuple[Spec, ...], path: Path, axis: int) -> Path | None:
    """Find a layer beside one whose window is 1 along an axis, the first one that is wider there and takes a
    stride."""
    spec = at(specs, path)
    if (
        not isinstance(spec, LayerSpec)
        or not spec.kernel
        or max(spec.kernel) == 1
        or spec.kernel[axis : axis + 1] != (1,)
    ):
        return None
    beside = [one for one in _windows(specs) if one[:-1] == path[:-1] and one != path]
    return next((one for one in beside if _is_wide_along(at(specs, one), axis)), None)


def _is_wide_along(spec: LayerSpec | UseSpec, axis: int) -> bool:
    if not isinstance(spec, LayerSpec) or spec.stride or OPS[spec.op].grows or OPS[spec.op].is_pool:
        return False
    return max((spec.kernel or ())[axis : axis + 1], default=1) > 1


def solved_layers(specs: tuple[Spec, ...], site: Path) -> list[Path]:
    """List the layers that a stride was solved for: the one of the site, and those beside it."""
    beside = [path for path in _windows(specs) if path[:-1] == site[:-1] and path != site]
    layers = ((path, at(specs, path)) for path in (site, *beside))
    return [
        path
        for path, spec in layers
        if max(spec.stride or (1,)) > 1 and (path == site or "stride" not in spec.places)
    ]


def sites(specs: tuple[Spec, ...], stride_in: str) -> list[Path]:
    """List where a row can take a stride that it does not print: free windows, and one layer of each free
    bracket."""
    found: list[Path] = []
    for index, spec in enumerate(specs):
        if isinstance(spec, BlockSpec):
            explicit = any(max(at(spec.items, path).stride or (1,)) > 1 for path in _windows(spec.items))
            path = None if explicit or spec.merge == "concat" else taker(spec.items, stride_in)
            if path is not None and at(spec.items, path).stride is None:
                found.append((index, *path))
        elif isinstance(spec, UseSpec):
            found += [(index,)] if spec.template.stride_parameter and spec.stride is None else []
        elif (
            isinstance(spec, LayerSpec)
            and OPS[spec.op].takes_stride
            and spec.stride is None
            and not whole_map(spec)
        ):
            found.append((index,))
    return found[:_MAX_SITES]


def taken_stride(specs: tuple[Spec, ...]) -> bool:
    """Return whether some layer prints a stride of its own."""
    for spec in specs:
        if isinstance(spec, BlockSpec) and (taken_stride(spec.items) or spec.stride):
            return True
        if isinstance(spec, LayerSpec | UseSpec) and max(spec.stride or (1,)) > 1:
            return True
    return False


def covers(specs: tuple[Spec, ...], site: Path, shape: Size) -> bool:
    """Return whether the stride solved for a site leaves no gaps: windows further apart than they are wide
    skip parts of the map.

    In a bracket a 1x1 convolution may take every second place, as a projection does.
    """
    spec = at(specs, site)
    if isinstance(spec, LayerSpec):
        return _covers(spec, 1 if len(site) == 1 else 2)
    if any(site):  # what arrives at a block inside a row is known to the solver only
        return True
    return all(_covers(layer, 2) for layer in _layers(expanded(spec, shape) or ()))


def _covers(spec: LayerSpec, least: int) -> bool:
    if spec.stride is None or spec.counted or OPS[spec.op].is_pool or OPS[spec.op].grows:
        return True
    kernel, stride = window(spec, len(spec.stride))
    return all(s <= max(k, least) for k, s in zip(kernel, stride, strict=False))


def _layers(specs: tuple[Spec, ...]) -> Iterator[LayerSpec]:
    for spec in specs:
        if isinstance(spec, BlockSpec):
            yield from _layers(spec.items)
        elif isinstance(spec, BranchSpec):
            yield from (layer for branch in spec.branches for layer in _layers(branch))
        elif isinstance(spec, LayerSpec):
            yield spec
