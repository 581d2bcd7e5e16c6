"""Source -> compilation: tables found, parsed, resolved, lowered; every stage is kept."""

from collections.abc import Iterable, Iterator

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.graph.emit import MAX_NODES
from archdsl.lang.vocabulary import layer_word
from archdsl.light import TYPE_CHECKING, NamedTuple
from archdsl.native.reader import NativeReader
from archdsl.pipeline.networks import Compiled, Told, compiled_grid
from archdsl.problems import files, shapes
from archdsl.problems.base import told_once
from archdsl.resolve.settings import Overrides, is_key, looks_like_key
from archdsl.resolve.variants import check_variants, network_names, with_network
from archdsl.source import Source, file_name
from archdsl.table.roles import looks_structural
from archdsl.text.grid import Grid, Tables

if TYPE_CHECKING:
    from archdsl.kept import Kept

MAX_ROWS = 20_000
MAX_BYTES = 8_000_000


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


def unexplained(source: Source) -> Compilation:
    """Compile the tables of a source without looking for the first cause of its errors."""
    return _compiled(source, Overrides(), None, False)


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
    if len(compiled) > 1:
        from archdsl.pipeline.beside import warn_of_single_layers

        warn_of_single_layers(source, compiled, reporter)
    if overrides.variant and grids and not compiled:
        reporter.add(files.no_such_variant(source, overrides.variant, network_names(grids)))
    ordered = sorted(reporter.diagnostics, key=lambda diagnostic: diagnostic.span.start)
    return Compilation(source, compiled, tuple(_located(source, ordered)))


def _networks(
    source: Source,
    grids: tuple[Grid, ...],
    overrides: Overrides,
    reporter: Reporter,
    printed: bool,
    kept: "Kept | None",
) -> Iterator[Told]:
    inputs = [overrides.input] * len(grids)
    if overrides.input is not None and (len(grids) > 1 or "=" in overrides.input):
        from archdsl.pipeline.beside import given_inputs

        inputs = given_inputs(source, grids, overrides.input, reporter)
    for number, grid in enumerate(grids):
        part = kept.part(str(number)) if kept else None
        said = overrides._replace(input=inputs[number])
        yield from compiled_grid(source, grid, said, reporter, printed, part)


def _within_limit(source: Source, reporter: Reporter, networks: Iterator[Told]) -> Iterator[Told]:
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


def _located(source: Source, diagnostics: list[Diagnostic]) -> Iterable[Diagnostic]:
    """Say of what a macro of LaTeX stands for where the macro is defined."""
    if not diagnostics or "\\" not in source.clean:
        return diagnostics
    from archdsl.forms.latex.origins import with_definitions

    return with_definitions(source, diagnostics)


def read(source: Source, reporter: Reporter, kept: "Kept | None" = None) -> Tables:
    """Find the tables of a source in whichever form it has; report where there is none, or too much."""
    if not source.clean.strip():
        reporter.add(files.empty_file(source))
        return Tables((), 0)
    tables = _tables(source, reporter, kept)
    if not any(grid.settings or grid.sheet or looks_structural(grid) for grid in tables.grids):
        tables = tables._replace(grids=())
    if not any(grid.rows for grid in tables.grids) and not reporter.failed:
        reporter.add(
            files.empty_file(source)
            if _only_comments(source)
            else files.no_table(source, tables.seen, list(tables.passed))
        )
    for grid in tables.grids:
        if len(grid.rows) > MAX_ROWS:
            reporter.add(files.too_many_rows(source, grid.rows[-1].span, MAX_ROWS))
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
        reporter.add(files.no_such_table(source, wanted, tables, network_names(grids)))
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
