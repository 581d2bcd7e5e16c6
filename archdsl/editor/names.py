"""The names of a document, and every place that has one: parameters, blocks and what is in them, rows."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from archdsl.editor.document import Document
from archdsl.pipeline.networks import Compiled
from archdsl.source import Source, Span
from archdsl.syntax.ast import Argument, BlockDef, Name, Option, Ref, Row, Use
from archdsl.syntax.names import compact, parameter_of
from archdsl.syntax.slug import slug

_ASSIGNED = re.compile(r"([^\W\d]\w*)\s*[=:]")
_WIRED = re.compile(r"\b(?:from|add|concat|concatenate|multiply|maximum|average)\s+((?:[\w-]+(?:\s*,\s*)?)+)")
# Settings whose value is the name of a block.
_OF_BLOCKS = ("downsampling", "each-row")


class Symbol(NamedTuple):
    """What a name stands for: a `parameter`, a `block`, a `row` or a `step`; those inside a block have its
    key for a scope."""

    kind: str
    key: str
    scope: str = ""


class Occurrence(NamedTuple):
    """A place that has a name; `defines` tells where it is given."""

    span: Span
    symbol: Symbol
    defines: bool


def occurrences(document: Document) -> tuple[Occurrence, ...]:
    """List all places of names, in the order of the text."""
    found: dict[Span, Occurrence] = {}
    for one in document.compilation.compiled:
        for occurrence in _Collector(document.source, one).all():
            known = found.get(occurrence.span)
            found[occurrence.span] = known if known and known.defines else occurrence
    return tuple(sorted(found.values()))


def symbol_at(document: Document, offset: int) -> Occurrence | None:
    """Return the name at a place."""
    around = (one for one in occurrences(document) if one.span.start <= offset <= one.span.end)
    return min(around, key=lambda one: one.span.end - one.span.start, default=None)


def places(document: Document, symbol: Symbol) -> tuple[Occurrence, ...]:
    """List all places of one name."""
    return tuple(one for one in occurrences(document) if one.symbol == symbol)


class _Collector:
    """Collects the names of one network."""

    def __init__(self, source: Source, one: Compiled) -> None:
        self.source = source
        self.table = one.table
        self.printed = one.printed
        own = one.settings.blocks.own.values()
        self.blocks = {block.name: block for block in own if block.source is source}.values()
        self.parameters = {parameter.name for parameter in one.table.parameters}
        self.rows = {slug(row.name) for row in one.table.rows if row.name}
        self.uses = [span for span, what in (one.printed.claims if one.printed else ()) if what == "block"]

    def all(self) -> Iterator[Occurrence]:
        yield from self._defined()
        for block in self.blocks:
            yield from self._block(block)
        for row in self.table.rows:
            yield from self._row(row)
        for parameter in self.table.parameters:
            yield from self._inside(parameter.value)
        yield from self._settings()

    def _defined(self) -> Iterator[Occurrence]:
        for parameter in self.table.parameters:
            yield Occurrence(parameter.span, Symbol("parameter", parameter.name), True)
        for row in self.table.rows:
            if slug(row.name) and row.name_span.end > row.name_span.start:
                yield Occurrence(row.name_span, Symbol("row", slug(row.name)), True)

    def _block(self, block: BlockDef) -> Iterator[Occurrence]:
        key = compact(block.name)
        yield Occurrence(block.span, Symbol("block", key), True)
        for parameter in block.parameters:
            yield Occurrence(parameter.span, Symbol("parameter", parameter.name, key), True)
            yield from self._inside(parameter.default, block)
        for step in block.steps:
            if step.label:
                text = self.source.clean[step.span.start : step.span.end]
                start = step.span.start + len(text) - len(text.lstrip())
                yield Occurrence(
                    Span(start, start + len(step.label)), Symbol("step", slug(step.label), key), True
                )
            yield from self._inside((step.items, step.guard), block)

    def _row(self, row: Row) -> Iterator[Occurrence]:
        yield from self._inside((row.size, row.items, row.guard, row.incoming, row.channels))
        if row.items is None:
            yield from self._broken(row.text_span)

    def _broken(self, span: Span) -> Iterator[Occurrence]:
        """Find names in a structure that cannot be read, as words."""
        text = self.source.clean[span.start : span.end]
        for match in re.finditer(r"(?<![\w-])[^\W\d]\w*(?![\w-]|\s*=)", text):
            if match[0] in self.parameters:
                yield Occurrence(_shifted(span, match.span()), Symbol("parameter", match[0]), False)
        for match in _WIRED.finditer(text):
            for word in re.finditer(r"[\w-]+", match[1]):
                if slug(word[0]) in self.rows:
                    place = (match.start(1) + word.start(), match.start(1) + word.end())
                    yield Occurrence(_shifted(span, place), Symbol("row", slug(word[0])), False)

    def _inside(self, value: Any, block: BlockDef | None = None) -> Iterator[Occurrence]:
        """Find the names in a part of the table as written."""
        if isinstance(value, BlockDef | Source) or not isinstance(value, tuple):
            return
        if isinstance(value, Name):
            yield from self._named(value, block)
        elif isinstance(value, Ref):
            yield from self._referred(value, block)
        else:
            if isinstance(value, Use):
                yield from self._used(value)
            for part in value:
                yield from self._inside(part, block)

    def _named(self, name: Name, block: BlockDef | None) -> Iterator[Occurrence]:
        if self.source.clean[name.span.start : name.span.end] != name.id:  # that of a reading of a style
            return
        if block and any(parameter.name == name.id for parameter in block.parameters):
            yield Occurrence(name.span, Symbol("parameter", name.id, compact(block.name)), False)
        elif name.id in self.parameters:
            yield Occurrence(name.span, Symbol("parameter", name.id), False)

    def _referred(self, ref: Ref, block: BlockDef | None) -> Iterator[Occurrence]:
        key = slug(ref.name)
        if block and any(slug(step.label) == key for step in block.steps if step.label):
            yield Occurrence(ref.span, Symbol("step", key, compact(block.name)), False)
        elif not block and key in self.rows:
            yield Occurrence(ref.span, Symbol("row", key), False)

    def _used(self, use: Use) -> Iterator[Occurrence]:
        """Return the name of the block in a use, and the names of its parameters before their values."""
        block, span = use.block, use.span
        place = next((one for one in self.uses if span.start <= one.start and one.end <= span.end), None)
        if block.source is not self.source or place is None:
            return
        name = self.source.clean[place.start : place.end].partition("(")[0].rstrip()
        place = Span(place.start, place.start + len(name))
        yield Occurrence(place, Symbol("block", compact(block.name)), False)
        given: tuple[Argument | Option, ...] = (*use.args, *use.options)
        for said in given:
            match = _ASSIGNED.match(self.source.clean, said.span.start, said.span.end)
            parameter = parameter_of(block, match[1]) if match else None
            if match and parameter and parameter.name == match[1]:
                symbol = Symbol("parameter", parameter.name, compact(block.name))
                yield Occurrence(Span(*match.span(1)), symbol, False)

    def _settings(self) -> Iterator[Occurrence]:
        """Find the names that settings and the lines of variants have."""
        for variant in self.table.variants:
            for setting in variant.settings:
                if setting.key in self.parameters:
                    yield Occurrence(setting.key_span, Symbol("parameter", setting.key), False)
        blocks = {compact(block.name) for block in self.blocks}
        for line in self.printed.grid.settings if self.printed else ():
            key, value = line.key.text.lower(), line.value.text.strip()
            if value in self.parameters:
                yield Occurrence(line.value.span, Symbol("parameter", value), False)
            if key in _OF_BLOCKS and compact(value) in blocks:
                yield Occurrence(line.value.span, Symbol("block", compact(value)), False)


def _shifted(span: Span, part: tuple[int, int]) -> Span:
    return Span(span.start + part[0], span.start + part[1])
