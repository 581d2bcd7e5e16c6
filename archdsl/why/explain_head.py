"""A network that gives another number of values than it has classes -> the diagnostic, with the edits that
mend it."""

from archdsl.diagnostics import Diagnostic
from archdsl.problems import shapes
from archdsl.problems.base import replace
from archdsl.resolve.specs import LayerSpec, Spec
from archdsl.source import Source, Span
from archdsl.why.mend import renumbered


def explain_head(
    source: Source, specs: tuple[Spec, ...], given: int, classes: int, setting: Span
) -> Diagnostic:
    """Say where the last row gives another number of values; `setting` is where the classes are set."""
    layers = (spec for spec in reversed(specs) if isinstance(spec, LayerSpec) and spec.channels)
    span = next((layer.places.get("channels", layer.span) for layer in layers), None)
    end = specs[-1]
    if span is None and isinstance(end, LayerSpec) and end.activation == "softmax":
        place = Span(end.span.start, end.span.start)
        before = replace(f"write the dense layer before it: `{classes}-d fc`", place, f"{classes}-d fc, ")
        return shapes.head_mismatch(source, end.span, given, classes, setting, (before,))
    own = renumbered(source, span, given, classes, f"give {classes} values") if span else ()
    fixes = (*own, *renumbered(source, setting, classes, given, f"set `classes` to {given}"))
    row_span = span or Span(specs[0].span.start, end.span.end)
    return shapes.head_mismatch(source, row_span, given, classes, setting, fixes)
