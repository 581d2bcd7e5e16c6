"""What a row leaves open that only its printed count or its size says: a kernel, an amount of zeros."""

from archdsl.graph.emit import Value
from archdsl.light import TYPE_CHECKING
from archdsl.problems import names
from archdsl.resolve.counted import solved
from archdsl.resolve.options import EXAMPLES
from archdsl.resolve.specs import LayerSpec, Spec, WireSpec
from archdsl.solve.amounts import with_amount
from archdsl.solve.follow import spatial
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import solve
from archdsl.syntax.ast import Row

if TYPE_CHECKING:
    from archdsl.lower.rows import RowBuilder


def counted(
    builder: "RowBuilder",
    row: Row,
    specs: tuple[Spec, ...],
    layer: LayerSpec,
    value: Value,
    target: Size | None,
) -> tuple[Spec, ...]:
    """Find the kernel of a layer that only the row's parameters say."""
    wires = [spec for spec in specs if isinstance(spec, WireSpec) and spec.kind == "from"]
    taken = builder.scope.get(wires[0].refs[0].name, value) if wires else value
    shape = builder.entering(specs, value)

    def fits(candidate: tuple[Spec, ...]) -> bool:
        stride_in = builder.settings.conventions["stride-in"]
        return target is None or solve(candidate, shape, target, stride_in, builder.shapes) is not None

    result = solved(row, specs, taken.shape[-1], builder.settings, fits)
    text = builder.source.clean[layer.span.start : layer.span.end]
    others = [one.said() for one in result.other]
    if result.found is None:
        what = "parameters" if row.claims else "size"
        builder.reporter.add(names.uncounted_kernel(builder.source, layer.span, text, others, what))
        return specs
    if others:
        from archdsl.problems.summaries import other_kernel

        builder.reporter.add(other_kernel(builder.source, layer.span, text, result.found.fact, others))
    builder.found.append(result.found)
    return result.specs


def amount(
    builder: "RowBuilder", specs: tuple[Spec, ...], layer: LayerSpec, value: Value, target: Size | None
) -> tuple[Spec, ...]:
    """Find how much a crop or a padding takes off or adds that only the row's size says."""
    shape = (*spatial(value.shape, builder.rank), value.shape[-1])
    found = with_amount(specs, layer, shape, target, builder.shapes) if target else None
    if found is None:
        text = builder.source.clean[layer.span.start : layer.span.end]
        builder.reporter.add(names.missing(builder.source, layer.span, "amount", text, EXAMPLES[layer.op]))
        return specs
    builder.found.append(found[1])
    return found[0]
