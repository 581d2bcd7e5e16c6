"""A grid -> its networks: parsed, resolved and lowered, each with what is told of it."""

from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.graph.graph import Graph, SketchStage
from archdsl.graph.measure import Counts
from archdsl.ledger.rows import may_lack
from archdsl.light import TYPE_CHECKING, NamedTuple
from archdsl.lower.network import NetworkBuilder
from archdsl.patterns import pattern
from archdsl.problems import lints, shapes
from archdsl.resolve.alone import never_residual
from archdsl.resolve.settings import Overrides, Resolver, Settings
from archdsl.resolve.styles import (
    by_rows,
    choose,
    is_apart,
    style_blocks,
    style_parameters,
    style_readings,
)
from archdsl.resolve.variants import variants_of
from archdsl.source import Source, Span
from archdsl.syntax import library
from archdsl.syntax.ast import Row, Table, Variant
from archdsl.syntax.names import Blocks, compact, own_parameters
from archdsl.syntax.parse import TableParser
from archdsl.text.grid import Cell, Grid, GridRow

if TYPE_CHECKING:
    from archdsl.kept import Kept


_SIDE = pattern(r"(\d{1,9})\s*[xX×]")


class Printed(NamedTuple):
    """What a ledger is made of: a network's table as found, what was taken from it for what, and what was
    told of it."""

    source: Source
    grid: Grid
    claims: tuple[tuple[Span, str], ...]
    told: tuple[Diagnostic, ...]


class Compiled(NamedTuple):
    """One network of a table through all stages; `graph` is None where it has errors, `sketch` has its rows
    even then.

    `printed` is kept where somebody asks what was taken from where.
    """

    table: Table
    settings: Settings
    graph: Graph | None
    sketch: tuple[SketchStage, ...] = ()
    counts: tuple[Counts, ...] = ()
    layers: int = 0  # that were made of it, whether or not it has errors
    printed: Printed | None = None


Told = tuple[Compiled, list[Diagnostic]]


def compiled_grid(
    source: Source,
    grid: Grid,
    overrides: Overrides,
    reporter: Reporter,
    printed: bool,
    kept: "Kept | None" = None,
) -> Iterator[Told]:
    """Compile the networks of one grid, one, or as many as it has `variant` lines; give each with what is
    told of it."""
    shared = Reporter()
    shared.claims = []
    grid = _straight(source, shared, grid)
    style = choose(source, shared, grid, overrides.style)
    parsed_as = style.name if style else "resnet"
    parser = TableParser(
        source, shared, _known(parsed_as, overrides), Blocks(style_blocks(parsed_as), library.find)
    )
    parser.readings = style_readings(parsed_as, grid)
    parser.kept = kept
    table = parser.table(grid)
    told = Printed(source, grid, tuple(shared.claims), tuple(shared.diagnostics))
    if not shared.failed and (grid.sheet is not None or may_lack(told)):
        from archdsl.ledger.told import untaken

        for diagnostic in untaken(told):
            shared.add(diagnostic)
    for diagnostic in shared.diagnostics:
        reporter.add(diagnostic)
    if style is None:
        style = by_rows(table.rows)
        if style.name == "resnet" and any(map(is_apart, table.rows)):
            from archdsl.resolve.apart import with_own

            table = table._replace(rows=with_own(table.rows))
    resolver = Resolver(source, reporter, overrides, style, parser.blocks)
    given = {one.name for one in (*table.parameters, *style_parameters(style.name))}
    known = frozenset(given | {one.name for one in own_parameters(parser.blocks, source)})
    for variant in variants_of(table, overrides.variant, known):
        own = kept.part(variant.name if variant else "") if kept else None
        one, said = _network(source, table, resolver, variant, shared.failed, own)
        if one.graph and grid.sheet and grid.sheet.caption:
            said += _captioned(source, grid.sheet.caption, one.graph)
        yield one._replace(printed=told if printed else None), said


def _captioned(source: Source, caption: Cell, graph: Graph) -> list[Diagnostic]:
    """Tell what the caption of a table names and no layer of a network has."""
    from archdsl.claims.captions import unmet

    return [
        lints.caption_unmet(source, words.span, words.text, setting)
        for words, setting in unmet(caption, graph)
    ]


def _straight(source: Source, reporter: Reporter, grid: Grid) -> Grid:
    """Return a grid from the input down, each row as often as its name says; tell what readers noted."""
    if _may_rise(grid):
        from archdsl.table.upwards import downwards

        grid = downwards(source, reporter, grid)
    if any(map(_counts_rows, grid.rows)):
        from archdsl.table.stands import with_repeats

        grid = with_repeats(grid)
    for note in grid.notes:
        reporter.add(note.told(source))
    for cell in grid.unread:
        reporter.add(lints.column_not_read(source, cell.span, cell.text.strip()))
    return grid


def _may_rise(grid: Grid) -> bool:
    """Return whether a table may be printed from its output up: it says so, or its input or a larger map
    stands last."""
    keys = {setting.key.text.lower(): setting.key for setting in grid.settings}
    if not grid.rows or keys.keys().isdisjoint(("direction", "input")):
        return False
    sides = [int(side[1]) for row in grid.rows if (side := _SIDE.search(row.size.text))]
    larger = len(sides) > 1 and sides[0] < sides[-1]
    return larger or "direction" in keys or keys["input"].span.start >= grid.rows[-1].span.end


def _counts_rows(row: GridRow) -> bool:
    """Return whether a row's name may say how often it stands: `conv2_x ×3`, `4x conv`, `2-5`."""
    text = row.name.text.strip()
    if text.replace("_", "").isalnum() or not any(char.isdigit() or char == "×" for char in text):
        return False
    return _is_number_at_end(text) or text[0].isdigit() or any(mark in text for mark in "×([ \t")


def _is_number_at_end(text: str) -> bool:
    return text.rstrip(" .:")[-1:].isdigit()


def _known(style: str, overrides: Overrides) -> frozenset[str]:
    return frozenset(overrides.define) | {parameter.name for parameter in style_parameters(style)}


def _network(
    source: Source,
    table: Table,
    resolver: Resolver,
    variant: Variant | None,
    broken: bool,
    kept: "Kept | None",
) -> Told:
    """Build a network of a table; of a `broken` one, which has errors already, nothing is counted."""
    own = Reporter()
    resolver.reporter = own
    settings = resolver.resolve(table, variant)
    builder = NetworkBuilder(source, own, settings)
    builder.kept = kept
    builder, graph = builder.lowered(table) if table.rows else (builder, None)
    if not settings.input and [found.code for found in own.diagnostics] == ["E0215"]:
        from archdsl.pipeline.again import with_inputs

        own = with_inputs(source, table, settings, own)
    if graph and settings.open_axes:
        from archdsl.resolve.open_input import STANDS

        own.add(shapes.open_input(source, settings.places["input"], settings.open_axes, STANDS))
    counts: tuple[Counts, ...] = ()
    failed = own.failed or broken  # what a fault changed is not counted against what is printed
    if graph and not failed:
        counts = tuple(builder.counts)
        _compare(source, own, settings, table, _counted_rows(table, variant), graph, counts)
    if graph and not failed and any(map(is_apart, table.rows)):
        from archdsl.resolve.apart import before_norm

        keys = ("norm", "activation") if settings.style_because else ("norm",)
        if found := before_norm(table.rows, settings.conventions, keys):
            led, word = found
            row, norm = table.rows[led.at], led.rows[0]
            named = (row.name or " ".join(row.text.split()), led.layer.span)
            own.add(lints.norm_apart(source, named, norm.text_span, word, settings.style))
    if own.failed and settings.input and resolver.overrides.input is not None:
        from archdsl.pipeline.again import unsuited

        own = unsuited(source, table, settings, own)
    return Compiled(
        table,
        settings,
        None if own.failed or failed else graph,
        tuple(builder.sketches),
        counts,
        len(builder.emitter.nodes),
    ), own.diagnostics


def _counted_rows(table: Table, variant: Variant | None) -> tuple[Row, ...]:
    """Return the rows whose counts are those of a network: the table's own, which is that of the column, or
    the first variant."""
    printed = table.column or next((one.name for one in table.variants), "")
    return table.rows if variant is None or compact(variant.name) == compact(printed) else ()


def _compare(
    source: Source,
    own: Reporter,
    settings: Settings,
    table: Table,
    rows: tuple[Row, ...],
    graph: Graph,
    counts: tuple[Counts, ...],
) -> None:
    """Compare a network with the counts that its table prints; where it prints none, say which brackets are
    taken for residual ones that hold one layer."""
    if settings.claims or any(row.claims for row in rows):
        from archdsl.pipeline.again import check_printed

        check_printed(source, own, settings, table, rows, graph, counts)
        return
    alone = never_residual(table.rows) if settings.conventions["brackets"] == "residual" else None
    if alone:
        own.add(lints.never_residual(source, alone[0], settings.style, alone[1]))
