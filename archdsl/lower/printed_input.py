"""A table under another input than the printed one: it has the strides that its sizes mean under that one."""

from collections.abc import Callable

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import Value
from archdsl.graph.graph import Graph, Shape
from archdsl.lower.network import NetworkBuilder
from archdsl.solve.fit import Rows
from archdsl.solve.follow import PREVIOUS, step, within
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import Solution
from archdsl.syntax.ast import Row, Table

Built = tuple[NetworkBuilder, Graph | None]


def under_another(builder: NetworkBuilder, table: Table, printed: Shape) -> Built:
    """Return the graph of a table, None where an error was reported, and the builder that built it.

    Printed sizes belong to the input that the table was printed for: under another one, the network has the
    strides that they mean there. Where the table does not hold there, its sizes may be those of the other
    input.
    """
    return _with_printed_strides(builder, table, printed) or _as_it_holds(builder, table, printed)


def _with_printed_strides(builder: NetworkBuilder, table: Table, printed: Shape) -> Built | None:
    """Build a table with the strides of its printed input; None where it does not hold with them, of which
    nothing is told."""
    solver = _Solver(builder.source, _listening(builder), builder.settings._replace(input=printed))
    solutions = solver.solved(table)
    if solutions is None:
        return None
    reporter = _listening(builder)
    made = _other(builder, reporter, builder.settings.input, solutions)
    made.kept = builder.kept
    made.resolved = solver.resolved
    graph = made.built(table)
    if graph is None:
        return None
    builder.reporter.again(reporter.everything())
    return made, graph


def _listening(builder: NetworkBuilder) -> Reporter:
    """Return a reporter that notes what is taken, where that of a builder does."""
    reporter = Reporter()
    reporter.claims = None if builder.reporter.claims is None else []
    return reporter


def _as_it_holds(builder: NetworkBuilder, table: Table, printed: Shape) -> Built:
    """Build a table whose sizes are those of the other input, or tell what is wrong with it under the printed
    one; under the other one where it holds under the printed one alone."""
    if _other(builder, Reporter(), builder.settings.input).built(table) is None:
        base = _other(builder, Reporter(), printed)
        if base.built(table) is None:
            other = _other(builder, builder.reporter, printed)
            return other, other.built(table)
        builder.given = base.solutions
    return builder, builder.built(table)


def _other(
    builder: NetworkBuilder, reporter: Reporter, shape: Shape, given: dict[int, Solution] | None = None
) -> NetworkBuilder:
    """Make a builder for another input, or for strides that are given."""
    made = NetworkBuilder(builder.source, reporter, builder.settings._replace(input=shape))
    made.given = given
    return made


class _Solver(NetworkBuilder):
    """Solves the rows of a table for the sizes that it prints, and makes no layers of them."""

    def solved(self, table: Table) -> dict[int, Solution] | None:
        """Return the solution of each row; None where the table has an error."""
        self.built(table)
        return None if self.reporter.failed else self.solutions

    def _specs(self, rows: tuple[Row, ...]) -> Rows:
        """Keep the specs with what is told of them: no size of the input is in them."""
        mark = self.reporter.mark()
        specs = super()._specs(rows)
        told = self.reporter.since(mark)
        self.resolved = told and (specs, told)
        return specs

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
        """Follow the shape through a row; what it keeps for other rows, and what its last block read, is kept
        as a shape, too."""
        self.resolver.parts[name] = solution.specs, solution.padding
        names = within(within(self.shapes))
        shape: Size | None = value.shape
        for spec in solution.specs:
            shape = shape and step(spec, shape, solution.padding, names)
        if shape is None:
            self.reporter.follow()
            return self._broken(target, value, solution.specs)
        out = Value(value.id + 1, shape)
        own, kept = names.maps[:2]
        self.read = out._replace(shape=own[PREVIOUS]) if PREVIOUS in own else None
        for key, known in kept.items():
            self.keep(key, out._replace(shape=known))
        declared = None if target is None else self.declared.of(row)
        return self.declared.check_channels(row, declared, out, counted=True)

    def _graph(self, rows: tuple[Row, ...], specs: Rows, outputs: tuple[int, ...]) -> None:
        """Make none."""
