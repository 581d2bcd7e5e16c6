"""The printed parameters of a row -> the kernel of its convolution, where the table prints none, and whether it has a bias."""

from math import isqrt

from archdsl.graph.graph import Inferred
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import LayerSpec, Spec, WireSpec
from archdsl.syntax.ast import Row

MAX_SIDE = 31


def is_counted(row: Row) -> bool:
    """Tell whether a row prints its parameters to the last one."""
    count = _count(row)
    return count is not None and count > 0


def solved(row: Row, specs: tuple[Spec, ...], channels: int, settings: Settings) -> tuple[tuple[Spec, ...], Inferred] | None:
    """Give the specs with the only kernel that has the printed parameters, and what was found; None where none or several have."""
    layers = [spec for spec in specs if not isinstance(spec, WireSpec)]
    count = _count(row)
    if len(layers) != 1 or not isinstance(layers[0], LayerSpec) or count is None:
        return None
    layer = layers[0]
    fits = [
        (side, bias)
        for bias in _biases(layer, settings)
        if (side := _side(layer, count - bias * _outputs(layer, channels) - _norm(layer, channels, settings), channels, settings.rank))
    ]
    if len(fits) != 1:
        return None
    (side, bias), kernel = fits[0], (fits[0][0],) * settings.rank
    found = layer._replace(kernel=kernel, counted=False, bias="yes" if bias else "no")
    fact = f"kernel {'x'.join(map(str, kernel))} in {row.name or row.text}{'' if bias else ', no bias'}"
    because = f"{count:,} parameters from {channels} to {_outputs(layer, channels)} channels"
    return tuple(found if spec is layer else spec for spec in specs), Inferred(fact, because)


def _count(row: Row) -> int | None:
    if not row.claims:
        return None
    from archdsl.claims.claims import printed

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


def _side(layer: LayerSpec, weights: int, channels: int, rank: int) -> int | None:
    """Give the side of the square kernel that has so many weights."""
    per_place = channels if layer.op == "depthwise" else channels * _outputs(layer, channels) // layer.groups
    places, rest = divmod(weights, per_place)
    side = isqrt(places) if rank == 2 and places > 0 else places
    return side if not rest and 0 < side <= MAX_SIDE and side**rank == places else None
