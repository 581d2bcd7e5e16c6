"""Rows of a network, built once more after an edit: what an edit cannot have changed is taken from the run
before.

A row comes to the same where its text is the same, what arrives has the same shape, and so have the rows
up to the next one that prints a size, which decide what a row leaves open. Only the numbers of nodes may
have moved.
"""

from collections.abc import Callable
from itertools import accumulate

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import Value
from archdsl.graph.graph import Node
from archdsl.kept import Kept
from archdsl.light import TYPE_CHECKING, Any
from archdsl.lower.made import Made, as_read, moved_node, moved_values, wired
from archdsl.resolve.resolve import ItemResolver
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import Spec
from archdsl.solve.declared import DeclaredSizes
from archdsl.solve.follow import PREVIOUS
from archdsl.source import Span
from archdsl.syntax.ast import Row, Wire

if TYPE_CHECKING:
    from archdsl.lower.network import NetworkBuilder

_KIND, _ORDER = "stage", "order"


class _Sized:
    """Tells which rows print a size, without a word of what is wrong with it: that is told where it is
    used."""

    def __init__(self, builder: "NetworkBuilder") -> None:
        quiet = Reporter()
        resolver = ItemResolver(builder.source, quiet, builder.settings)
        self.declared = DeclaredSizes(builder.source, quiet, builder.settings, resolver)

    def target(self, row: Row) -> bool:
        """Return whether a row prints a size."""
        return self.declared.target(row) is not None


class Again:
    """Builds the rows of one network with the help of those of the run before.

    `marked` are the specs that the place in the table changed: those of classifiers.
    """

    def __init__(
        self,
        builder: "NetworkBuilder",
        kept: Kept,
        rows: tuple[Row, ...],
        plain: list[tuple[Spec, ...] | None],
        specs: list[tuple[Spec, ...] | None],
        names: list[str],
    ) -> None:
        self.builder = builder
        self.kept = kept
        self.rows, self.specs, self.names = rows, specs, names
        self.marked = [None if one is other else other for one, other in zip(plain, specs, strict=True)]
        self.keys = [row.span.start for row in rows]
        kept.context(_KIND, essence(builder.settings))
        self.old: list[Made | None] = [kept.get(_KIND, key) for key in self.keys]
        self.made: list[Made] = []
        self.sized = _Sized(builder)
        self.ahead = self._ahead()
        other = (not self._same(index) for index in range(len(rows)))
        self.others = list(accumulate(other, initial=0))  # how many rows before each differ
        # Whether a value above is another one than before, or nodes above have other numbers.
        self.changed = kept.get(_ORDER, 0) != self.keys
        self.moved = False
        kept.put(_ORDER, 0, self.keys)

    def _ahead(self) -> list[int]:
        """Return for each row the next one that prints a size, or that is broken; -1 where none does."""
        found, after = [], -1
        for index in range(len(self.rows) - 1, -1, -1):
            found.append(after)
            row, old = self.rows[index], self.old[index]
            known = old.target if old and old.row is row else self.sized.target(row)
            if self.specs[index] is None or (known and not row.aside):
                after = index
        return found[::-1]

    def _same(self, index: int) -> bool:
        old = self.old[index]
        if old is None or (old.row is not self.rows[index] and old.row != self.rows[index]):
            return False
        named = old.name == self.names[index] and old.marked == self.marked[index]
        return named and old.following == self._key(index + 1)

    def _key(self, index: int) -> int:
        """Return where a row begins; -1 where there is none."""
        return self.keys[index] if 0 <= index < len(self.keys) else -1

    def stage(self, index: int, value: Value) -> Value:
        """Build a row, or take it from the run before; give its value."""
        old, before = self.old[index], self._before(index, value)
        nodes = self._nodes(old, value) if old and self._holds(old, index, before) else None
        start = len(self.builder.emitter.nodes)
        if old is None or nodes is None:
            made = self._make(index, value, before)
            out = made.value
            self.changed = self.changed or old is None or as_read(made) != as_read(old)
        else:
            made, out = self._repeat(old, nodes, index, value)
        self.moved = self.moved or old is None or (start, len(made.nodes)) != (old.start, len(old.nodes))
        self.made.append(made)
        self.kept.put(_KIND, self.keys[index], made)
        return out

    def _before(self, index: int, value: Value) -> tuple[Any, ...]:
        """Return all that a row is built from besides the table."""
        builder, lowering = self.builder, self.builder.lowering
        return (
            *value[1:],
            min(value.id, 1),
            builder.lost,
            builder.setting_blamed,
            min(lowering.blocks_seen, 1),
            min(lowering.convolutions, 1),
            lowering.pool_told,
            lowering.rising.seen,
            lowering.rising.total,
            index in builder.fitter.planned,
        )

    def _holds(self, old: Made, index: int, before: tuple[Any, ...]) -> bool:
        """Return whether the row of the run before is what would be built now."""
        last = max(self.ahead[index], index)
        if old.ahead != self._key(self.ahead[index]) or self.others[last + 1] > self.others[index]:
            return False
        if not old.clean or old.before != before or index in self.builder.fitter.planned:
            return False
        return not (old.wired and (self.changed or self.moved))

    def _nodes(self, old: Made, value: Value) -> tuple[Node, ...] | None:
        """Return the nodes of a row where they stand now; None where they read others than the row above."""
        emitter = self.builder.emitter
        moved, stage = len(emitter.nodes) - old.start, len(self.builder.stages)
        same = not moved and value.id == old.taken and (not old.nodes or old.nodes[0].stage == stage)
        if same or self.builder.reporter.failed:  # of a network with errors no graph is made
            return old.nodes
        found = [moved_node(node, old, moved, value.id, stage) for node in old.nodes]
        return None if None in found else tuple(found)  # type: ignore[arg-type]

    def _repeat(self, old: Made, nodes: tuple[Node, ...], index: int, value: Value) -> tuple[Made, Value]:
        """Take a row from the run before: what is kept of it from now on, and its value.

        In a network with errors its nodes are as they were, and so is what is kept of them.
        """
        builder, lowering = self.builder, self.builder.lowering
        start = len(builder.emitter.nodes)
        builder.emitter.nodes += nodes
        builder.counts += old.counts
        line, _ = builder.source.position(self.rows[index].span.start)
        stage = old.stage
        if stage:
            if (start, line) != (old.start, stage.line):
                stage = stage._replace(start=start, stop=start + len(nodes), line=line)
            builder.stages.append(stage)
        builder.sketches.append(old.sketch if line == old.sketch.line else old.sketch._replace(line=line))
        builder.lost = old.lost
        lowering.blocks_seen += old.seen[0]
        lowering.convolutions += old.seen[1]
        lowering.pool_told = old.seen[2]
        lowering.rising.seen += old.seen[3]
        if old.sized:
            here = old.sized.number == index
            builder.fitter.before = old.sized if here else old.sized._replace(number=index)
        stays = start == old.start and value.id == old.taken
        out, previous = (old.value, old.previous) if stays else moved_values(old, start, value)
        if self.rows[index].aside:
            previous = builder.scope.get(PREVIOUS, value)
        builder.keep(self.names[index], out)
        builder.keep(PREVIOUS, previous)
        if builder.reporter.failed or (stays and stage is old.stage):
            return old, out
        moved = old._replace(start=start, taken=value.id, nodes=nodes, stage=stage)
        return moved._replace(value=out, previous=previous), out

    def _make(self, index: int, value: Value, before: tuple[Any, ...]) -> Made:
        """Build a row, and note what it was made of."""
        builder, lowering, row = self.builder, self.builder.lowering, self.rows[index]
        self.kept.count("row lowered")
        start, stages = len(builder.emitter.nodes), len(builder.stages)
        seen = (lowering.blocks_seen, lowering.convolutions, lowering.rising.seen)
        sized = builder.fitter.before
        planned, mark = len(builder.fitter.planned), builder.reporter.mark()
        out = builder.stage(self.rows, self.specs, index, self.names[index], value)
        noted = builder.reporter.since(mark)
        stage = builder.stages[-1] if len(builder.stages) > stages else None
        return Made(
            row,
            self.names[index],
            self.marked[index],
            self._key(index + 1),
            self._key(self.ahead[index]),
            before,
            start,
            value.id,
            tuple(builder.emitter.nodes[start:]),
            stage,
            builder.sketches[-1],
            out,
            builder.scope[PREVIOUS],
            builder.lost,
            (
                lowering.blocks_seen - seen[0],
                lowering.convolutions - seen[1],
                lowering.pool_told,
                lowering.rising.seen - seen[2],
            ),
            builder.fitter.before if builder.fitter.before is not sized else None,
            noted is not None and noted.nothing and len(builder.fitter.planned) == planned,
            wired(row.items),
            self.sized.target(row),
            tuple(builder.counts[start:]),
        )


def specs_again(
    kept: Kept,
    settings: Settings,
    channelled: bool,
    reporter: Reporter,
    rows: tuple[Row, ...],
    make: Callable[[Row], tuple[Spec, ...] | None],
) -> list[tuple[Spec, ...] | None]:
    """Return the specs of rows; those of a row that is as before are kept, unless something was reported of
    it or they hold a block, which reports where it is used. `channelled` says whether sizes have channels."""
    kept.context("specs", essence(settings), channelled)
    found: list[tuple[Spec, ...] | None] = []
    for row in rows:
        before: tuple[Row, tuple[Spec, ...] | None] | None = kept.get("specs", id(row))
        if before is None or before[0] is not row:
            mark = reporter.mark()
            before = row, make(row)
            noted = reporter.since(mark)
            if noted and noted.nothing and not wired(row.items):
                kept.put("specs", id(row), before)
        else:
            kept.put("specs", id(row), before)
        found.append(before[1])
    return found


def essence(settings: Settings) -> Settings:
    """Return settings without what changes nothing of a row: places, printed counts, the names of rows."""
    blocks = settings.blocks._replace(values=frozenset())
    return settings._replace(places={}, classes_span=Span(0, 0), claims=(), style_because="", blocks=blocks)


def crossing(value: Any) -> bool:
    """Return whether layers are applied again elsewhere, or values are kept for other rows: then no row is
    built for itself."""
    if isinstance(value, Wire):
        return value.kind in ("reuse", "tied", "keep")
    return isinstance(value, tuple) and any(map(crossing, value))
