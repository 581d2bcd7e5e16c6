"""A table and its settings -> graph: row after row, each solved for its size; a fault in one row hides none in the next."""

from math import prod

from archdsl.diagnostics import Reporter
from archdsl.ir.emit import MAX_NODES, Emitter, Fault, TooLarge, Value
from archdsl.ir.graph import Graph, Inferred, SketchStage, Stage
from archdsl.ir.heads import with_classifier
from archdsl.ir.lower import Lowering
from archdsl.ir.quote import layer_text
from archdsl.ir.resolve import MAX_CHANNELS, ItemResolver
from archdsl.ir.settings import Settings
from archdsl.ir.shortcut import ShortcutFault
from archdsl.ir.solve import Size, Solution, at, follow, place_block_strides, solve, spatial, taker, unnamed, windowed
from archdsl.ir.specs import BlockSpec, LayerSpec, Spec, UseSpec
from archdsl.ops import OPS
from archdsl.problems import blocks, shapes
from archdsl.problems.base import size_text
from archdsl.source import Source, Span
from archdsl.syntax.ast import Row, Table
from archdsl.syntax.slug import slug


class NetworkBuilder:
    """Lowers one table."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = settings.rank
        self.resolver = ItemResolver(source, reporter, settings)
        self.emitter = Emitter()
        self.stages: list[Stage] = []
        self.arrives: Span | None = settings.places.get("input")
        self.lost = False
        self.setting_blamed = False
        self._declared_sizes: dict[int, Size | None] = {}
        self.scope: dict[str, Value] = {}
        self.aside: list[Value] = []
        self.solutions: dict[int, Solution] = {}
        self.sketches: list[SketchStage] = []
        self.missed: Size | None = None
        self.given: dict[int, Solution] | None = None

    def build(self, table: Table) -> Graph | None:
        """Give the graph of a table; None where an error was reported.

        Printed sizes belong to the input that the table was printed for: under another one, under which they do not hold,
        the network has the strides that they mean there.
        """
        printed = self.settings.printed_input
        if printed and printed != self.settings.input and len(printed) == len(self.settings.input):
            direct = NetworkBuilder(self.source, Reporter(), self.settings._replace(printed_input=()))
            if direct.build(table) is None:
                base = NetworkBuilder(self.source, self.reporter, self.settings._replace(input=printed, printed_input=()))
                if base.build(table) is None:
                    return None
                self.given = base.solutions
        return self._build(table)

    def _build(self, table: Table) -> Graph | None:
        rows = tuple(row for row in table.rows if self.resolver.holds(row.guard))
        specs = [self.resolver.row(row) for row in rows]
        stride_in = self.settings.conventions["stride-in"]
        specs = [place_block_strides(items, stride_in) if items is not None and self._strides_fit(items) else None for items in specs]
        if not self.settings.input or not rows:
            return None
        specs = with_classifier(rows, specs, self.settings)
        names = stage_names(rows, specs)
        self.lowering = Lowering(self.source, self.reporter, self.settings, self.emitter)
        value = self.emitter.emit("input", {"shape": self.settings.input}, (), "input", Span(0, 0))
        self.scope["input"] = value
        for index, row in enumerate(rows):
            before, arrives, errors, start = value, self.arrives, self.reporter.errors, len(self.emitter.nodes)
            self.missed = None
            try:
                value = self._row(rows, specs, index, names[index], value)
            except TooLarge:
                self.reporter.add(shapes.network_too_large(self.source, row.span, MAX_NODES))
                return None
            self.scope[names[index]] = value
            self._sketch(row, names[index], value, self.reporter.errors > errors or specs[index] is None, start)
            self.arrives = row.size_span if row.size else row.text_span
            if row.aside:
                self.aside.append(value)
                value, self.arrives = before, arrives
        self._check_head(rows, specs, value)
        if self.reporter.failed:
            return None
        outputs = (value.id, *(one.id for one in self.aside))
        return Graph(self.settings.name, self.settings.style, tuple(self.emitter.nodes), tuple(self.stages), (0,), outputs)

    def _row(self, rows: tuple[Row, ...], all_specs: list[tuple[Spec, ...] | None], index: int, name: str, value: Value) -> Value:
        row, specs = rows[index], all_specs[index]
        if self.given is not None:
            if index not in self.given:
                return self._broken(None, value, None)
            return self._lower(row, index == len(rows) - 1, name, self.given[index], value, None)
        target = self._target(row)
        if self.lost and target:
            value, self.lost = Value(value.id, (*target, value.shape[-1]), certain=False), False
        if specs is None:
            return self._broken(target, value, None)
        value = self._check_incoming(row, value)
        specs = self._downsampled(row, specs, value, target)
        all_specs = [*all_specs[:index], specs, *all_specs[index + 1 :]]
        solution = self._solve(rows, all_specs, index, value, target)
        if isinstance(solution, Value):
            return solution
        self.solutions[index] = solution
        return self._lower(row, index == len(rows) - 1, name, solution, value, target)

    def _sketch(self, row: Row, name: str, value: Value, faulty: bool, start: int) -> None:
        """Keep what is known of a row, for the figure of a table with faults."""
        nodes = self.emitter.nodes[start:]
        params = sum(
            prod(weight.shape)
            for node in nodes
            for weight in OPS[node.op].weights(node.params, tuple(self.emitter.nodes[i].shape for i in node.inputs))
            if weight.trainable
        )
        line, _ = self.source.position(row.span.start)
        computed = self.missed if faulty else value.shape
        self.sketches.append(SketchStage(row.name or name, self._declared(row), computed, row.text, faulty, line, params))

    def _names(self) -> dict[str, Size]:
        """Give the shapes of the rows so far, flat ones as maps of 1x1."""
        return {name: (*spatial(value.shape, self.rank), value.shape[-1]) for name, value in self.scope.items()}

    def _check_incoming(self, row: Row, value: Value) -> Value:
        """Compare the input size that a table prints for its first row with the network's input; go on with the printed one."""
        if row.incoming is None or value.id:
            return value
        sizes = [self.resolver.evaluator.whole(axis, "a size", 1, 65_536, row.incoming_span) for axis in row.incoming]
        size = tuple(one for one in sizes if one)
        size = size * self.rank if len(size) == 1 else size
        if len(size) == len(sizes) * (self.rank if len(sizes) == 1 else 1) and size != value.shape[: len(size)]:
            self.reporter.add(shapes.wrong_input(self.source, row.incoming_span, size, value.shape, self.settings.places.get("input")))
            return value._replace(shape=(*size, *value.shape[len(size) :]), certain=len(size) == len(value.shape))
        return value

    def _downsampled(self, row: Row, specs: tuple[Spec, ...], value: Value, target: Size | None) -> tuple[Spec, ...]:
        """Put the style's downsampling block before a stage that shrinks without a stride of its own."""
        name = self.settings.conventions["downsampling"]
        block = None if name == "stride" else self.settings.blocks.get(name)
        size = spatial(value.shape, self.rank)
        brackets = [spec for spec in specs if isinstance(spec, BlockSpec) or (isinstance(spec, UseSpec) and not spec.stride)]
        if block is None or target is None or not brackets or len(brackets) < len(specs):
            return specs
        if not all(t < n for t, n in zip(target, size, strict=True)) or taken_stride(specs):
            return specs
        use = self.resolver.use_of(block, _last_channels(specs, value.shape), row.span)
        return (use, *specs) if use else specs

    def _strides_fit(self, specs: tuple[Spec, ...]) -> bool:
        """Report the strides of brackets in which no layer can take them."""
        fit = True
        for spec in specs:
            if isinstance(spec, BlockSpec):
                fit = self._strides_fit(spec.items) and fit
                if spec.stride and spec.stride_span and taker(spec.items, "first") is None:
                    self.reporter.add(shapes.stride_without_window(self.source, spec.stride_span))
                    fit = False
        return fit

    def _declared(self, row: Row) -> Size | None:
        """Give the declared size, evaluated once; None where none is printed (or it was wrong and reported)."""
        if row.size is None:
            return None
        key = row.size_span.start
        if key not in self._declared_sizes:
            # Where input sizes are printed, what follows in the table does not follow a row that leaves the trunk.
            declared = self.resolver.size(row) if self.rank and not (row.aside and row.incoming) else None
            if declared and len(declared) not in (self.rank, self.rank + 1):
                self.reporter.add(shapes.size_rank(self.source, row.size_span, declared, self.rank))
                declared = None
            self._declared_sizes[key] = declared
        return self._declared_sizes[key]

    def _target(self, row: Row) -> Size | None:
        """Give the spatial axes of the declared size."""
        declared = self._declared(row)
        return declared[: self.rank] if declared else None

    def _solve(
        self, rows: tuple[Row, ...], all_specs: list[tuple[Spec, ...] | None], index: int, value: Value, target: Size | None
    ) -> Solution | Value:
        row, specs = rows[index], all_specs[index]
        assert specs is not None
        lost_axes = len(value.shape) == 1 and self.rank > 0 and taker(specs, "first") is not None
        shape = (*spatial(value.shape, self.rank), value.shape[-1])
        if target is None or self.lost or lost_axes or _flat_size(row, specs, shape, target):
            return Solution(specs, None, (), "same")
        stride_in = self.settings.conventions["stride-in"]
        names = self._names()
        specs = windowed(specs, target)
        errors = self.reporter.errors
        solution = solve(specs, shape, target, stride_in, names)
        if solution:
            return solution
        stray, known = unnamed(specs, shape, names)
        if stray:
            self.reporter.add(blocks.unknown_value(self.source, stray.span, stray.name, known))
        if self.reporter.errors > errors:
            return self._broken(target, value, specs)
        following, after = self._following(rows, all_specs, index)
        next_target = self._target(rows[after]) if following else None
        channels = _last_channels(specs, value.shape) or value.shape[-1]
        takes = (
            (lambda s: solve(following, (*s, channels), next_target, stride_in, names) is not None) if following and next_target else None
        )
        next_label = (rows[after].name or "the next row") + (f" ({size_text(next_target)})" if next_target else "") if following else ""
        from archdsl.ir.explain_size import Miss, explain  # only what fails is explained

        miss = Miss(row, row.name or "this row", specs, value.shape, self.arrives, target, takes, next_label, names)
        end = follow(specs, shape, "same", names)
        self.missed = end
        diagnostic, going_on = explain(self.source, miss, stride_in)
        self.reporter.add(diagnostic)
        return self._broken(going_on, value, specs)

    def _following(self, rows: tuple[Row, ...], all_specs: list[tuple[Spec, ...] | None], index: int) -> tuple[tuple[Spec, ...], int]:
        """Give the layers up to the next row that prints a size, and that row."""
        found: tuple[Spec, ...] = ()
        for after in range(index + 1, len(rows)):
            specs = all_specs[after]
            if specs is None or rows[after].aside:
                return (), after
            found += specs
            if self._target(rows[after]):
                return found, after
        return found, len(rows) - 1

    def _broken(self, target: Size | None, value: Value, specs: tuple[Spec, ...] | None) -> Value:
        """Stand in for the output of a row that could not be lowered: its declared size, its last channels if known."""
        channels = _last_channels(specs, value.shape) if specs else None
        if target is None:
            self.lost = True
            target = spatial(value.shape, self.rank)
        self.lowering.blocks_seen += 1
        return Value(value.id, (*target, channels or value.shape[-1]), certain=channels is not None)

    def _lower(self, row: Row, last: bool, name: str, solution: Solution, value: Value, target: Size | None) -> Value:
        emitter, lowering = self.emitter, self.lowering
        start = len(emitter.nodes)
        emitter.stage, emitter.path, emitter.frames, emitter.branch = len(self.stages), f"{name}/", (), "aux" if row.aside else "main"
        emitter.site = None
        lowering.padding, lowering.inferred = solution.padding, self._solved(solution, value.shape, target)
        try:
            out = lowering.sequence(solution.specs, value, dict(self.scope))
            out = lowering.finish(out, row.span) if last else out
        except Fault as fault:
            if fault.why:
                self.reporter.add(shapes.does_not_fit(self.source, fault.span, fault.why, fault.shape, self.arrives, fault.merge))
        except ShortcutFault as fault:
            self._shortcut_fault(row, fault)
        else:
            declared = self._declared(row) if self.given is None else None
            if declared and row.size and len(row.size) == 1 and len(out.shape) == 1 and declared[0] == out.shape[0]:
                declared = declared[:1]  # the units of a dense layer
            line, _ = self.source.position(row.span.start)
            stage = Stage(
                name, row.name, declared, start, len(emitter.nodes), row.span, line, row.text, tuple(dict.fromkeys(lowering.inferred))
            )
            self.stages.append(stage)
            self._check_channels(row, declared, out)
            return out
        return self._broken(target, value, solution.specs)._replace(certain=False)

    def _solved(self, solution: Solution, shape: tuple[int, ...], target: Size | None) -> list[Inferred]:
        if target is None:
            return []
        change = f"{size_text(spatial(shape, self.rank))} -> {size_text(target)}"
        facts = []
        if solution.site:
            layer = at(solution.specs, solution.site)
            block = ", block 1" if len(solution.site) > 1 else ""
            stride = max(solution.stride) if len(set(solution.stride)) == 1 else size_text(solution.stride)
            facts.append(Inferred(f"stride {stride} in {layer_text(self.source, layer)}{block}", change))
        if solution.padding != "same":
            facts.append(Inferred(f"padding {solution.padding}", change))
        return facts

    def _shortcut_fault(self, row: Row, fault: ShortcutFault) -> None:
        block = fault.block
        if block.shortcut_span is None and self.setting_blamed:
            return
        self.setting_blamed = block.shortcut_span is None
        from archdsl.ir.explain_size import chain_text

        chain = chain_text(self.source, block.items, fault.incoming)
        fixes = shapes.project_fix(block.shortcut_span, self.settings.places.get("shortcut"))
        diagnostic = shapes.shortcut_mismatch(
            self.source, row.name or "this row", block.span, fault.kind, block.shortcut_span, fault.main, fault.incoming, chain, fixes
        )
        self.reporter.add(diagnostic)

    def _check_channels(self, row: Row, declared: Size | None, out: Value) -> None:
        """Compare the channels, where the size cell prints them (`8x8x128`), or a column that no layer takes."""
        computed = (*spatial(out.shape, self.rank), out.shape[-1])
        places = [(declared, row.size_span)] if declared and len(declared) == self.rank + 1 else []
        if row.channels is not None and self.given is None:
            printed = self.resolver.evaluator.whole(row.channels, "channels", 1, MAX_CHANNELS, row.channels.span)
            places += [((*computed[:-1], printed), row.channels.span)] if printed else []
        for size, span in places:
            if size[-1] != out.shape[-1] and out.certain:
                self.reporter.add(shapes.wrong_size(self.source, row.name or "this row", size, computed, span, (), "", (), ()))

    def _check_head(self, rows: tuple[Row, ...], all_specs: list[tuple[Spec, ...] | None], value: Value) -> None:
        classes = self.settings.classes
        last = next((specs for row, specs in zip(reversed(rows), reversed(all_specs), strict=True) if not row.aside), None)
        if classes is None or not last or not value.certain or self.lost or value.shape[-1] == classes:
            return
        span = next(
            (spec.places.get("channels", spec.span) for spec in reversed(last) if isinstance(spec, LayerSpec) and spec.channels), None
        )
        row_span = span or Span(last[0].span.start, last[-1].span.end)
        self.reporter.add(shapes.head_mismatch(self.source, row_span, value.shape[-1], classes, self.settings.classes_span))


def taken_stride(specs: tuple[Spec, ...]) -> bool:
    """Tell whether some layer prints a stride of its own."""
    for spec in specs:
        if isinstance(spec, BlockSpec) and (taken_stride(spec.items) or spec.stride):
            return True
        if isinstance(spec, LayerSpec | UseSpec) and max(spec.stride or (1,)) > 1:
            return True
    return False


def _flat_size(row: Row, specs: tuple[Spec, ...], shape: Size, target: Size) -> bool:
    """Tell a "size" that is the number of units of a dense layer (`fc  1000`), or of the means over whole maps."""
    ones = (1,) * len(target)
    if row.size is None or len(row.size) != 1 or target == ones:
        return False
    end = follow(specs, shape, "same")
    return end is not None and end[:-1] == ones and end[-1] == target[-1]


def _last_channels(specs: tuple[Spec, ...], shape: Size) -> int | None:
    """Give the channels behind the specs, whatever the sizes do; None where nothing sets them."""
    if not any(not isinstance(spec, LayerSpec) or spec.channels for spec in specs):
        return None
    for spec in reversed(specs):
        if isinstance(spec, LayerSpec):
            if spec.channels:
                return spec.channels
        elif isinstance(spec, BlockSpec) and spec.merge != "concat":
            found = _last_channels(spec.items, shape)
            if found:
                return found
        else:
            break
    end = follow(specs, (*(4096,) * max(len(shape) - 1, 1), shape[-1]), "same")
    return end[-1] if end else None


def stage_names(rows: tuple[Row, ...], all_specs: list[tuple[Spec, ...] | None]) -> list[str]:
    """Name the stages: the printed name as a slug; a row without one after its first layer, the last one `head`."""
    taken = {slug(row.name) for row in rows}
    names = []
    for index, (row, specs) in enumerate(zip(rows, all_specs, strict=True)):
        name = slug(row.name)
        if not name:
            first = specs[0] if specs else None
            name = "head" if index == len(rows) - 1 else _called(first)
            base, number = name, 2
            while name in taken:
                name, number = f"{base}_{number}", number + 1
            taken.add(name)
        names.append(name)
    return names


def _called(first: Spec | None) -> str:
    match first:
        case LayerSpec():
            return first.op
        case UseSpec():
            return slug(first.template.block.name)
        case BlockSpec(items=(UseSpec() as use,)):
            return _called(use)
    return "stage"
