"""Networks of one file, beside each other: inputs of some of them, brackets of one layer beside residual
blocks."""

from archdsl.diagnostics import Reporter
from archdsl.pipeline.networks import Compiled
from archdsl.problems import lints
from archdsl.resolve.alone import has_blocks, never_residual
from archdsl.source import Source
from archdsl.text.grid import Grid, GridSetting


def keeping_inputs(source: Source, grids: tuple[Grid, ...], reporter: Reporter) -> frozenset[int]:
    """Return which tables keep the input that they print under `--input`, because others print none: it is
    theirs. Warn of them."""
    printed = {number: found for number, grid in enumerate(grids) if (found := _input(grid))}
    if not printed or len(printed) == len(grids):
        return frozenset()
    first = min(printed)
    reporter.add(
        lints.input_kept(
            source,
            printed[first].value.span,
            [grids[number].name for number in printed],
            printed[first].value.text,
        )
    )
    return frozenset(printed)


def _input(grid: Grid) -> GridSetting | None:
    return next((one for one in grid.settings if one.key.text.strip().lower() == "input"), None)


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
