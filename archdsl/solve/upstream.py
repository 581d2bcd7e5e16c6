"""A row that misses its size, though its layers would reach it from another one: the size printed before it
is wrong."""

from math import log, prod

from archdsl.resolve.specs import Spec
from archdsl.solve.follow import Names, follow, last_channels, spatial
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import Sized, reachable, solve


def instead(before: Sized, specs: tuple[Spec, ...], target: Size, stride_in: str, names: Names) -> list[Size]:
    """List the sizes of the row before from which `specs` reach the target, best first: what it computes as
    it is printed, then those that shrink in equal steps."""
    channels = last_channels(before.specs, before.shape) or before.shape[-1]
    plain = follow(before.specs, before.shape, "same", names)
    middle = (log(prod(spatial(before.shape, len(target)))) + log(prod(target))) / 2

    def rank(size: Size) -> tuple[bool, float]:
        return plain is None or size != spatial(plain, len(target)), abs(log(prod(size)) - middle)

    options = [
        size for size in reachable(before.specs, before.shape, stride_in, names) if size != before.target
    ]
    return sorted(
        (size for size in options if solve(specs, (*size, channels), target, stride_in, names)), key=rank
    )
