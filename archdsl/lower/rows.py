"""A row and what arrives -> nodes: what it leaves open is found, its size solved, its layers lowered."""

from collections.abc import Callable
from functools import partial

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import MAX_NODES, Emitter, Fault, TooLarge, Value
from archdsl.graph.graph import Inferred, Stage
from archdsl.lower.lower import Lowering
from archdsl.lower.shortcut import ShortcutFault
from archdsl.ops import OPS
from archdsl.problems.base import size_text
from archdsl.resolve.naming import stage_names
from archdsl.resolve.resolve import ItemResolver
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import LayerSpec, Spec, layers_at_least
from archdsl.solve.declared import DeclaredSizes
from archdsl.solve.dense_maps import as_map, at_positions
from archdsl.solve.downsample import downsampled
from archdsl.solve.fit import Fitter, Rows
from archdsl.solve.follow import PREVIOUS, entering, follow, last_channels, spatial, within
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import Solution
from archdsl.solve.strides import at, solved_layers
from archdsl.source import Source, Span
from archdsl.syntax.ast import Row


class RowBuilder:
    """Builds the rows of one table, one after the other, and knows what is above each."""

    lowering: Lowering  # of the table that is built

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
        self.lost = False  # whether the size that arrives is not known
        self.setting_blamed = False
        self.scope: dict[str, Value] = {}
        self.shapes: dict[str, Size] = {}  # of the scope, flat values as maps of 1x1
        self.solutions: dict[int, Solution] = {}
        self.missed: Size | None = None  # what the last row computes that has another size
        self.given: dict[int, Solution] | None = None  # of the rows under the printed input
        self.found: list[Inferred] = []  # of the row that is built
        self.read: Value | None = None  # what its last repeat read
        self.of_sequences: dict[int, list[Inferred]] = {}  # of each row

    def row(self, rows: tuple[Row, ...], all_specs: Rows, index: int, name: str, value: Value) -> Value:
        """Return the value of a row; where it is broken, one that stands in for it."""
        row, specs = rows[index], all_specs[index]
        if self.given is not None:
            if index not in self.given:
                return self._broken(None, value, None)
            return self._lower(row, index == len(rows) - 1, name, self.given[index], value, None)
        target = self.declared.target(row)
        if self.lost and target and row.size and len(row.size) == 1:
            target = None  # a side, or a number of values: only what arrives says which
        if self.lost and target:
            value, self.lost = Value(value.id, (*target, value.shape[-1]), certain=False), False
        if specs is None:
            return self._broken(target, value, None)
        if layers_at_least(specs) > MAX_NODES:  # before its sizes are tried
            raise TooLarge
        if index == 0:
            fits = partial(self.fitter.fits, specs, target)
            value = self.declared.check_incoming(row, value, fits)
        elif row.incoming is not None and rows[index - 1].size_span != row.incoming_span and not self.lost:
            value = self.declared.check_read(row, specs, value)
        specs = self._filled(row, index, specs, value, target)
        filled = [*all_specs[:index], specs, *all_specs[index + 1 :]]
        return self._sized(rows, filled, index, name, value, target)

    def _sized(
        self, rows: tuple[Row, ...], specs: Rows, index: int, name: str, value: Value, target: Size | None
    ) -> Value:
        """Solve a row for its size, and lower it."""
        fitted = self.fitter.fit(rows, specs, index, value, self.arrives, self.shapes, self.lost)
        self.missed = fitted.missed
        if fitted.corrected:
            self._correct(stage_names(rows, specs)[fitted.corrected[0]], fitted.corrected[1])
        if fitted.solution is None:
            return self._broken(fitted.going_on, value, specs[index])
        self.solutions[index] = fitted.solution
        if fitted.inner:
            self.found.append(
                Inferred(f"{size_text(fitted.inner)} is the size before the pool", "so the next row says")
            )
            target = None
        holds = partial(self.fitter.next_takes, rows, specs, index, value, self.shapes)
        return self._lower(rows[index], index == len(rows) - 1, name, fitted.solution, value, target, holds)

    def _filled(
        self, row: Row, index: int, specs: tuple[Spec, ...], value: Value, target: Size | None
    ) -> tuple[Spec, ...]:
        """Return the specs of a row with what only its size, its printed count or its neighbours say."""
        self.found = []
        layers = [spec for spec in specs if isinstance(spec, LayerSpec)]
        if unsized := next((layer for layer in layers if layer.counted), None):
            from archdsl.lower.left_open import counted

            specs = counted(self, row, specs, unsized, value, target)
        self.found += self.of_sequences.get(index, [])
        if edge := next((one for one in layers if OPS[one.op].edges and "amount" not in one.more), None):
            from archdsl.lower.left_open import amount

            specs = amount(self, specs, edge, value, target)
        specs, mapped = as_map(specs, self.entering(specs, value), self.declared.of(row), self.rank)
        specs, found = at_positions(row, specs, self.entering(specs, value), target, self.shapes)
        self.found += [*mapped, *found]
        return downsampled(self.resolver, self.settings, row, specs, self.entering(specs, value), target)

    def entering(self, specs: tuple[Spec, ...], value: Value) -> Size:
        """Return the shape that the layers of a row take."""
        return entering(specs, value.shape, self.shapes)

    def keep(self, name: str, value: Value) -> None:
        """Give a value its name for the rows to come."""
        self.scope[name] = value
        self.shapes[name] = value.shape

    def _correct(self, name: str, size: Size) -> None:
        """Give a row that was blamed later the size that it must have had, for the rows that read it by
        name."""
        old = self.scope[name]
        self.keep(name, old._replace(shape=(*size, old.shape[-1]), certain=False))

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
        start = len(self.emitter.nodes)
        self._begin(row, name, solution, value, target)
        scope = within(self.scope)
        try:
            out = self.lowering.sequence(solution.specs, value, scope)
            self.read = scope.maps[0].get(PREVIOUS)
            out = self.lowering.finish(out, row.span) if last else out
        except (Fault, ShortcutFault) as fault:
            from archdsl.lower.misfits import going_on

            target = going_on(self, row, last, solution.specs, value, target, holds, fault)
            return self._broken(target, value, solution.specs)._replace(certain=False)
        return self._end(row, name, start, out, target)

    def _begin(self, row: Row, name: str, solution: Solution, value: Value, target: Size | None) -> None:
        """Tell emitter and lowering which row comes."""
        emitter, lowering = self.emitter, self.lowering
        emitter.stage, emitter.path, emitter.frames = len(self.stages), f"{name}/", ()
        emitter.branch = "aux" if row.aside else "main"
        emitter.site = None
        self.resolver.parts[name] = solution.specs, solution.padding
        lowering.padding = solution.padding
        lowering.inferred = self.found + self._solved(solution, value.shape, target)

    def _end(self, row: Row, name: str, start: int, out: Value, target: Size | None) -> Value:
        """Keep a row that was lowered as a stage of the network, and what it named; return its value."""
        printed = self.given is None and target is not None
        declared = self.declared.of(row) if printed else None
        flat = row.size is not None and len(row.size) == len(out.shape) == 1
        if declared and flat and declared[0] == out.shape[0]:
            declared = declared[:1]  # the units of a dense layer
        line, _ = self.source.position(row.span.start)
        facts = tuple(dict.fromkeys(self.lowering.inferred))
        stop = len(self.emitter.nodes)
        self.stages.append(Stage(name, row.name, declared, start, stop, row.span, line, row.text, facts))
        for kept in self.lowering.kept:
            self.keep(kept, self.lowering.kept[kept])
        self.lowering.kept.clear()
        return self.declared.check_channels(row, declared, out, counted=self.given is None)

    def _solved(self, solution: Solution, shape: tuple[int, ...], target: Size | None) -> list[Inferred]:
        """Say which strides and padding were solved for the size."""
        if solution.site is None and solution.padding == "same":
            return []
        shape = entering(solution.specs, shape, self.shapes)
        reached = follow(solution.specs, shape, solution.padding, self.shapes)
        if reached is None:
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
            facts.append(Inferred(f"stride {stride} in {self.source.quoted(layer.span)}{block}", change))
        if solution.padding != "same":
            facts.append(Inferred(f"padding {solution.padding}", change))
        return facts
