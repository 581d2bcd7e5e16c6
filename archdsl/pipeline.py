"""Source -> compilation: tables found, parsed, resolved, lowered; every stage is kept."""

from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.ir.graph import Graph
from archdsl.ir.network import NetworkBuilder
from archdsl.ir.settings import Overrides, Resolver, Settings, is_key, looks_like_key
from archdsl.problems import syntax
from archdsl.readers.grid import Grid, Tables
from archdsl.readers.native import NativeReader
from archdsl.readers.roles import looks_structural
from archdsl.source import Source
from archdsl.syntax.ast import Table
from archdsl.syntax.parse import TableParser
from archdsl.syntax.vocabulary import layer_word

MAX_ROWS = 20_000
MAX_BYTES = 8_000_000


class Compiled(NamedTuple):
    """One table through all stages; `graph` is None where it has errors."""

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
    """Compile the tables of a source; `wanted` selects one by name or number."""
    reporter = Reporter()
    tables = read(source, reporter)
    grids = tables.grids if wanted is None else select(source, tables.grids, wanted, reporter)
    compiled = tuple(_compile(source, grid, overrides, reporter) for grid in grids)
    ordered = sorted(reporter.diagnostics, key=lambda diagnostic: diagnostic.span.start)
    return Compilation(source, compiled, tuple(ordered))


def read(source: Source, reporter: Reporter) -> Tables:
    """Find the tables of a source in whichever form it has; report where there is none, or too much."""
    if not source.clean.strip():
        reporter.add(syntax.empty_file(source))
        return Tables((), 0)
    name = source.path.replace("\\", "/").rpartition("/")[2].partition(".")[0] or "network"
    tables = _markdown(source) or NativeReader(source, is_key, looks_like_key, layer_word).read(name, MAX_ROWS)
    if not any(grid.settings or looks_structural(grid) for grid in tables.grids):
        tables = Tables((), tables.seen)
    if not any(grid.rows for grid in tables.grids):
        reporter.add(syntax.empty_file(source) if _only_comments(source) else syntax.no_table(source, tables.seen))
    for grid in tables.grids:
        if len(grid.rows) > MAX_ROWS:
            reporter.add(syntax.too_many_rows(source, grid.rows[-1].span, MAX_ROWS))
            return Tables((), tables.seen)
    return tables


def _begins_with_setting(source: Source) -> bool:
    words = next((line.split() for line in source.clean.split("\n") if line.strip() and not line.startswith("#")), [""])
    return is_key(words[0].lower())


def _markdown(source: Source) -> Tables | None:
    if "|" not in source.clean or source.path.endswith(".arch") or _begins_with_setting(source):
        return None
    from archdsl.readers.markdown import is_markdown, read_markdown

    return read_markdown(source, MAX_ROWS) if is_markdown(source) else None


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


def _compile(source: Source, grid: Grid, overrides: Overrides, reporter: Reporter) -> Compiled:
    own = Reporter()
    for cell in grid.unread:
        own.add(syntax.column_not_read(source, cell.span, cell.text.strip()))
    table = TableParser(source, own, frozenset(overrides.define)).table(grid)
    settings = Resolver(source, own, overrides).resolve(table)
    graph = NetworkBuilder(source, own, settings).build(table) if grid.rows else None
    for diagnostic in own.diagnostics:
        reporter.add(diagnostic)
    return Compiled(table, settings, None if own.failed else graph)
