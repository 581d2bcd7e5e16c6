"""A table and its settings -> graph: row after row, each solved for its size; a fault in one row hides none
in the next."""

from collections import ChainMap
from collections.abc import Callable
from functools import partial
from math import prod

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import MAX_NODES, Emitter, Fault, Part, TooLarge, Value
from archdsl.graph.graph import Graph, Inferred, Shape, SketchStage, Stage
from archdsl.graph.tokens import with_tokens
from archdsl.graph.unused import report_unused
from archdsl.light import TYPE_CHECKING
from archdsl.lower.heads import check_head, has_blocks, with_classifier
from archdsl.lower.lower import Lowering
from archdsl.lower.rising import rising_blocks
from archdsl.lower.shortcut import ShortcutFault
from archdsl.ops import OPS
from archdsl.problems import blocks, names, shapes
from archdsl.problems.base import replace, size_text
from archdsl.resolve.axes import channels_last
from archdsl.resolve.naming import stage_names
from archdsl.resolve.options import EXAMPLES
from archdsl.resolve.resolve import ItemResolver
from archdsl.resolve.settings import Entry, Settings
from archdsl.resolve.specs import BlockSpec, LayerSpec, Spec, WireSpec, layers_at_least, recurs
from archdsl.solve.amounts import open_amount, with_amount
from archdsl.solve.declared import DeclaredSizes
from archdsl.solve.dense_maps import as_map, at_positions
from archdsl.solve.downsample import downsampled, size_instead
from archdsl.solve.fit import Fitter, Rows
from archdsl.solve.follow import PREVIOUS, entering, follow, last_channels, spatial, value_of
from archdsl.solve.layer_shape import Size
from archdsl.solve.quote import layer_text
from archdsl.solve.solve import Solution, solve
from archdsl.solve.strides import at, place_block_strides, solved_layers, taker
from archdsl.source import Source, Span
from archdsl.syntax.ast import Row, Table

if TYPE_CHECKING:
    from archdsl.kept import Kept
    from archdsl.lower.again import Again


class NetworkBuilder:
    """Lowers one table."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = settings.rank
        self.resolver = ItemResolver(source, reporter, settings)
        self.declared = DeclaredSizes(source, reporter, settings, self.resolver)
        self.fitter = Fitter(source, reporter, settings, self.declared)
        self.emitter = Emitter()
        self.stages: list[Stage] = []
        self.arrives: Span | None = settings.places.get("input")
        self.lost = False
        self.setting_blamed = False
        self.scope: dict[str, Value] = {}
        self.shapes: dict[str, Size] = {}  # of the scope, flat values as maps of 1x1
        self.aside: list[Value] = []
        self.solutions: dict[int, Solution] = {}
        self.sketches: list[SketchStage] = []
        self.missed: Size | None = None
        self.given: dict[int, Solution] | None = None
        self.found: list[Inferred] = []  # of the row that is built
        self.read: Value | None = None  # what its last repeat read
        self.kept: Kept | None = None  # rows of the text before its last edit
        self.again: Again | None = None
        self.of_sequences: dict[int, list[Inferred]] = {}  # of each row

    def build(self, table: Table) -> Graph | None:
        """Return the graph of a table; None where an error was reported.

        Printed sizes belong to the input that the table was printed for: under another one, the network has
        the strides that they mean there. Where the table does not hold there, its sizes may be those of the
        other input.
        """
        printed = self.settings.printed_input
        if not printed or printed == self.settings.input or len(printed) != len(self.settings.input):
            return self._build(table)
        base = self._other(Reporter(), printed)
        if base._build(table):
            self.given = base.solutions
            if self._other(Reporter(), self.settings.input, self.given)._build(
                table
            ) is None and self._direct(table):
                self.given = None
        elif not self._direct(table):
            return self._other(self.reporter, printed)._build(table)
        return self._build(table)

    def _direct(self, table: Table) -> Graph | None:
        return self._other(Reporter(), self.settings.input)._build(table)

    def _other(
        self, reporter: Reporter, shape: Shape, given: dict[int, Solution] | None = None
    ) -> "NetworkBuilder":
        """Make a builder for another input, or for strides that are given."""
        builder = NetworkBuilder(self.source, reporter, self.settings._replace(input=shape))
        builder.given = given
        return builder

    def _build(self, table: Table) -> Graph | None:
        rows = tuple(row for row in table.rows if self.resolver.holds(row.guard))
        rows = channels_last(rows, self.rank, self.settings.conventions["size-order"])
        specs = self._specs(rows)
        if table.rows and not rows:
            self.reporter.add(blocks.nothing_left(self.source, table.rows[0].span))
        if not self.settings.input or not rows or not all(one.shape for one in self.settings.inputs):
            return None
        plain, specs = specs, self._sequenced(rows, with_classifier(rows, specs, self.settings))
        names = stage_names(rows, specs)
        self.lowering = Lowering(self.source, self.reporter, self.settings, self.emitter)
        self.lowering.rising.total = sum(rising_blocks(items) for items in specs if items)
        value = self._inputs()
        build = self._stages(rows, plain, specs, names)
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
        if not self.lost:
            check_head(self.source, self.reporter, self.settings, rows, specs, value)
        outputs = self._outputs(value)
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
            with_tokens(self.emitter.nodes),
            tuple(self.stages),
            tuple(range(entries)),
            outputs,
        )

    def _specs(self, rows: tuple[Row, ...]) -> Rows:
        """Return the specs of all rows, strides of brackets at the layers that take them; None for broken
        rows."""
        if self.kept is None:
            specs = [self.resolver.row(row) for row in rows]
            return list(map(self._placed, specs))
        from archdsl.lower.again import specs_again

        return specs_again(self.kept, self.settings, self.reporter, rows, self._spec)

    def _spec(self, row: Row) -> tuple[Spec, ...] | None:
        return self._placed(self.resolver.row(row))

    def _placed(self, items: tuple[Spec, ...] | None) -> tuple[Spec, ...] | None:
        if items is None or not self._strides_fit(items):
            return None
        return place_block_strides(items, self.settings.conventions["stride-in"])

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

        self.again = Again(self, self.kept, rows, plain, specs, names)
        return self.again.stage

    def stage(self, rows: tuple[Row, ...], specs: Rows, index: int, name: str, value: Value) -> Value:
        """Build one row; keep its value under its name, and what is known of it for the figure of a table
        with faults."""
        errors, start, before = self.reporter.errors, len(self.emitter.nodes), value
        self.missed = self.read = None
        self.lowering.blocks_follow = has_blocks(specs[index + 1 :])
        value = self._row(rows, specs, index, name, value)
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
                self.reporter.add(blocks.unknown_value(self.source, ref.span, ref.name, self.scope))
            else:
                found.append(one.id)
        return tuple(dict.fromkeys(found))

    def _sequenced(self, rows: tuple[Row, ...], specs: Rows) -> Rows:
        """Settle what recurrent layers hand on."""
        if not any(recurs(spec) for items in specs for spec in items or ()):
            return specs
        from archdsl.solve.sequences import with_sequences

        specs, self.of_sequences = with_sequences(rows, specs, self.declared)
        return specs

    def _row(self, rows: tuple[Row, ...], all_specs: Rows, index: int, name: str, value: Value) -> Value:
        row, specs = rows[index], all_specs[index]
        if self.given is not None:
            if index not in self.given:
                return self._broken(None, value, None)
            return self._lower(row, index == len(rows) - 1, name, self.given[index], value, None)
        target = self.declared.target(row)
        if self.lost and target:
            value, self.lost = Value(value.id, (*target, value.shape[-1]), certain=False), False
        if specs is None:
            return self._broken(target, value, None)
        if layers_at_least(specs) > MAX_NODES:  # before its sizes are tried
            raise TooLarge
        if index == 0:
            fits = partial(self.fitter.fits, specs, target)
            value = self.declared.check_incoming(row, value, fits)
        specs = self._counted(row, specs, value, target)
        self.found += self.of_sequences.get(index, [])
        specs = self._amounts(specs, value, target)
        specs, mapped = as_map(
            specs, entering(specs, value.shape, self.shapes), self.declared.of(row), self.rank
        )
        self.found += mapped
        specs, found = at_positions(
            row, specs, entering(specs, value.shape, self.shapes), target, self.shapes
        )
        self.found += found
        specs = downsampled(
            self.resolver, self.settings, row, specs, entering(specs, value.shape, self.shapes), target
        )
        all_specs = [*all_specs[:index], specs, *all_specs[index + 1 :]]
        fitted = self.fitter.fit(rows, all_specs, index, value, self.arrives, self.shapes, self.lost)
        self.missed = fitted.missed
        if fitted.corrected:
            self._correct(stage_names(rows, all_specs)[fitted.corrected[0]], fitted.corrected[1])
        if fitted.solution is None:
            return self._broken(fitted.going_on, value, specs)
        self.solutions[index] = fitted.solution
        if fitted.inner:
            self.found.append(
                Inferred(f"{size_text(fitted.inner)} is the size before the pool", "so the next row says")
            )
            target = None
        holds = partial(self.fitter.next_takes, rows, all_specs, index, value, self.shapes)
        return self._lower(row, index == len(rows) - 1, name, fitted.solution, value, target, holds)

    def _amounts(self, specs: tuple[Spec, ...], value: Value, target: Size | None) -> tuple[Spec, ...]:
        """Find how much a crop or a padding takes off or adds that only the row's size says."""
        open_ = open_amount(specs)
        if open_ is None:
            return specs
        shape = (*spatial(value.shape, self.rank), value.shape[-1])
        found = with_amount(specs, open_, shape, target, self.shapes) if target else None
        if found is None:
            text = self.source.clean[open_.span.start : open_.span.end]
            self.reporter.add(names.missing(self.source, open_.span, "amount", text, EXAMPLES[open_.op]))
            return specs
        self.found.append(found[1])
        return found[0]

    def _counted(
        self, row: Row, specs: tuple[Spec, ...], value: Value, target: Size | None
    ) -> tuple[Spec, ...]:
        """Find a kernel that only the row's parameters say."""
        self.found = []
        open_ = next((spec for spec in specs if isinstance(spec, LayerSpec) and spec.counted), None)
        if open_ is None:
            return specs
        wires = [spec for spec in specs if isinstance(spec, WireSpec) and spec.kind == "from"]
        taken = self.scope.get(wires[0].refs[0].name, value) if wires else value
        from archdsl.resolve.counted import solved

        shape = entering(specs, value.shape, self.shapes)

        def fits(candidate: tuple[Spec, ...]) -> bool:
            stride_in = self.settings.conventions["stride-in"]
            return target is None or solve(candidate, shape, target, stride_in, self.shapes) is not None

        result = solved(row, specs, taken.shape[-1], self.settings, fits)
        text = self.source.clean[open_.span.start : open_.span.end]
        others = [one.said() for one in result.other]
        if result.found is None:
            self.reporter.add(names.uncounted_kernel(self.source, open_.span, text, others))
            return specs
        if others:
            from archdsl.problems.summaries import other_kernel

            self.reporter.add(other_kernel(self.source, open_.span, text, result.found.fact, others))
        self.found.append(result.found)
        return result.specs

    def _sketch(self, row: Row, name: str, value: Value, faulty: bool, start: int) -> None:
        """Keep what is known of a row, for the figure of a table with faults."""
        nodes = self.emitter.nodes[start:]
        params = sum(
            prod(weight.shape)
            for node in nodes
            if node.shares < 0
            for weight in OPS[node.op].weights(
                node.params, tuple(self.emitter.nodes[i].shape for i in node.inputs)
            )
            if weight.trainable
        )
        line, _ = self.source.position(row.span.start)
        computed = self.missed if faulty else value.shape
        self.sketches.append(
            SketchStage(row.name or name, self.declared.of(row), computed, row.text, faulty, line, params)
        )

    def _was_read(self, row: Row, before: Value) -> Value:
        """Return what the last block of the trunk read: the last repeat of a row, or the row itself."""
        return self.scope.get(PREVIOUS, before) if row.aside else self.read or before

    def keep(self, name: str, value: Value) -> None:
        """Return a value its name for the rows to come."""
        self.scope[name] = value
        self.shapes[name] = value.shape

    def _correct(self, name: str, size: Size) -> None:
        """Return a row that was blamed later the size that it must have had, for the rows that read it by
        name."""
        old = self.scope[name]
        self.keep(name, old._replace(shape=(*size, old.shape[-1]), certain=False))

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

    def _broken(self, target: Size | None, value: Value, specs: tuple[Spec, ...] | None) -> Value:
        """Stand in for the output of a row that could not be lowered: its declared size, its last channels if
        known."""
        channels = last_channels(specs, value.shape) if specs else None
        self.lost = self.lost or target is None
        size = target or spatial(value.shape, self.rank)
        self.lowering.blocks_seen += 1
        return Value(
            value.id, (*size, channels or value.shape[-1]), certain=channels is not None, lost=target is None
        )

    def _lower(
        self,
        row: Row,
        last: bool,
        name: str,
        solution: Solution,
        value: Value,
        target: Size | None,
        holds: Callable[[Size], bool] = bool,
    ) -> Value:
        """Lower a row; `holds` tells whether a size of it is one from which the next row reaches its own."""
        emitter, lowering = self.emitter, self.lowering
        start = len(emitter.nodes)
        emitter.stage, emitter.path, emitter.frames, emitter.branch = (
            len(self.stages),
            f"{name}/",
            (),
            "aux" if row.aside else "main",
        )
        emitter.site = None
        self.resolver.parts[name] = solution.specs, solution.padding
        lowering.padding, lowering.inferred = (
            solution.padding,
            self.found + self._solved(solution, value.shape, target),
        )
        scope = ChainMap[str, Value]({}, self.scope)
        try:
            out = lowering.sequence(solution.specs, value, scope)
            self.read = scope.maps[0].get(PREVIOUS)
            out = lowering.finish(out, row.span) if last else out
        except Fault as fault:
            smaller = self._instead(row, solution.specs, value, target) if fault.merge else None
            if smaller and target and (last or holds(smaller)) and not holds(target):
                self._kept(row, solution.specs, value, target, smaller)
                target = smaller
            elif fault.why:
                self._does_not_fit(row, fault)
        except ShortcutFault as fault:
            self._shortcut_fault(row, fault)
        else:
            printed = self.given is None and target is not None
            declared = self.declared.of(row) if printed else None
            flat = row.size is not None and len(row.size) == len(out.shape) == 1
            if declared and flat and declared[0] == out.shape[0]:
                declared = declared[:1]  # the units of a dense layer
            line, _ = self.source.position(row.span.start)
            stage = Stage(
                name,
                row.name,
                declared,
                start,
                len(emitter.nodes),
                row.span,
                line,
                row.text,
                tuple(dict.fromkeys(lowering.inferred)),
            )
            self.stages.append(stage)
            for kept in lowering.kept:
                self.keep(kept, lowering.kept[kept])
            lowering.kept.clear()
            return self.declared.check_channels(row, declared, out, counted=self.given is None)
        return self._broken(target, value, solution.specs)._replace(certain=False)

    def _does_not_fit(self, row: Row, fault: Fault) -> None:
        from archdsl.why.explain_merge import mend_join

        help_text, fixes = mend_join(self.source, fault, row.text_span)
        places = self.arrives, fault.used
        self.reporter.add(
            shapes.does_not_fit(
                self.source, fault.span, fault.why, fault.shape, *places, fault.merge, help_text, fixes
            )
        )

    def _instead(self, row: Row, specs: tuple[Spec, ...], value: Value, target: Size | None) -> Size | None:
        return size_instead(self.resolver, self.settings, row, specs, value.shape, target, self.shapes)

    def _kept(self, row: Row, specs: tuple[Spec, ...], value: Value, target: Size, smaller: Size) -> None:
        """Report a stage of other channels that prints the size it receives, where the style's block would
        halve it."""
        from archdsl.why.mend import resized

        span = row.size_span
        fix = replace(
            f"declare {size_text(smaller)}",
            span,
            resized(self.source, span, smaller, int(row.channels_first)),
        )
        channels = (value.shape[-1], last_channels(specs, value.shape) or 0)
        block = self.settings.conventions["downsampling"]
        self.reporter.add(
            shapes.keeps_size(
                self.source, row.name or "this row", span, target, smaller, channels, block, self.arrives, fix
            )
        )

    def _solved(self, solution: Solution, shape: tuple[int, ...], target: Size | None) -> list[Inferred]:
        shape = entering(solution.specs, shape, self.shapes)
        reached = follow(solution.specs, shape, solution.padding, self.shapes)
        if reached is None or (target is None and solution.site is None and solution.padding == "same"):
            return []
        change = (
            f"{size_text(spatial(shape, self.rank))} -> {size_text(target or spatial(reached, self.rank))}"
        )
        facts = []
        for path in solved_layers(solution.specs, solution.site) if solution.site else ():
            layer = at(solution.specs, path)
            block = ", block 1" if len(path) > 1 else ""
            steps = layer.stride or solution.stride
            stride = max(steps) if len(set(steps)) == 1 else size_text(steps)
            facts.append(Inferred(f"stride {stride} in {layer_text(self.source, layer)}{block}", change))
        if solution.padding != "same":
            facts.append(Inferred(f"padding {solution.padding}", change))
        return facts

    def _shortcut_fault(self, row: Row, fault: ShortcutFault) -> None:
        block = fault.block
        if block.shortcut_span is None and self.setting_blamed:
            return
        self.setting_blamed = block.shortcut_span is None
        from archdsl.why.explain_size import chain_text

        chain = chain_text(self.source, block.items, fault.incoming)
        fixes = shapes.project_fix(block.shortcut_span, self.settings.places.get("shortcut"))
        diagnostic = shapes.shortcut_mismatch(
            self.source,
            row.name or "this row",
            block.span,
            fault.kind,
            block.shortcut_span,
            fault.main,
            fault.incoming,
            chain,
            fixes,
        )
        self.reporter.add(diagnostic)
