"""Networks of one table, beside each other: brackets of one layer beside residual blocks."""

from archdsl.diagnostics import Reporter
from archdsl.pipeline.networks import Compiled
from archdsl.problems import lints
from archdsl.resolve.alone import has_blocks, never_residual
from archdsl.source import Source


def warn_of_single_layers(source: Source, compiled: tuple[Compiled, ...], reporter: Reporter) -> None:
    """Warn of a network whose brackets have one layer, beside one of the same table with residual blocks."""
    blocks = {
        one.table.span: one
        for one in compiled
        if one.settings.conventions["brackets"] == "residual" and has_blocks(one.table.rows)
    }
    for one in compiled:
        other = blocks.get(one.table.span)
        if other is None or one.settings.conventions["brackets"] != "plain":
            continue
        alone = never_residual(one.table.rows)
        if alone and not any(setting.key == "brackets" for setting in one.table.settings):
            reporter.add(
                lints.single_beside_residual(source, alone[0], one.table.column, other.table.column, alone[1])
            )
