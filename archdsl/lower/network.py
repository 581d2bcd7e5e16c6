"""A table and its settings -> graph: row after row, each solved for its size; a fault in one row hides none
in the next."""

from collections.abc import Callable

from archdsl.diagnostics import Noted, Reporter
from archdsl.graph.emit import MAX_NODES, Part, TooLarge, Value
from archdsl.graph.graph import Graph, Node, SketchStage
from archdsl.graph.measure import Counts, counted
from archdsl.graph.unused import report_unused
from archdsl.light import TYPE_CHECKING
from archdsl.lower.heads import check_head, has_blocks, with_classifier
from archdsl.lower.lower import Lowering
from archdsl.lower.rising import rising_blocks
from archdsl.lower.rows import RowBuilder
from archdsl.ops import OPS, ShapeFault
from archdsl.problems import blocks, names, shapes, uses
from archdsl.resolve.axes import channels_last
from archdsl.resolve.input_shape import Entry
from archdsl.resolve.naming import stage_names
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import BlockSpec, Spec, recurs
from archdsl.solve.fit import Rows
from archdsl.solve.follow import PREVIOUS, value_of
from archdsl.solve.layer_shape import Size
from archdsl.solve.strides import at, place_block_strides, taker
from archdsl.source import Source, Span
from archdsl.syntax.ast import Row, Table

if TYPE_CHECKING:
    from archdsl.kept import Kept


class NetworkBuilder(RowBuilder):
    """Lowers one table."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings) -> None:
        super().__init__(source, reporter, settings)
        self.aside: list[Value] = []  # of the rows that leave the trunk
        self.sketches: list[SketchStage] = []
        self.counts: list[Counts] = []  # of each node
        self.kept: Kept | None = None  # rows of the text before its last edit
        self.resolved: tuple[Rows, Noted] | None = None  # of all rows, and what was told of them

    def build(self, table: Table) -> Graph | None:
        """Return the graph of a table; None where an error was reported."""
        return self.lowered(table)[1]

    def lowered(self, table: Table) -> "tuple[NetworkBuilder, Graph | None]":
        """Return the graph of a table, None where an error was reported, and the builder that built it: this
        one, or one for strides that the printed input gives."""
        printed = self.settings.printed_input
        if not printed or printed == self.settings.input or len(printed) != len(self.settings.input):
            return self, self.built(table)
        from archdsl.lower.printed_input import under_another

        return under_another(self, table, printed)

    def built(self, table: Table) -> Graph | None:
        """Return the graph of a table under the input of the settings; None where an error was reported."""
        rows = tuple(row for row in table.rows if self.resolver.holds(row.guard))
        rows = channels_last(rows, self.rank, self.settings.conventions["size-order"])
        self.resolver.channelled = any(row.size and len(row.size) == self.rank + 1 for row in rows)
        specs = self._specs(rows)
        if table.rows and not rows:
            self.reporter.add(blocks.nothing_left(self.source, table.rows[0].span))
        if not self.settings.input or not rows or not all(one.shape for one in self.settings.inputs):
            return None
        plain, specs = specs, self._sequenced(rows, with_classifier(rows, specs, self.settings))
        self.lowering = Lowering(self.source, self.reporter, self.settings, self.emitter)
        self.lowering.rising.total = sum(rising_blocks(items) for items in specs if items)
        value = self._trunk(rows, self._stages(rows, plain, specs, stage_names(rows, specs)))
        if value is None:
            return None
        if not self.lost:
            check_head(self.source, self.reporter, self.settings, rows, specs, value)
        return self._graph(rows, specs, self._outputs(value))

    def _trunk(self, rows: tuple[Row, ...], build: Callable[[int, Value], Value]) -> Value | None:
        """Build all rows; None where they have too many layers."""
        value = self._inputs()
        for index, row in enumerate(rows):
            before, arrives = value, self.arrives
            try:
                value = build(index, value)
            except TooLarge:
                self.reporter.add(shapes.network_too_large(self.source, row.span, MAX_NODES))
                return None
            self.arrives = row.size_span if row.size else row.text_span
            if row.aside:
                self.aside.append(value)
                value, self.arrives = before, arrives
        return value

    def _graph(self, rows: tuple[Row, ...], specs: Rows, outputs: tuple[int, ...]) -> Graph | None:
        """Return the graph of the rows that were built; None where an error was reported."""
        entries = 1 + len(self.settings.inputs)
        if len(self.emitter.nodes) == entries and None not in specs and not self.reporter.failed:
            self.reporter.add(blocks.nothing_left(self.source, rows[0].span))
        if not self.reporter.failed:
            report_unused(self.source, self.reporter, self.emitter.nodes, outputs)
        if self.reporter.failed:
            return None
        return Graph(
            self.settings.name,
            self.settings.style,
            self._nodes(),
            tuple(self.stages),
            tuple(range(entries)),
            outputs,
        )

    def _nodes(self) -> tuple[Node, ...]:
        """Return all nodes, inputs that hold numbers of tokens marked."""
        if not any(OPS[op].takes_tokens for op in {node.op for node in self.emitter.nodes}):
            return tuple(self.emitter.nodes)
        from archdsl.graph.tokens import with_tokens

        return with_tokens(self.emitter.nodes)

    def _specs(self, rows: tuple[Row, ...]) -> Rows:
        """Return the specs of all rows, strides of brackets at the layers that take them; None for broken
        rows."""
        if self.kept is None and self.resolved:
            specs, told = self.resolved
            self.reporter.again(told)
            return specs
        if self.kept is None:
            specs = [self.resolver.row(row) for row in rows]
            return list(map(self._placed, specs))
        from archdsl.lower.again import specs_again

        channelled = self.resolver.channelled
        return specs_again(self.kept, self.settings, channelled, self.reporter, rows, self._spec)

    def _spec(self, row: Row) -> tuple[Spec, ...] | None:
        return self._placed(self.resolver.row(row))

    def _placed(self, items: tuple[Spec, ...] | None) -> tuple[Spec, ...] | None:
        if items is None or not self._strides_fit(items):
            return None
        return place_block_strides(items, self.settings.conventions["stride-in"])

    def _strides_fit(self, specs: tuple[Spec, ...]) -> bool:
        """Report the strides of brackets in which no layer can take them."""
        fit = True
        for spec in specs:
            if isinstance(spec, BlockSpec):
                fit = self._strides_fit(spec.items) and fit
                if spec.stride and spec.stride_span:
                    fit = self._stride_fits(spec, spec.stride, spec.stride_span) and fit
        return fit

    def _stride_fits(self, block: BlockSpec, stride: Size, span: Span) -> bool:
        path = taker(block.items, self.settings.conventions["stride-in"])
        if path is None:
            self.reporter.add(shapes.stride_without_window(self.source, span))
            return False
        layer = at(block.items, path)
        if layer.stride and "stride" in layer.places and layer.stride != stride:
            self.reporter.add(names.given_twice(self.source, span, "stride", layer.places["stride"]))
            return False
        return True

    def _sequenced(self, rows: tuple[Row, ...], specs: Rows) -> Rows:
        """Settle what recurrent layers hand on."""
        if not any(recurs(spec) for items in specs for spec in items or ()):
            return specs
        from archdsl.solve.sequences import with_sequences

        specs, self.of_sequences = with_sequences(rows, specs, self.declared)
        return specs

    def _stages(
        self, rows: tuple[Row, ...], plain: Rows, specs: Rows, names: list[str]
    ) -> Callable[[int, Value], Value]:
        """Return what builds a row; `plain` are the specs before the classifiers were marked."""

        def whole(index: int, value: Value) -> Value:
            return self.stage(rows, specs, index, names[index], value)

        if self.kept is None:
            return whole
        from archdsl.lower.again import Again, crossing

        if self.settings.inputs or crossing(tuple(row.items for row in rows)):
            return whole

        return Again(self, self.kept, rows, plain, specs, names).stage

    def stage(self, rows: tuple[Row, ...], specs: Rows, index: int, name: str, value: Value) -> Value:
        """Build one row; keep its value under its name, and what is known of it for the figure of a table
        with faults."""
        errors, start, before = self.reporter.errors, len(self.emitter.nodes), value
        self.missed = self.read = None
        self.lowering.blocks_follow = has_blocks(specs[index + 1 :])
        value = self.row(rows, specs, index, name, value)
        part = Part(start, len(self.emitter.nodes), f"{name}/")
        self.keep(name, value._replace(part=part))
        self.keep(PREVIOUS, self._was_read(rows[index], before))
        faulty = self.reporter.errors > errors or specs[index] is None
        self._sketch(rows[index], name, value, faulty, start)
        return value

    def _inputs(self) -> Value:
        """Emit the inputs of the network under their names, and give the first one."""
        first = Entry(self.settings.input_name or "input", self.settings.input, Span(0, 0))
        for entry in (first, *self.settings.inputs):
            made = self.emitter.emit("input", {"shape": entry.shape}, (), entry.name, entry.span)
            self.keep(entry.name, made)
            self.scope.setdefault("input", made)
            self.counts.append(Counts())
        self.shapes["input"] = self.settings.input
        return self.scope["input"]

    def _outputs(self, value: Value) -> tuple[int, ...]:
        """Return the rows that are outputs: those that are listed, or the last one and those that leave the
        trunk."""
        if not self.settings.outputs:
            return (value.id, *(one.id for one in self.aside))
        found = []
        for ref in self.settings.outputs:
            one = value_of(self.scope, ref.name)
            if one is None:
                self.reporter.add(uses.unknown_value(self.source, ref.span, ref.name, self.scope))
            else:
                found.append(one.id)
        return tuple(dict.fromkeys(found))

    def _sketch(self, row: Row, name: str, value: Value, faulty: bool, start: int) -> None:
        """Count a row, and keep what is known of it for the figure of a table with faults."""
        nodes = self.emitter.nodes
        counts = [_counted(nodes, node) for node in nodes[start:]]
        self.counts += counts
        params = sum(count.trainable for count in counts)
        line, _ = self.source.position(row.span.start)
        computed = self.missed if faulty else value.shape
        self.sketches.append(
            SketchStage(row.name or name, self.declared.of(row), computed, row.text, faulty, line, params)
        )

    def _was_read(self, row: Row, before: Value) -> Value:
        """Return what the last block of the trunk read: the last repeat of a row, or the row itself."""
        return self.scope.get(PREVIOUS, before) if row.aside else self.read or before


def _counted(nodes: list[Node], node: Node) -> Counts:
    """Count a node; one behind a faulty row, whose size stands in for another one, may come to nothing."""
    try:
        return counted(node, tuple([nodes[i].shape for i in node.inputs]))
    except ShapeFault:
        return Counts()
