"""Source -> compilation: tables found, parsed, resolved, lowered; every stage is kept."""

from collections.abc import Iterable, Iterator
from functools import partial

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.graph.emit import MAX_NODES
from archdsl.graph.graph import Graph, Shape, SketchStage
from archdsl.graph.measure import Counts
from archdsl.lang.vocabulary import layer_word
from archdsl.light import TYPE_CHECKING, NamedTuple
from archdsl.lower.network import NetworkBuilder
from archdsl.native.reader import NativeReader
from archdsl.problems import lints, names, shapes, syntax
from archdsl.problems.base import told_once
from archdsl.resolve.alone import has_blocks, never_residual
from archdsl.resolve.settings import Overrides, Resolver, Settings, is_key, looks_like_key
from archdsl.resolve.styles import by_brackets, choose, style_blocks, style_parameters, style_readings
from archdsl.resolve.variants import check_variants, network_names, variants_of, with_network
from archdsl.source import Source, Span, file_name
from archdsl.syntax import library
from archdsl.syntax.ast import Row, Table, Variant
from archdsl.syntax.names import Blocks, compact, own_parameters
from archdsl.syntax.parse import TableParser
from archdsl.table.roles import looks_structural
from archdsl.text.grid import Grid, GridRow, Tables

if TYPE_CHECKING:
    from archdsl.kept import Kept

MAX_ROWS = 20_000
MAX_BYTES = 8_000_000
_Told = tuple["Compiled", list[Diagnostic]]


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


class Compilation(NamedTuple):
    """All tables of a source, and everything there is to say about them."""

    source: Source
    compiled: tuple[Compiled, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Return whether there is an error."""
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)


def compile_source(
    source: Source,
    overrides: Overrides = Overrides(),  # noqa: B008 - immutable
    wanted: str | None = None,
    printed: bool = False,
) -> Compilation:
    """Compile the tables of a source; `wanted` selects one by name or number, `name:variant` or `variant` one
    network of it.

    With `printed`, each network keeps what was taken from its table. What is told of errors is told from
    their first cause, and once.
    """
    return explained(_compiled(source, overrides, wanted, printed), overrides, wanted, printed)


def compile_again(source: Source, kept: "Kept") -> Compilation:
    """Compile the tables of a source as after an edit: what the text kept is taken from the run before.

    The source must be the same object in all runs. Errors are told as they are found, each cell by itself;
    `explained` tells them from their first cause.
    """
    kept.begin()
    return _compiled(source, Overrides(), None, True, kept)


def explained(
    found: Compilation,
    overrides: Overrides = Overrides(),  # noqa: B008 - immutable
    wanted: str | None = None,
    printed: bool = False,
) -> Compilation:
    """Tell the errors of a compilation from their first cause, and once."""
    if not found.failed:
        return found
    source = found.source
    from archdsl.problems.slips import gathered
    from archdsl.why.slips import SlipFinder

    def again(text: str) -> tuple[Diagnostic, ...]:
        return _compiled(Source(source.path, text), overrides, wanted, False).diagnostics

    work = len(source.text) + sum(one.layers for one in found.compiled)
    told = gathered(SlipFinder(source, found.diagnostics, again, work).explained())
    return found._replace(diagnostics=tuple(sorted(told, key=lambda one: one.span.start)))


def _compiled(
    source: Source, overrides: Overrides, wanted: str | None, printed: bool, kept: "Kept | None" = None
) -> Compilation:
    reporter = Reporter()
    tables = read(source, reporter, kept)
    wanted, _, variant = (wanted or "").partition(":")
    if not variant and not _named(tables.grids, wanted) and wanted in network_names(tables.grids):
        wanted, variant = "", wanted
    overrides = overrides._replace(variant=variant.strip() or overrides.variant)
    grids = select(source, tables.grids, wanted, reporter) if wanted else tables.grids
    check_variants(source, grids, reporter)
    networks = list(
        _within_limit(
            source,
            reporter,
            _networks(source, with_network(grids, overrides.variant), overrides, reporter, printed, kept),
        )
    )
    for diagnostic in told_once([(one.table.name, one.settings.variant, found) for one, found in networks]):
        reporter.add(diagnostic)
    compiled = tuple(one for one, _ in networks)
    _beside(source, compiled, reporter)
    if overrides.variant and grids and not compiled:
        reporter.add(syntax.no_such_variant(source, overrides.variant, network_names(grids)))
    ordered = sorted(reporter.diagnostics, key=lambda diagnostic: diagnostic.span.start)
    return Compilation(source, compiled, tuple(_located(source, ordered)))


def _networks(
    source: Source,
    grids: tuple[Grid, ...],
    overrides: Overrides,
    reporter: Reporter,
    printed: bool,
    kept: "Kept | None",
) -> Iterator[_Told]:
    for number, grid in enumerate(grids):
        part = kept.part(str(number)) if kept else None
        yield from _compile(source, grid, overrides, reporter, printed, part)


def _within_limit(source: Source, reporter: Reporter, networks: Iterator[_Told]) -> Iterator[_Told]:
    """Return the networks of a file until they have, together, as many layers as one may have."""
    nodes = 0
    for one, told in networks:
        yield one, told
        nodes += one.layers
        if any(diagnostic.code == shapes.TOO_LARGE for diagnostic in told):
            return  # so would the others be, which share its rows
        if nodes > MAX_NODES:
            reporter.add(
                shapes.networks_too_large(
                    source, one.table.span, one.settings.variant or one.table.name, MAX_NODES
                )
            )
            return


def _beside(source: Source, compiled: tuple[Compiled, ...], reporter: Reporter) -> None:
    """Warn of a network whose brackets have one layer, beside one of the same table with residual blocks."""
    blocks = {
        one.table.span: one
        for one in compiled
        if one.settings.conventions["brackets"] == "residual" and has_blocks(one.table.rows)
    }
    for one in compiled if len(compiled) > 1 else ():
        other = blocks.get(one.table.span)
        alone = (
            never_residual(one.table.rows)
            if other and one.settings.conventions["brackets"] == "plain"
            else None
        )
        if other and alone and not any(setting.key == "brackets" for setting in one.table.settings):
            reporter.add(
                lints.single_beside_residual(source, alone[0], one.table.column, other.table.column, alone[1])
            )


def _located(source: Source, diagnostics: list[Diagnostic]) -> Iterable[Diagnostic]:
    """Say of what a macro of LaTeX stands for where the macro is defined."""
    if not diagnostics or "\\" not in source.clean:
        return diagnostics
    from archdsl.forms.latex.origins import with_definitions

    return with_definitions(source, diagnostics)


def read(source: Source, reporter: Reporter, kept: "Kept | None" = None) -> Tables:
    """Find the tables of a source in whichever form it has; report where there is none, or too much."""
    if not source.clean.strip():
        reporter.add(syntax.empty_file(source))
        return Tables((), 0)
    tables = _tables(source, reporter, kept)
    if not any(grid.settings or looks_structural(grid) for grid in tables.grids):
        tables = tables._replace(grids=())
    if not any(grid.rows for grid in tables.grids) and not reporter.failed:
        reporter.add(
            syntax.empty_file(source)
            if _only_comments(source)
            else syntax.no_table(source, tables.seen, list(tables.passed))
        )
    for grid in tables.grids:
        if len(grid.rows) > MAX_ROWS:
            reporter.add(syntax.too_many_rows(source, grid.rows[-1].span, MAX_ROWS))
            return Tables((), tables.seen)
    return tables


def _tables(source: Source, reporter: Reporter, kept: "Kept | None") -> Tables:
    if source.path.endswith(".arch"):
        reader = native_reader(source)
        reader.kept = kept
        return reader.read(file_name(source), MAX_ROWS)
    from archdsl.detect.tables import find_tables

    return find_tables(source, reporter, native_reader, MAX_ROWS)


def native_reader(source: Source) -> NativeReader:
    """Return a reader of our own form, which is told the words of the language."""
    return NativeReader(source, is_key, looks_like_key, layer_word)


def _only_comments(source: Source) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in source.clean.split("\n"))


def select(source: Source, grids: tuple[Grid, ...], wanted: str, reporter: Reporter) -> tuple[Grid, ...]:
    """Choose a table by its name, its number or `table-NUMBER`: all its networks."""
    name = _named(grids, wanted)
    if name is None and grids:
        tables = list(dict.fromkeys(grid.name for grid in grids))
        reporter.add(syntax.no_such_table(source, wanted, tables, network_names(grids)))
    return tuple(grid for grid in grids if grid.name == name)


def _named(grids: tuple[Grid, ...], wanted: str) -> str | None:
    known = dict.fromkeys(grid.name for grid in grids)
    return next(
        (
            name
            for number, name in enumerate(known, 1)
            if wanted.lower() in (name.lower(), str(number), f"table-{number}")
        ),
        None,
    )


def _compile(
    source: Source,
    grid: Grid,
    overrides: Overrides,
    reporter: Reporter,
    printed: bool,
    kept: "Kept | None" = None,
) -> Iterator[_Told]:
    """Compile the networks of one grid, one, or as many as it has `variant` lines; give each with what is
    told of it."""
    shared = Reporter()
    shared.claims = [] if printed or grid.sheet is not None else None
    if grid.rows and (any(setting.key.text.lower() in ("direction", "input") for setting in grid.settings)):
        from archdsl.table.upwards import downwards

        grid = downwards(source, shared, grid)
    if any(map(_counts_rows, grid.rows)):
        from archdsl.table.stands import with_repeats

        grid = with_repeats(grid)
    for note in grid.notes:
        shared.add(note.told(source))
    for cell in grid.unread:
        shared.add(lints.column_not_read(source, cell.span, cell.text.strip()))
    style = choose(source, shared, grid, overrides.style)
    parsed_as = style.name if style else "resnet"
    parser = TableParser(
        source, shared, _known(parsed_as, overrides), Blocks(style_blocks(parsed_as), library.find)
    )
    parser.readings = style_readings(parsed_as, grid)
    parser.kept = kept
    table = parser.table(grid)
    told = Printed(source, grid, tuple(shared.claims or ()), tuple(shared.diagnostics))
    if grid.sheet is not None and not shared.failed:
        from archdsl.ledger.told import untaken

        for diagnostic in untaken(told):
            shared.add(diagnostic)
    for diagnostic in shared.diagnostics:
        reporter.add(diagnostic)
    style = style or by_brackets(table.rows)
    resolver = Resolver(source, reporter, overrides, style, parser.blocks)
    given = {one.name for one in (*table.parameters, *style_parameters(style.name))}
    known = frozenset(given | {one.name for one in own_parameters(parser.blocks, source)})
    for variant in variants_of(table, overrides.variant, known):
        own = kept.part(variant.name if variant else "") if kept else None
        one, said = _network(source, table, resolver, variant, shared.failed, own)
        yield one._replace(printed=told if printed else None), said


def _counts_rows(row: GridRow) -> bool:
    """Return whether a row's name may say how often it stands: `conv2_x ×3`, `2-5`."""
    return not row.name.text.strip().replace("_", "").isalnum() and any(
        char.isdigit() or char == "×" for char in row.name.text
    )


def _known(style: str, overrides: Overrides) -> frozenset[str]:
    return frozenset(overrides.define) | {parameter.name for parameter in style_parameters(style)}


def _again(source: Source, table: Table, settings: Settings, rows: tuple[Row, ...]) -> Graph | None:
    """Build a network once more, with other settings or rows; None where that has errors."""
    return NetworkBuilder(source, Reporter(), settings).build(table._replace(rows=rows))


def _claimed(
    source: Source, reporter: Reporter, settings: Settings, table: Table, rows: tuple[Row, ...], graph: Graph
) -> tuple[Counts, ...]:
    """Compare what a table and some of its rows claim with a network."""
    from archdsl.claims.claims import check_claims
    from archdsl.claims.pairs import Again

    return check_claims(
        source, reporter, settings, rows, graph, Again(partial(_again, source, table), table.rows)
    )


def _with_inputs(source: Source, table: Table, settings: Settings, told: Reporter) -> Reporter:
    """Say under which inputs a table holds that does not print its own."""
    from archdsl.why.inputs import fitting

    def holds(shape: Shape) -> bool:
        tried, other = Reporter(), settings._replace(input=shape, rank=len(shape) - 1)
        graph = NetworkBuilder(source, tried, other).build(table)
        if graph:
            _claimed(source, tried, other, table, table.rows, graph)
        return graph is not None and not tried.failed

    own = Reporter()
    own.add(
        names.no_input(
            source,
            told.diagnostics[0].span,
            fitting(table, holds, settings.conventions["size-order"] == "channels-first"),
        )
    )
    return own


def _network(
    source: Source,
    table: Table,
    resolver: Resolver,
    variant: Variant | None,
    broken: bool,
    kept: "Kept | None",
) -> _Told:
    own = Reporter()
    resolver.reporter = own
    settings = resolver.resolve(table, variant)
    builder = NetworkBuilder(source, own, settings)
    builder.kept = kept
    graph = builder.build(table) if table.rows else None
    if not settings.input and [found.code for found in own.diagnostics] == ["E0215"]:
        own = _with_inputs(source, table, settings, own)
    if graph and settings.open_axes:
        from archdsl.resolve.open_input import STANDS

        own.add(shapes.open_input(source, settings.places["input"], settings.open_axes, STANDS))
    # Rows print the counts of the table's own network: that of the column, or the first variant.
    printed = table.column or next((one.name for one in table.variants), "")
    own_network = variant is None or compact(variant.name) == compact(printed)
    rows = table.rows if own_network else ()
    counts: tuple[Counts, ...] = ()
    failed = own.failed or broken  # what a fault changed is not counted against what is printed
    if graph and not failed and (settings.claims or any(row.claims for row in rows)):
        counts = _claimed(source, own, settings, table, rows, graph)
    elif (
        graph
        and not failed
        and settings.conventions["brackets"] == "residual"
        and (alone := never_residual(table.rows))
    ):
        own.add(lints.never_residual(source, alone[0], settings.style, alone[1]))
    if graph and builder.again and not counts:
        counts = builder.again.counts(graph)
    return Compiled(
        table,
        settings,
        None if own.failed or failed else graph,
        tuple(builder.sketches),
        counts,
        len(builder.emitter.nodes),
    ), own.diagnostics
