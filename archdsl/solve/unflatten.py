"""A dense layer behind which the table prints a map of exactly its units -> the dense layer, and its values as that map."""

from math import prod

from archdsl.graph.graph import Inferred
from archdsl.ops import OPS
from archdsl.problems.base import size_text
from archdsl.resolve.specs import LayerSpec, Spec
from archdsl.solve.layer_shape import Size


def as_map(specs: tuple[Spec, ...], declared: Size | None, rank: int) -> tuple[tuple[Spec, ...], list[Inferred]]:
    """Put a `reshape` behind a dense layer that ends a row of such a size; give what was inferred."""
    last = specs[-1] if specs else None
    if not isinstance(last, LayerSpec) or not OPS[last.op].takes_flat or declared is None or len(declared) != rank + 1:
        return specs, []
    if max(declared[:-1]) == 1 or last.channels != prod(declared):
        return specs, []
    reshape = last._replace(op="reshape", channels=None, bias=None, norm=None, activation=None, more={"shape": declared}, classifier=False)
    because = f"{last.channels:,} units, and the size that the row prints"
    return (*specs, reshape), [Inferred(f"reshape to {size_text(declared)}", because)]
