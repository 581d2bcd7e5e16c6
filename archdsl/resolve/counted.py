"""The printed parameters of a row -> the kernel of its convolution, where the table prints none, its groups
and its bias.

A square kernel without groups is tried first; then a depthwise one, one that is not square, and other groups.
The size that the row prints must follow, too.
"""

from collections.abc import Callable, Iterator
from math import gcd

from archdsl.graph.graph import Inferred
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.problems.base import size_text
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import LayerSpec, Spec, WireSpec
from archdsl.syntax.ast import Row

MAX_SIDE = 31
MAX_LENGTH = 1_024  # of a window along a sequence
Kernel = tuple[int, ...]


class Counted(NamedTuple):
    """A kernel that has the printed parameters, and what goes with it."""

    kernel: Kernel
    groups: int
    bias: bool

    def said(self) -> str:
        """Write it as options of a layer."""
        return (
            size_text(self.kernel)
            + (f", groups={self.groups}" if self.groups > 1 else "")
            + ("" if self.bias else ", no bias")
        )


class Solved(NamedTuple):
    """The specs with the kernel found and what was found, or the kernels between which nothing decides;
    `other` has them, too."""

    specs: tuple[Spec, ...]
    found: Inferred | None
    other: tuple[Counted, ...] = ()


def solved(
    row: Row,
    specs: tuple[Spec, ...],
    channels: int,
    settings: Settings,
    fits: Callable[[tuple[Spec, ...]], bool],
) -> Solved:
    """Return the specs with the kernel that has the printed parameters; `fits` tells whether specs lead to
    the printed size."""
    layers = [spec for spec in specs if isinstance(spec, LayerSpec)]
    layer = next(spec for spec in layers if spec.counted)
    count = printed_count(row)
    if count is None:
        return _sized(row, specs, layer, channels, settings, fits)
    weights = (
        None if len(layers) + _wires(specs) != len(specs) else _rest(layers, layer, count, channels, settings)
    )
    if weights is None:
        return Solved(specs, None)
    biased = layers[-1] if layer.bias == "no" else layer

    def filled(one: Counted) -> tuple[Spec, ...]:
        open_ = layer._replace(
            kernel=one.kernel, groups=one.groups, bias=layer.bias or ("yes" if one.bias else "no")
        )
        last = biased._replace(bias="yes" if one.bias else "no")
        return tuple(open_ if spec is layer else last if spec is biased else spec for spec in specs)

    for tier in (_square, _depthwise, _oblong, _grouped):
        found = [
            Counted(*window, bias=bool(bias))
            for bias in _biases(biased, settings)
            for window in tier(layer, weights - bias * _outputs(biased, channels), channels, settings.rank)
        ]
        found = [one for one in dict.fromkeys(found) if fits(filled(one))]
        if found:
            return _chosen(row, layer, found, filled(found[0]), channels)
    return Solved(specs, None)


def _sized(
    row: Row,
    specs: tuple[Spec, ...],
    layer: LayerSpec,
    channels: int,
    settings: Settings,
    fits: Callable[[tuple[Spec, ...]], bool],
) -> Solved:
    """Return the specs with the only square kernel that leads to the printed size; of a rounded count, it has
    that, too."""
    if len(specs) > 1:
        return Solved(specs, None)
    bias = (layer.bias or settings.conventions["bias"]) != "no"
    outputs, norm = _outputs(layer, channels), _norm(layer, channels, settings)
    found = []
    for side in range(1, MAX_SIDE + 1):
        kernel = (side,) * settings.rank
        count = side**settings.rank * channels // layer.groups * outputs + bias * outputs + norm
        if _rounds(row, count) and fits((layer._replace(kernel=kernel),)):
            found.append(Counted(kernel, layer.groups, bias=True))
    if len(found) != 1:
        return Solved(specs, None, tuple(found))
    fact = f"kernel {size_text(found[0].kernel)} in {row.name or row.text}"
    because = "the only square one that leads to the printed size"
    return Solved((layer._replace(kernel=found[0].kernel),), Inferred(fact, because))


def _rounds(row: Row, count: int) -> bool:
    """Return whether a count is what a row prints of its parameters, if it prints any."""
    from archdsl.lang.counts import agrees

    return all(agrees(claim.text, count) for claim in row.claims if claim.what == "params")


def _chosen(
    row: Row, layer: LayerSpec, found: list[Counted], specs: tuple[Spec, ...], channels: int
) -> Solved:
    """Take the only kernel, or the only one with a bias, as frameworks have it unless told otherwise."""
    first = found[0]
    biased = [one for one in found if one.bias]
    if len(found) > 1 and len(biased) != 1:
        return Solved(specs, None, tuple(found))
    fact = (
        f"kernel {first.said().replace(',', ' with', 1) if first.groups > 1 else first.said()} in "
        f"{row.name or row.text}"
    )
    because = f"{printed_count(row):,} parameters from {channels} to {_outputs(layer, channels)} channels"
    return Solved(specs, Inferred(fact, because), tuple(found[1:]))


def _wires(specs: tuple[Spec, ...]) -> int:
    return sum(isinstance(spec, WireSpec) for spec in specs)


def _rest(
    layers: list[LayerSpec], layer: LayerSpec, count: int, channels: int, settings: Settings
) -> int | None:
    """Return the weights that a count leaves for a layer, and for biases: behind a depthwise layer stands its
    pointwise one."""
    count -= _norm(layers[-1], channels, settings)
    if len(layers) == 1:
        return count
    last = layers[-1]
    separable = len(layers) == 2 and layers[0] is layer and OPS[layer.op].keeps_channels
    if not separable or not _is_pointwise(last):
        return None
    return count - channels * _outputs(last, channels)


def _is_pointwise(layer: LayerSpec) -> bool:
    return OPS[layer.op].takes_groups and set(layer.kernel or ()) == {1}


def _is_whole(layer: LayerSpec) -> bool:
    """Return whether groups may divide a convolution that prints none."""
    return OPS[layer.op].takes_groups and layer.groups == 1


def printed_count(row: Row) -> int | None:
    """Return the parameters of a row, where it prints them to the last one."""
    if not row.claims:
        return None
    from archdsl.lang.counts import printed

    counts = [found for claim in row.claims if claim.what == "params" and (found := printed(claim.text))]
    return int(counts[0].value) if counts and counts[0].unit == 1 else None


def _biases(layer: LayerSpec, settings: Settings) -> tuple[int, ...]:
    said = layer.bias or settings.conventions["bias"]
    return (1,) if layer.bias == "yes" else (0,) if said == "no" else (1, 0)


def _outputs(layer: LayerSpec, channels: int) -> int:
    return layer.channels or channels


def _norm(layer: LayerSpec, channels: int, settings: Settings) -> int:
    norm = layer.norm or settings.conventions["norm"]
    return 0 if norm == "none" else 2 * _outputs(layer, channels)


Windows = Iterator[tuple[Kernel, int]]


def _square(layer: LayerSpec, weights: int, channels: int, rank: int) -> Windows:
    """Return the equal-sided kernel that has so many weights, without groups beyond those that are
    printed."""
    places = _places(layer, weights, channels, layer.groups)
    side = _side(places, rank)
    if side:
        yield (side,) * rank, layer.groups


def _depthwise(layer: LayerSpec, weights: int, channels: int, rank: int) -> Windows:
    if _is_whole(layer) and channels > 1 and _outputs(layer, channels) % channels == 0:
        side = _side(_places(layer, weights, channels, channels), rank)
        if side:
            yield (side,) * rank, channels


def _oblong(layer: LayerSpec, weights: int, channels: int, rank: int) -> Windows:
    """Return the kernels of two or three axes that have so many weights."""
    places = _places(layer, weights, channels, layer.groups)
    if 1 < rank < 4 and 0 < places <= MAX_SIDE**rank:
        kernels = sorted(_products(places, rank), key=max)  # the likelier first
        yield from ((kernel, layer.groups) for kernel in kernels if len(set(kernel)) > 1)


def _products(places: int, rank: int) -> Iterator[Kernel]:
    if rank == 1:
        yield from [(places,)] if places <= MAX_SIDE else []
        return
    for side in range(1, min(places, MAX_SIDE) + 1):
        if places % side == 0:
            yield from ((side, *more) for more in _products(places // side, rank - 1))


def _grouped(layer: LayerSpec, weights: int, channels: int, rank: int) -> Windows:
    most = gcd(channels, _outputs(layer, channels)) if _is_whole(layer) else 1
    for groups in range(2, most):
        if most % groups == 0 and (side := _side(_places(layer, weights, channels, groups), rank)):
            yield (side,) * rank, groups


def _places(layer: LayerSpec, weights: int, channels: int, groups: int) -> int:
    """Return how many places a window has for so many weights; 0 where they do not divide."""
    per_place = channels if OPS[layer.op].keeps_channels else channels * _outputs(layer, channels) // groups
    return weights // per_place if per_place and weights > 0 and weights % per_place == 0 else 0


def _side(places: int, rank: int) -> int:
    """Return the side of the window with equal sides; 0 where there is none."""
    if rank == 1:
        return places if places <= MAX_LENGTH else 0
    return next((side for side in range(1, MAX_SIDE + 1) if side**rank == places), 0)
