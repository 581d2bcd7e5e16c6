"""A crop or a padding that prints no amount -> what leads to the printed size: half of it before, half, or
one more, after."""

from archdsl.graph.graph import Inferred
from archdsl.ops import OPS
from archdsl.problems.base import size_text
from archdsl.resolve.specs import LayerSpec, Spec, WireSpec
from archdsl.solve.follow import Names, follow
from archdsl.solve.layer_shape import Size


def with_amount(
    specs: tuple[Spec, ...], layer: LayerSpec, shape: Size, target: Size, names: Names
) -> tuple[tuple[Spec, ...], Inferred] | None:
    """Return the specs with the amount that leads to the target; None where none does, or other layers stand
    in the row."""
    before = follow(tuple(spec for spec in specs if isinstance(spec, WireSpec)), shape, "same", names)
    if (
        before is None
        or sum(isinstance(spec, WireSpec) for spec in specs) != len(specs) - 1
        or len(before) != len(target) + 1
    ):
        return None
    pads = OPS[layer.op].edges > 0
    missing = [m - n if pads else n - m for n, m in zip(before[:-1], target, strict=True)]
    if min(missing) < 0:
        return None
    amount = tuple((one // 2, one - one // 2) for one in missing)
    filled = layer._replace(more=layer.more | {"amount": amount})
    said = size_text(a if a == b else f"({a}, {b})" for a, b in amount)
    fact = f"{said} {'zeros around' if pads else 'cut off around'} the map"
    return tuple(filled if spec is layer else spec for spec in specs), Inferred(
        fact, f"{size_text(before[:-1])} -> {size_text(target)}"
    )
