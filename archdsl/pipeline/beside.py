"""Networks of one file, beside each other: inputs of some of them, brackets of one layer beside residual
blocks."""

from archdsl.diagnostics import Reporter
from archdsl.pipeline.networks import Compiled
from archdsl.problems import files, lints
from archdsl.resolve.alone import has_blocks, never_residual
from archdsl.source import Source
from archdsl.text.grid import Grid, GridSetting


def given_inputs(source: Source, grids: tuple[Grid, ...], given: str, reporter: Reporter) -> list[str | None]:
    """Return the input that the caller gives to each table: `30x30x3,table-2=224x224x3` gives one to all
    that print none, and another to the table of that name; None where a table has its own."""
    alone, named = _parts(given)
    names = [grid.name for grid in grids]
    known = {name.lower() for name in names}
    for unknown in (name for name in named if name not in known):
        reporter.add(files.no_such_table(source, unknown, list(dict.fromkeys(names))))
    waiting = tuple(grid for grid in grids if grid.name.lower() not in named) if alone else ()
    own = keeping_inputs(source, waiting, reporter) if len(waiting) > 1 else frozenset()
    kept = {id(waiting[number]) for number in own}
    return [named.get(grid.name.lower(), None if id(grid) in kept else alone) for grid in grids]


def _parts(given: str) -> tuple[str | None, dict[str, str]]:
    """Part what the caller gives into the input of all tables, and those of named ones."""
    if "=" not in given:
        return given, {}
    parts = [part.strip().rpartition("=") for part in given.split(",")]
    alone = next((size for _, mark, size in parts if not mark), None)
    return alone, {name.strip().lower(): size.strip() for name, mark, size in parts if mark}


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
