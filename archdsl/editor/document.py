"""A text -> an analysed document: its tables compiled, and what is known of each of its rows."""

from functools import cached_property
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.editor.positions import Position, Positions
from archdsl.editor.slots import Slots
from archdsl.graph.graph import Inferred, Shape
from archdsl.kept import Kept
from archdsl.ledger.entries import Entry, entries
from archdsl.network import Network
from archdsl.pipeline import MAX_BYTES, Compilation, compile_again, compile_source
from archdsl.pipeline.networks import Compiled
from archdsl.problems import files
from archdsl.source import Source, Span, file_name
from archdsl.syntax import library

# What a text that is no spec is told where it holds no table of a network: nothing.
_NO_TABLE = ("E0110", "E0111")


class RowFacts(NamedTuple):
    """What is known of one row of one network.

    `macs` is None where the network has errors, and `computed` where the row has; `line` is counted from 0.
    """

    network: str
    name: str
    line: int
    span: Span
    declared: Shape | None
    computed: Shape | None
    blocks: int
    params: int
    macs: int | None
    inferred: tuple[Inferred, ...]
    faulty: bool


class Document:
    """One text of an editor, analysed."""

    def __init__(self, compilation: Compilation, positions: Positions) -> None:
        self.compilation = compilation
        self.source = compilation.source
        self.positions = positions

    @property
    def is_spec(self) -> bool:
        """Tell a native spec from a document with tables in it."""
        return self.source.path.endswith(".arch")

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what is told of the text; a document without a table of a network is told nothing."""
        found = self.compilation.diagnostics
        return found if self.is_spec else tuple(one for one in found if one.code not in _NO_TABLE)

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """Return the networks without errors."""
        return tuple(Network(one, self.source) for one in self.compilation.compiled if one.graph)

    @cached_property
    def rows(self) -> tuple[RowFacts, ...]:
        """Return the rows of all networks, those of each in their order."""
        sound = iter(self.networks)
        return tuple(
            facts
            for one in self.compilation.compiled
            for facts in (_of_network(next(sound)) if one.graph else _of_sketch(one))
        )

    @cached_property
    def by_line(self) -> dict[int, tuple[RowFacts, ...]]:
        """Return the rows that begin in each line."""
        found: dict[int, tuple[RowFacts, ...]] = {}
        for row in self.rows:
            found[row.line] = (*found.get(row.line, ()), row)
        return found

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """List what was taken for what, in the order of the text."""
        found = {entry for one in self.compilation.compiled if one.printed for entry in entries(one.printed)}
        return tuple(sorted(found))

    def offset(self, position: Position) -> int:
        """Return the offset of a position."""
        return self.positions.offset(position)

    def text(self, span: Span) -> str:
        """Quote the text of a place."""
        return self.source.text[span.start : span.end]


def analysed(path: str, text: str) -> Document:
    """Analyse a text; `path` is what its file is called, whose ending tells its form."""
    source = Source(path, text)
    found = _too_large(source, text) or _of_library(source) or compile_source(source, printed=True)
    return Document(found, Positions(source, text.startswith("\ufeff")))


class Live:
    """Analyses the versions of a text one after another: in a spec, only what changed is done again.

    Errors are told cell by cell; `analysed` tells them from their first cause.
    """

    def __init__(self, path: str) -> None:
        self.kept = Kept()
        self.slots = Slots()
        self.source = Source(path, "")

    def document(self, text: str) -> Document:
        """Analyse the next version; documents of earlier ones are of no use from then on."""
        path = self.source.path
        if not path.endswith(".arch") or library.holds(path) or "\r" in text.replace("\r\n", "\n"):
            return analysed(path, text)
        # What was kept speaks of this object: its text changes, it does not.
        self.source.take(self.slots.filled(text.removeprefix("\ufeff")))
        found = _too_large(self.source, text) or compile_again(self.source, self.kept)
        return Document(found, Positions(self.source, text.startswith("\ufeff"), self.slots.lines))


def _of_library(source: Source) -> Compilation | None:
    """Return what is told of a file of the library, which holds a style and blocks, and no table; None for
    another file."""
    if not library.holds(source.path):
        return None
    reporter = Reporter()
    library.read_file(file_name(source), source, reporter)
    return Compilation(source, (), tuple(reporter.diagnostics))


def _too_large(source: Source, text: str) -> Compilation | None:
    if len(text) <= MAX_BYTES:
        return None
    fault = files.file_too_large(Source(source.path, ""), len(text), MAX_BYTES)
    return Compilation(source, (), (fault,))


def _of_network(network: Network) -> list[RowFacts]:
    return [
        RowFacts(
            network.name,
            stage.name,
            stage.line - 1,
            place.span,
            stage.declared,
            stage.computed,
            stage.blocks,
            stage.params.trainable,
            stage.macs,
            stage.inferred,
            False,
        )
        for stage, place in zip(network.stages, network.graph.stages, strict=True)
    ]


def _of_sketch(compiled: Compiled) -> list[RowFacts]:
    """Return the rows of a network with errors, as far as they were understood."""
    source = compiled.printed.source if compiled.printed else None
    places = {source.position(row.span.start)[0]: row.span for row in compiled.table.rows} if source else {}
    return [
        RowFacts(
            compiled.settings.name,
            stage.label,
            stage.line - 1,
            places.get(stage.line, Span(0, 0)),
            stage.declared,
            stage.computed,
            0,
            stage.params,
            None,
            (),
            stage.faulty,
        )
        for stage in compiled.sketch
    ]
