"""The downsampling block that some styles put before a stage, where its size shrinks and no layer of it says
how."""

from archdsl.resolve.resolve import ItemResolver
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import BlockSpec, Spec, UseSpec
from archdsl.solve.follow import Names, follow, last_channels, spatial
from archdsl.solve.layer_shape import Size
from archdsl.solve.strides import taken_stride
from archdsl.syntax.ast import Row


def downsampled(
    resolver: ItemResolver,
    settings: Settings,
    row: Row,
    specs: tuple[Spec, ...],
    shape: Size,
    target: Size | None,
) -> tuple[Spec, ...]:
    """Put the style's downsampling block before the specs of a row that needs it."""
    name = settings.conventions["downsampling"]
    block = None if name == "stride" else settings.blocks.get(name)
    if (
        block is None
        or target is None
        or not all(2 * t <= n + 1 for t, n in zip(target, spatial(shape, len(target)), strict=False))
    ):
        return specs
    stages = (
        isinstance(spec, BlockSpec) or (isinstance(spec, UseSpec) and not spec.stride) for spec in specs
    )
    if not specs or not all(stages) or taken_stride(specs):
        return specs
    use = resolver.use_of(block, last_channels(specs, shape), row.span)
    return (use, *specs) if use else specs


def size_instead(
    resolver: ItemResolver,
    settings: Settings,
    row: Row,
    specs: tuple[Spec, ...],
    shape: Size,
    target: Size | None,
    names: Names,
) -> Size | None:
    """Return the size that the style's block would lead to, where a row prints the one that it receives and
    other channels."""
    smaller = downsampled(resolver, settings, row, specs, shape, (0,) * settings.rank)
    if (
        smaller is specs
        or target != spatial(shape, settings.rank)
        or last_channels(specs, shape) in (None, shape[-1])
    ):
        return None
    end = follow(smaller, shape, "same", names)
    return spatial(end, settings.rank) if end else None
