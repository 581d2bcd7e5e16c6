"""Which layer gives the classes: it takes no activation of its own, and a bare one no norm either."""

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import Value
from archdsl.ops import OPS
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import BlockSpec, LayerSpec, Spec, UseSpec
from archdsl.resolve.styles import OF_OUTPUTS
from archdsl.source import Source
from archdsl.syntax.ast import Num, Row
from archdsl.syntax.slug import slug

Rows = list[tuple[Spec, ...] | None]


def with_classifier(rows: tuple[Row, ...], all_specs: Rows, settings: Settings) -> Rows:
    """Mark the classifier of the network, and of each row that leaves the trunk."""
    marked = [_with_units(rows, all_specs, index) for index in range(len(rows))]
    trunk, output = True, False
    listed = {slug(ref.name) for ref in settings.outputs}
    for index in range(len(rows) - 1, -1, -1):
        specs = marked[index]
        ends = trunk or rows[index].aside or slug(rows[index].name) in listed
        if specs is None or not ends:
            continue
        found = _mark(specs, settings, output)
        if found is None:
            output = output or _is_output(specs)
            continue
        output = False
        marked[index] = found
        trunk = trunk and rows[index].aside
    return marked


def _with_units(rows: tuple[Row, ...], all_specs: Rows, index: int) -> tuple[Spec, ...] | None:
    """Read a row `Softmax | 10` after another number of channels as a dense layer: a softmax alone keeps
    them."""
    specs, size = all_specs[index], rows[index].size
    spec = specs[0] if specs and len(specs) == 1 else None
    units = size[0].value if size and len(size) == 1 and isinstance(size[0], Num) else None
    if not units or not isinstance(spec, LayerSpec):
        return specs
    if not OPS[spec.op].activates or spec.activation != "softmax":
        return specs
    before = (one for above in reversed(all_specs[:index]) for one in reversed(above or ()))
    layer = next((one for one in before if not isinstance(one, LayerSpec) or one.channels), None)
    if not isinstance(layer, LayerSpec) or layer.channels == units:
        return specs
    return (spec._replace(op="dense", channels=int(units)),)


def _is_output(specs: tuple[Spec, ...]) -> bool:
    """Return whether a row is the activation of an output alone."""
    only = specs[0] if len(specs) == 1 else None
    return isinstance(only, LayerSpec) and OPS[only.op].activates and only.activation in OF_OUTPUTS


def _mark(specs: tuple[Spec, ...], settings: Settings, output: bool) -> tuple[Spec, ...] | None:
    """Mark the last weighted layer of a row, whose activation may be an `output` row; None where the row has
    none, so that the search goes on before it."""
    for at in range(len(specs) - 1, -1, -1):
        spec = specs[at]
        if not isinstance(spec, LayerSpec):
            return specs
        if OPS[spec.op].takes_flat or (OPS[spec.op].is_conv and _bare(spec, settings, output)):
            return (*specs[:at], spec._replace(classifier=True), *specs[at + 1 :])
        if OPS[spec.op].is_filter:
            return specs
    return None


def _bare(spec: LayerSpec, settings: Settings, output: bool) -> bool:
    """Recognise a convolution in the classifier's place: as many channels as classes, where the convention
    says so; one that prints the activation of an output, where nothing is set."""
    if settings.conventions["classifier-conv"] == "bare":
        return settings.classes is None or spec.channels == settings.classes
    unset = settings.style_because and settings.places.keys().isdisjoint(("classifier-conv", "norm"))
    return bool(unset) and (output or spec.activation in OF_OUTPUTS)


def has_blocks(all_specs: Rows) -> bool:
    """Return whether some row holds a bracket or a named block."""
    return any(isinstance(spec, BlockSpec | UseSpec) for specs in all_specs for spec in specs or ())


def check_head(
    source: Source,
    reporter: Reporter,
    settings: Settings,
    rows: tuple[Row, ...],
    all_specs: Rows,
    value: Value,
) -> None:
    """Compare what the last row of the trunk gives with the classes."""
    classes, given = settings.classes, value.shape[-1]
    trunk = (specs for row, specs in zip(reversed(rows), reversed(all_specs), strict=True) if not row.aside)
    last = next(trunk, None)
    if classes is None or not last or not value.certain or given == classes:
        return
    from archdsl.why.explain_head import explain_head

    reporter.add(explain_head(source, last, given, classes, settings.classes_span))
