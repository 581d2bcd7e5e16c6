"""Dense layers and maps: at each position of one, where code, the row's size or its parameters say so, else
it is flattened; and a dense layer behind which the table prints a map of exactly its units, whose values are
that map.
"""

from math import prod

from archdsl.graph.graph import Inferred
from archdsl.ops import OPS
from archdsl.problems.base import size_text
from archdsl.resolve.specs import LayerSpec, Spec, op_of
from archdsl.solve.follow import Names, follow
from archdsl.solve.layer_shape import Size, flattens
from archdsl.syntax.ast import Row

Found = tuple[tuple[Spec, ...], list[Inferred]]


def at_positions(row: Row, specs: tuple[Spec, ...], shape: Size, target: Size | None, names: Names) -> Found:
    """Return the specs with the dense layers that work at each position, and what was inferred."""
    if len(shape) < 2 or not any(op_of(spec).takes_flat for spec in specs):
        return specs, []
    each = tuple(_each(spec) for spec in specs)
    because = _why(row, specs, each, shape, target, names) if each != specs else ""
    place = f"dense at each of {size_text(shape[:-1])} positions"
    return (each, [Inferred(place, because)]) if because else (specs, [])


def _each(spec: Spec) -> Spec:
    if not isinstance(spec, LayerSpec) or not OPS[spec.op].takes_flat or not spec.channels:
        return spec
    return spec._replace(more=spec.more | {"each": True})


def _why(
    row: Row, specs: tuple[Spec, ...], each: tuple[Spec, ...], shape: Size, target: Size | None, names: Names
) -> str:
    """Say what shows that the layers work at each position: empty where nothing does."""
    end = follow(each, shape, "same", names)
    if target is not None and max(target, default=1) > 1 and end is not None and end[:-1] == target:
        return "the size that the row prints"
    layer, arriving = specs[0], shape[-1]
    if (
        not isinstance(layer, LayerSpec)
        or not flattens(layer, shape)
        or not layer.channels
        or target is not None
    ):
        return ""
    if layer.entering == arriving:
        return f"its weights are printed for {arriving} values"
    if len(specs) != 1 or not row.claims:
        return ""
    from archdsl.resolve.counted import printed_count

    weights = {bias: (arriving + bias) * layer.channels for bias in (0, 1)}
    whole = {(prod(shape) + bias) * layer.channels for bias in (0, 1)}
    count = printed_count(row)
    return f"{count:,} parameters" if count in weights.values() and count not in whole else ""


def as_map(specs: tuple[Spec, ...], arriving: Size, declared: Size | None, rank: int) -> Found:
    """Put a `reshape` behind a dense layer that ends a row of such a size; give what was inferred.

    One that prints no units has as many, where flat values reach it; so has one before a `reshape` that says
    no shape.
    """
    if found := _before_reshape(specs, arriving, declared):
        return found
    last = specs[-1] if specs else None
    if (
        not isinstance(last, LayerSpec)
        or not OPS[last.op].takes_flat
        or declared is None
        or len(declared) != rank + 1
    ):
        return specs, []
    if "channels" not in last.places and last.channels == declared[-1] and len(arriving) == 1:
        last = last._replace(channels=prod(declared))
        specs = (*specs[:-1], last)
    if max(declared[:-1]) == 1 or last.channels != prod(declared):
        return specs, []
    reshape = last._replace(
        op="reshape",
        channels=None,
        bias=None,
        norm=None,
        activation=None,
        more={"shape": declared},
        classifier=False,
    )
    because = f"{last.channels:,} units, and the size that the row prints"
    return (*specs, reshape), [Inferred(f"reshape to {size_text(declared)}", because)]


def _before_reshape(specs: tuple[Spec, ...], arriving: Size, declared: Size | None) -> Found | None:
    """Give a dense layer without units those of the `reshape` behind it, where that takes the row's size."""
    if declared is None or len(specs) < 2 or len(arriving) != 1 or not _is_sized(specs[1], declared):
        return None
    dense = specs[0]
    if not isinstance(dense, LayerSpec) or not OPS[dense.op].takes_flat or "channels" in dense.places:
        return None
    units = prod(declared)
    specs = (dense._replace(channels=units), *specs[1:])
    return specs, [Inferred(f"{units:,} units", f"the reshape to {size_text(declared)} behind it")]


def _is_sized(spec: Spec, declared: Size | None) -> bool:
    """Return whether a spec is a `reshape` that says no shape, so that its row's size is its shape."""
    if not isinstance(spec, LayerSpec) or not OPS[spec.op].reshapes:
        return False
    return "shape" not in spec.places and spec.more.get("shape") == declared
