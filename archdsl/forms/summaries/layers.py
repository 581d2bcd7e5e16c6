"""The rows of a summary -> a table of layers: `name | operator | output size | params`.

Kernels, strides and padding are left to the rows' counts and sizes. Rows are joined as `Connected to` says,
else one behind the other.
"""

from itertools import islice
from math import prod

from archdsl.diagnostics import Diagnostic
from archdsl.forms.summaries.again import Applications, is_repeat, repeats
from archdsl.forms.summaries.cells import between, label, said, setting
from archdsl.forms.summaries.joins import code_before, ends, gap, left_behind
from archdsl.forms.summaries.models import Summaries
from archdsl.forms.summaries.pools import pool_words
from archdsl.forms.summaries.printed import Dump
from archdsl.forms.summaries.recurrent import is_recurrent, recurrent_words
from archdsl.forms.summaries.rows import Axes, Row, Taken, is_open_sequence, is_wrapper, places_in, rows_of
from archdsl.forms.summaries.shaped import shaped_words
from archdsl.forms.summaries.sizes import channels_first, numbers, shape_of, size_cell
from archdsl.forms.summaries.unprinted import Step, holds, steps_before
from archdsl.lang.classes import CLASSES, FUNCTIONS, KEEPING, KEEPING_SHAPE, MERGES, ON_LAST, POOLS, TYPES
from archdsl.lang.summaries import IN_ORDER
from archdsl.light import Final
from archdsl.problems import summaries as problems
from archdsl.source import Source
from archdsl.text.chars import Text, Writer
from archdsl.text.grid import Cell, GridSetting, Sheet

_NEAR: Final = 1_000  # rows above in which a name that was cut off is looked for


def as_table(source: Source, dump: Dump, beside: Summaries | None = None) -> Sheet:
    """Return a summary as a table; one that cannot be read holds only what is wrong with it. Others `beside`
    it may be of models inside of this one."""
    return _Reader(source, dump, beside or Summaries(source)).read()


class _Reader:
    """Reads one summary: `shapes` are those of the rows before, `alias` leads from rows that are no layers to
    what they pass on."""

    def __init__(self, source: Source, dump: Dump, beside: Summaries) -> None:
        self.source = source
        self.dump = dump
        rows, models = beside.with_models(rows_of(source, dump))
        self.before, self.rows = rows[: code_before(rows)], rows[code_before(rows) :]
        self.ends = ends(self.rows)
        self.inputs = [row for row in self.rows if row.kind == "inputlayer" and row.level == 0]
        self.again = Applications(self.rows)
        self.uses: dict[str, set[int]] = {}  # of each row: which of its applications others take
        for one in (one for row in self.rows for one in row.takes or ()):
            self.uses.setdefault(one.name, set()).add(one.use)
        self._above = "input"  # what the row that is read would take if it said nothing
        self.first = channels_first(self.rows)
        below = [*self.rows, None][1:]
        self.holding = {row.place for row, one in zip(self.rows, below, strict=True) if holds(row, one)}
        self.repeats = repeats([row for row in self.rows if row.place not in self.holding])
        # Rows in the order of their calls: none of another module, whose rows may be joined anyhow.
        chained = self.first and not any(row.takes is not None or self._is_module(row) for row in self.rows)
        self.steps = steps_before(self.rows) if chained else {}
        self.ends |= left_behind(self.rows, self.steps)
        activated = any(row.kind in CLASSES for row in self.rows)
        self.settings = [setting("style", "as-printed" if activated else "plain", dump.head)]
        self.settings += [setting("size-order", "channels-first", dump.head)] if self.first else []
        self.warnings: list[Diagnostic] = [
            problems.of_another_summary(source, row.name.cell().span, row.called, one.name.cell().span)
            for row, one in models
        ]
        self.unknown: list[Row] = []
        self.modules: list[Row] = []
        self.alias: dict[str, str] = {}
        self.shapes: dict[str, Axes] = {}
        self.last = "input"

    def read(self) -> Sheet:
        """Return the table, or what is wrong."""
        sheet = Sheet("", (), 1, self.dump.span)
        if not self.rows:
            return sheet
        if wrong := self._unreadable():
            return sheet._replace(problems=(wrong,))
        table = [tuple(said(word, self.dump.head) for word in ("name", "operator", "output size", "params"))]
        called = {row.called for row in self.rows}
        self.alias = {
            one.name: "input" for row in self.rows[:1] for one in row.takes or () if one.name not in called
        }
        self._told_steps()
        if self.before:
            self._begin_behind(self.before[-1])
        self.modules = [row for row in self.rows if self._is_module(row)]
        for row in self.rows:
            self._sized_input(row)
            if row.place not in self.holding:
                table += self._layer(row)
                table += self._reused(row)
        if self.unknown or self.modules:
            return sheet._replace(problems=(self._unknown(),))
        return self._finished(sheet, tuple(table))

    def _begin_behind(self, code: Row) -> None:
        """Take what code gives for the network's input."""
        self._input(code.shape)
        self.warnings.append(problems.code_before(self.source, code.type.cell().span, code.type.chars))

    def _finished(self, sheet: Sheet, table: tuple[tuple[Cell, ...], ...]) -> Sheet:
        if self.dump.total:
            self.settings.append(GridSetting(said("params", self.dump.total), self.dump.total))
        rows = table if len(table) > 1 else ()
        return sheet._replace(rows=rows, problems=tuple(self.warnings), settings=tuple(self.settings))

    def _unreadable(self) -> Diagnostic | None:
        """Say what a whole summary lacks: shapes, a single input, layers that are applied once."""
        if not {"output", "input"} & set(self.dump.columns):
            return problems.no_shapes(self.source, self.dump.head.span)
        if len(self.inputs) > 1 and any(row.takes is None for row in self.rows):
            cells = [row.name.cell() for row in self.inputs]
            return problems.several_inputs(
                self.source, [cell.text for cell in cells], [cell.span for cell in cells]
            )
        if twice := next((row for row in self.rows if self._twice(row) and not self.again.known(row)), None):
            return problems.applied_twice(self.source, twice.called, twice.name.cell().span)
        if cut := next((row for row in self.rows if 0 in row.axes and not is_open_sequence(row)), None):
            return problems.open_shape(self.source, cut.shape.span, cut.called)
        if missing := gap(self.rows):
            row, taken = missing
            return problems.missing_row(self.source, row.name.cell().span, row.called, taken)
        lost = next((row for row in self.rows if row.place in self.steps and self._step(row).lost), None)
        if lost:
            place, values = lost.name.cell().span, self._step(lost).values
            return problems.unprinted_step(self.source, place, lost.called, values)
        return None

    def _step(self, row: Row) -> Step:
        """Return what stands between a row and the row above it."""
        return self.steps.get(row.place, Step())

    def _told_steps(self) -> None:
        """Tell of the steps that are not printed, once for all."""
        found = [row for row in self.rows if row.place in self.steps]
        if found:
            read = [(row.called, self._step(row).words, self._step(row).source) for row in found]
            self.warnings.append(problems.unprinted_steps(self.source, found[0].name.cell().span, read))

    def _twice(self, row: Row) -> bool:
        """Return whether a layer is applied more than once, so that its weights are shared."""
        if is_repeat(row):
            return row.place not in self.repeats and row.place not in self.holding
        if len(self.uses.get(row.called, ())) > 1:
            return True
        several = row.takes is not None and len(row.takes) > 1 and row.kind not in MERGES
        return several and (row.kind in TYPES or row.kind in CLASSES)

    def _is_module(self, row: Row) -> bool:
        """Return whether a row has rows inside, and how these are joined is not printed."""
        inside = row.level > 0 and row.place in self.holding
        return inside and row.kind not in IN_ORDER and row.takes is None

    def _unknown(self) -> Diagnostic:
        rows = self.modules or self.unknown
        cells = [row.type.cell() if row.type.chars else row.name.cell() for row in rows]
        names = [cell.text for cell in cells]
        if self.modules:
            return problems.unprinted_joins(self.source, names, cells[0].span)
        return problems.unknown_classes(self.source, names, cells[0].span, any(map(is_wrapper, rows)))

    def _sized_input(self, row: Row) -> None:
        """Take the network's input from the column of inputs."""
        if row.entering.text.strip() and not self._has_input():
            self._input(row.entering)

    def _has_input(self) -> bool:
        return any(one.key.text == "input" for one in self.settings)

    def _input(self, shape: Cell, name: str = "") -> None:
        """Set an input, under its name where there are several."""
        size = size_cell(shape, -1 if self.first else 0)
        writer = Writer()
        writer.put(f"{name}: " if name else "", size.start)
        writer.copy(Text(size.text, places_in(size)), 0, len(size.text))
        self.settings.append(GridSetting(said("input", size), writer.text(size.span.end).cell()))
        self.shapes[name or "input"] = numbers(size)

    def _layer(self, row: Row) -> list[tuple[Cell, ...]]:
        """Return the row of a layer: none for a class that is no layer."""
        takes = [self._source(one) for one in row.takes] if row.takes else [self.last]
        step = self._step(row)
        takes = [self.alias.get(step.source, step.source)] if step.source else takes
        last = self.first and self._is_on_last_axis(row, self.shapes.get(takes[0], ()))
        size = size_cell(row.shape, 1 if last else 0)
        if row.kind == "inputlayer":
            name = row.called if len(self.inputs) > 1 else ""
            self.alias[row.called] = takes[0] if row.level else name or "input"
            self.alias[row.called] = self.alias[row.called] if row.takes or not row.level else self.last
            if row.level == 0 or (self.alias[row.called] == "input" and not self._has_input()):
                self._input(row.shape, name)
            return []
        takes = takes[:1] if self.again.known(row) else takes
        before, after = self.shapes.get(takes[0], ()), shape_of(row, self.first and not last)
        size = Cell("", size.start) if 0 in row.axes else size
        words = self._words(row, takes, before, after)
        self.shapes[row.called] = after
        if not words:
            self.alias[row.called] = takes[0]
            return []
        self.last = self.last if row.called in self.ends else row.called
        if words.startswith("reshape"):  # says the whole shape
            size = Cell("", size.start)
        unprinted = [between(step.words, row)] if step.words else []
        first, count = label(row), row.params
        if row.place in self.repeats:  # whose name may be the layer's own
            first, count = Cell("", first.start), Cell("", count.start)
        return [*unprinted, (first, self._operator(row, takes, words), size, count)]

    def _is_on_last_axis(self, row: Row, before: Axes) -> bool:
        """Return whether a row works on the last axis, wherever the channels of maps are, or keeps the shape
        of one that does."""
        return row.kind in ON_LAST or (len(before) > 1 and row.axes == before)

    def _reused(self, row: Row) -> list[tuple[Cell, ...]]:
        """Return a row for each further application of a layer whose input is there now."""
        found: list[tuple[Cell, ...]] = []
        for one in self.again.ready(row.called, {*self.shapes, *self.alias}):
            writer, place = Writer(), row.name.cell().span
            source = self.alias.get(one.taken, one.taken)
            writer.put(f"from {source}; reuse {one.layer}", place.start)
            operator = writer.text(place.end).cell()
            nothing = Cell("", place.start)
            found.append((said(one.called, nothing), operator, nothing, nothing))
            self.shapes[one.called] = self.shapes.get(one.layer, ())
            self._above = self.last = one.called
        return found

    def _source(self, taken: Taken) -> str:
        """Find the row that is taken; a name that was cut off is that of the last row that begins so."""
        name = self.again.called(taken)
        if taken.cut:
            near = islice(reversed(self.shapes), _NEAR)
            name = next((one for one in near if one.startswith(name) or name.startswith(one)), name)
        return self.alias.get(name, name)

    def _operator(self, row: Row, takes: list[str], words: str) -> Cell:
        writer = Writer()
        start, stop = (row.type if row.type.chars else row.name).cell().span
        aside = "aside" if row.called in self.ends else ""
        source = f"from {takes[0]}" if takes[0] != self._above else ""
        writer.put(f"{aside} {source}; ".lstrip() if aside or source else "", start)
        writer.put(words[:-1], start)
        writer.put(words[-1], stop - 1)  # so that what is told of the layer shows its whole class
        writer.put(f" {', '.join(takes[1:])}" if row.kind in MERGES else "", stop - 1)
        return writer.text(stop).cell()

    def _words(self, row: Row, takes: list[str], before: Axes, after: Axes) -> str:
        """Return the words of a row; none for one that is no layer, or is not known."""
        self._above = self.last
        if is_wrapper(row) and not is_recurrent(row):
            if not (row.weightless and _keeps(before, after)):
                self.unknown.append(row)
            return ""
        kept = row.weightless and len(takes) == 1 and _keeps(before, after)
        if kept and (row.kind in KEEPING or self._is_own(row)):
            if takes == ["input"] and not before and row.level == 0:
                self._input(row.shape)  # which this first row keeps
            self.warnings.append(problems.nothing_printed(self.source, row.type.cell().span, row.type.chars))
            return ""
        words = self._known(row, before, after)
        if words is None:
            self.unknown.append(row)
            return ""
        flat = len(before) > 1 and len(after) == 1 and prod(before) == after[0]
        return f"flatten; {words}" if flat and words in KEEPING_SHAPE else words

    def _is_own(self, row: Row) -> bool:
        """Return whether a row of a Keras model is of a class of its own: PyTorch prints such a row for a
        module that holds others, too."""
        return not self.first and row.kind not in (*TYPES, *CLASSES, *MERGES) and bool(row.type.chars)

    def _known(self, row: Row, before: Axes, after: Axes) -> str | None:
        if row.place in self.repeats:
            return f"reuse {self.repeats[row.place]}"
        if row.kind == "activation":
            return self._function(row)
        if row.kind in CLASSES:
            return CLASSES[row.kind] or row.kind
        if is_recurrent(row):
            return recurrent_words(row, before, after)
        if row.kind not in TYPES:
            return None
        word = TYPES[row.kind]
        if word is None:
            return ""
        if word == "embedding":
            return self._embedding(row, before, after)
        if word in POOLS:
            return self._pool(row, word, before, after)
        return shaped_words(row, word, before, after)

    def _pool(self, row: Row, word: str, before: Axes, after: Axes) -> str | None:
        found = pool_words(word, row.kind.startswith("adaptive"), row.kernel, before, after)
        if found and found.guessed:
            self.warnings.append(
                problems.unprinted_window(self.source, row.type.cell().span, row.type.chars, found.words)
            )
        return found.words if found else None

    def _embedding(self, row: Row, before: Axes, after: Axes) -> str | None:
        """Return the words of a table of vectors, as many as its count says; a first one reads as many
        numbers as it gives vectors."""
        if len(after) < 2 or not row.counted or row.counted % after[-1]:
            return None
        if not before and not self._has_input() and 0 not in row.axes:
            ids = row.shape.part(row.places[0][0], row.places[-2][1])
            self.settings.append(GridSetting(said("input", ids), ids))
        return f"embedding {row.counted // after[-1]}x{after[-1]}"

    def _function(self, row: Row) -> str:
        function = next((function for function in FUNCTIONS if function in row.called.lower()), None)
        if function is None and not any(warning.code == "W0202" for warning in self.warnings):
            self.warnings.append(problems.unprinted_function(self.source, row.type.cell().span))
        return function or "relu"


def _keeps(before: Axes, after: Axes) -> bool:
    """Return whether a row keeps the shape; before the first row, any shape may be."""
    return bool(after) and before in ((), after)
