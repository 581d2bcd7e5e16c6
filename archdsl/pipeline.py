"""Source -> compilation: tables found, parsed, resolved, lowered; every stage is kept."""

from functools import partial
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.ir.claims import check_claims
from archdsl.ir.graph import Graph
from archdsl.ir.network import NetworkBuilder
from archdsl.ir.settings import Overrides, Resolver, Settings, is_key, looks_like_key
from archdsl.ir.styles import by_brackets, choose, style_blocks, style_parameters, style_readings
from archdsl.problems import syntax
from archdsl.readers.grid import Grid, Tables
from archdsl.readers.native import NativeReader
from archdsl.readers.roles import looks_structural
from archdsl.source import Source
from archdsl.syntax import library
from archdsl.syntax.ast import Table, Variant
from archdsl.syntax.names import Blocks, compact
from archdsl.syntax.parse import TableParser
from archdsl.syntax.vocabulary import layer_word

MAX_ROWS = 20_000
MAX_BYTES = 8_000_000


class Compiled(NamedTuple):
    """One network of a table through all stages; `graph` is None where it has errors."""

    table: Table
    settings: Settings
    graph: Graph | None


class Compilation(NamedTuple):
    """All tables of a source, and everything there is to say about them."""

    source: Source
    compiled: tuple[Compiled, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Tell whether there is an error."""
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)


def compile_source(source: Source, overrides: Overrides = Overrides(), wanted: str | None = None) -> Compilation:  # noqa: B008 - immutable
    """Compile the tables of a source; `wanted` selects one by name or number, `name:variant` one network of it."""
    reporter = Reporter()
    tables = read(source, reporter)
    wanted, _, variant = (wanted or "").partition(":")
    overrides = overrides._replace(variant=variant.strip() or overrides.variant)
    grids = select(source, tables.grids, wanted, reporter) if wanted else tables.grids
    compiled = tuple(one for grid in _of_variant(grids, overrides.variant) for one in _compile(source, grid, overrides, reporter))
    if overrides.variant and grids and not compiled:
        known = [name for grid in grids for name in variant_names(grid)]
        reporter.add(syntax.no_such_variant(source, overrides.variant, known))
    ordered = sorted(reporter.diagnostics, key=lambda diagnostic: diagnostic.span.start)
    return Compilation(source, compiled, tuple(ordered))


def _of_variant(grids: tuple[Grid, ...], variant: str | None) -> tuple[Grid, ...]:
    """Leave out the structure columns that are not asked for."""
    if not variant or not any(grid.column for grid in grids):
        return grids
    columns = chosen(variant, [grid.column for grid in grids])
    named = [grid for grid in grids if grid.column in columns]
    return tuple(named) or tuple(grid for grid in grids if any(setting.key.text.lower() == "variant" for setting in grid.settings))


def variant_names(grid: Grid) -> list[str]:
    """List the networks of a grid: its column, and those of its `variant` lines."""
    lines = [setting.value.text.partition(":")[0].strip() for setting in grid.settings if setting.key.text.lower() == "variant"]
    return [grid.column] if grid.column else lines


def chosen(wanted: str, known: list[str]) -> list[str]:
    """Find variants by name: exactly, or else as the only ones that have these words in their name."""
    exact = [name for name in known if compact(name) == compact(wanted)]
    return exact or [name for name in known if compact(wanted) and compact(wanted) in compact(name)]


def read(source: Source, reporter: Reporter) -> Tables:
    """Find the tables of a source in whichever form it has; report where there is none, or too much."""
    if not source.clean.strip():
        reporter.add(syntax.empty_file(source))
        return Tables((), 0)
    name = source.path.replace("\\", "/").rpartition("/")[2].partition(".")[0] or "network"
    tables = _document(source, reporter) or NativeReader(source, is_key, looks_like_key, layer_word).read(name, MAX_ROWS)
    if not any(grid.settings or looks_structural(grid) for grid in tables.grids):
        tables = Tables((), tables.seen)
    if not any(grid.rows for grid in tables.grids) and not reporter.failed:
        reporter.add(syntax.empty_file(source) if _only_comments(source) else syntax.no_table(source, tables.seen))
    for grid in tables.grids:
        if len(grid.rows) > MAX_ROWS:
            reporter.add(syntax.too_many_rows(source, grid.rows[-1].span, MAX_ROWS))
            return Tables((), tables.seen)
    return tables


def _begins_with_setting(source: Source) -> bool:
    words = next((line.split() for line in source.clean.split("\n") if line.strip() and not line.startswith("#")), [""])
    return is_key(words[0].lower())


def _document(source: Source, reporter: Reporter) -> Tables | None:
    """Read the tables of a document in another form than our own; None where it has none."""
    if source.path.endswith(".arch") or _begins_with_setting(source):
        return None
    from archdsl.readers.columns import sheet_grids
    from archdsl.readers.forms import read_sheets

    sheets = read_sheets(source, reporter, MAX_ROWS)
    if sheets is None:
        return None
    grids: list[Grid] = []
    for sheet in sheets:
        found = sheet_grids(source, sheet)
        grids += found
        for problem in sheet.problems if found else ():
            reporter.add(problem)
    return Tables(tuple(grids), len(sheets))


def _only_comments(source: Source) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in source.clean.split("\n"))


def select(source: Source, grids: tuple[Grid, ...], wanted: str, reporter: Reporter) -> tuple[Grid, ...]:
    """Choose a table by its name, its number or `table-NUMBER`."""
    for number, grid in enumerate(grids, 1):
        if wanted.lower() in (grid.name.lower(), str(number), f"table-{number}"):
            return (grid,)
    if grids:
        reporter.add(syntax.no_such_table(source, wanted, [grid.name for grid in grids]))
    return ()


def _compile(source: Source, grid: Grid, overrides: Overrides, reporter: Reporter) -> list[Compiled]:
    """Compile the networks of one grid: one, or as many as it has `variant` lines."""
    shared = Reporter()
    for cell in grid.unread:
        shared.add(syntax.column_not_read(source, cell.span, cell.text.strip()))
    style = choose(source, shared, grid, overrides.style)
    parsed_as = style.name if style else "resnet"
    parser = TableParser(source, shared, _known(parsed_as, overrides), Blocks(style_blocks(parsed_as), library.find))
    parser.readings = style_readings(parsed_as)
    table = parser.table(grid)
    for diagnostic in shared.diagnostics:
        reporter.add(diagnostic)
    style = style or by_brackets(table.rows)
    resolver = Resolver(source, reporter, overrides, style, parser.blocks)
    return [_network(source, table, resolver, variant, shared.failed, reporter) for variant in _variants(table, overrides.variant)]


def _known(style: str, overrides: Overrides) -> frozenset[str]:
    return frozenset(overrides.define) | {parameter.name for parameter in style_parameters(style)}


def _variants(table: Table, wanted: str | None) -> list[Variant | None]:
    """List the variants to compile; a structure column has the line of its own name, if there is one."""
    if table.column:
        return [next((variant for variant in table.variants if compact(variant.name) == compact(table.column)), None)]
    if not table.variants:
        return [] if wanted else [None]
    names = chosen(wanted, [variant.name for variant in table.variants]) if wanted else [variant.name for variant in table.variants]
    return [variant for variant in table.variants if variant.name in names]


def _again(source: Source, table: Table, settings: Settings, key: str, value: str) -> Graph | None:
    """Build a network once more with one convention changed; None where that has errors."""
    changed = settings._replace(conventions=settings.conventions | {key: value})
    return NetworkBuilder(source, Reporter(), changed).build(table)


def _network(source: Source, table: Table, resolver: Resolver, variant: Variant | None, broken: bool, reporter: Reporter) -> Compiled:
    own = Reporter()
    resolver.reporter = own
    settings = resolver.resolve(table, variant)
    builder = NetworkBuilder(source, own, settings)
    graph = builder.build(table) if table.rows else None
    # Rows print the counts of the network of the table; that is the first variant.
    rows = table.rows if variant is None or table.column or variant is table.variants[0] else ()
    if graph and (settings.claims or any(row.claims for row in rows)):
        check_claims(source, own, settings, rows, graph, partial(_again, source, table, settings))
    for diagnostic in own.diagnostics:
        reporter.add(diagnostic)
    return Compiled(table, settings, None if own.failed or broken else graph)
