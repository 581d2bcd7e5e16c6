"""A row whose layers do not fit what arrives -> the diagnostic, and the size that the check goes on with."""

from collections.abc import Callable

from archdsl.graph.emit import Fault, Value
from archdsl.light import TYPE_CHECKING
from archdsl.lower.shortcut import ShortcutFault
from archdsl.problems import shapes, sizing
from archdsl.problems.base import replace, size_text
from archdsl.resolve.specs import Spec
from archdsl.solve.downsample import size_instead
from archdsl.solve.follow import last_channels
from archdsl.solve.layer_shape import Size
from archdsl.syntax.ast import Row
from archdsl.why.explain_merge import mend_join
from archdsl.why.explain_size import chain_text
from archdsl.why.mend import resized

if TYPE_CHECKING:
    from archdsl.lower.rows import RowBuilder


def going_on(
    builder: "RowBuilder",
    row: Row,
    last: bool,
    specs: tuple[Spec, ...],
    value: Value,
    target: Size | None,
    holds: Callable[[Size], bool],
    fault: Fault | ShortcutFault,
) -> Size | None:
    """Report why a row does not fit, and return the size that the rows below may take of it: the printed one,
    or that of the style's block where they agree with that one instead."""
    if isinstance(fault, ShortcutFault):
        _report_shortcut(builder, row, fault)
        return target
    smaller = None
    if fault.merge and target and not holds(target):
        smaller = size_instead(
            builder.resolver, builder.settings, row, specs, value.shape, target, builder.shapes
        )
    if smaller and target and (last or holds(smaller)):
        _report_kept_size(builder, row, specs, value, target, smaller)
        return smaller
    stands_in = (
        value.lost and fault.shape == value.shape and len(value.shape) == 1
    )  # for a row that was blamed
    if fault.why and not stands_in:
        _report_fault(builder, row, fault)
    return target


def _report_fault(builder: "RowBuilder", row: Row, fault: Fault) -> None:
    help_text, fixes = mend_join(builder.source, fault, row.text_span)
    places = builder.arrives, fault.used
    builder.reporter.add(
        shapes.does_not_fit(
            builder.source, fault.span, fault.why, fault.shape, *places, fault.merge, help_text, fixes
        )
    )


def _report_kept_size(
    builder: "RowBuilder", row: Row, specs: tuple[Spec, ...], value: Value, target: Size, smaller: Size
) -> None:
    """Report a stage of other channels that prints the size it receives, where the style's block would halve
    it."""
    span = row.size_span
    text = resized(builder.source, span, smaller, int(row.channels_first))
    fix = replace(f"declare {size_text(smaller)}", span, text)
    channels = (value.shape[-1], last_channels(specs, value.shape) or 0)
    block = builder.settings.conventions["downsampling"]
    label = row.name or "this row"
    builder.reporter.add(
        sizing.keeps_size(builder.source, label, span, target, smaller, channels, block, builder.arrives, fix)
    )


def _report_shortcut(builder: "RowBuilder", row: Row, fault: ShortcutFault) -> None:
    """Report a shortcut that cannot be added; one that a setting gives, once."""
    block = fault.block
    if block.shortcut_span is None and builder.setting_blamed:
        return
    builder.setting_blamed = block.shortcut_span is None
    chain = chain_text(builder.source, block.items, fault.incoming)
    fixes = shapes.project_fix(block.shortcut_span, builder.settings.places.get("shortcut"))
    builder.reporter.add(
        shapes.shortcut_mismatch(
            builder.source,
            row.name or "this row",
            block.span,
            fault.kind,
            block.shortcut_span,
            fault.main,
            fault.incoming,
            chain,
            fixes,
        )
    )
