"""A table under another input than the printed one: it has the strides that its sizes mean under that one."""

from archdsl.diagnostics import Reporter
from archdsl.graph.graph import Graph, Shape
from archdsl.light import TYPE_CHECKING
from archdsl.solve.solve import Solution
from archdsl.syntax.ast import Table

if TYPE_CHECKING:
    from archdsl.lower.network import NetworkBuilder

    Built = tuple[NetworkBuilder, Graph | None]


def under_another(builder: "NetworkBuilder", table: Table, printed: Shape) -> "Built":
    """Return the graph of a table, None where an error was reported, and the builder that built it.

    Printed sizes belong to the input that the table was printed for: under another one, the network has the
    strides that they mean there. Where the table does not hold there, its sizes may be those of the other
    input.
    """
    base = _other(builder, Reporter(), printed)
    if base.built(table):
        built = _with_strides_of(builder, base, table)
        if built is not None:
            return built
        if not _holds(builder, table):
            builder.given = base.solutions
    elif not _holds(builder, table):
        other = _other(builder, builder.reporter, printed)
        return other, other.built(table)
    return builder, builder.built(table)


def _with_strides_of(builder: "NetworkBuilder", base: "NetworkBuilder", table: Table) -> "Built | None":
    """Build a table with the strides of its printed input; None where it does not hold with them, of which
    nothing is told."""
    reporter = Reporter()
    reporter.claims = None if builder.reporter.claims is None else []
    start = reporter.mark()
    made = _other(builder, reporter, builder.settings.input, base.solutions)
    made.kept = builder.kept
    graph = made.built(table)
    if graph is None:
        return None
    told = reporter.since(start)
    if told is None:  # more than are listed
        builder.given = base.solutions
        return builder, builder.built(table)
    builder.reporter.again(told)
    return made, graph


def _holds(builder: "NetworkBuilder", table: Table) -> bool:
    """Return whether the sizes of a table are those under the other input."""
    return _other(builder, Reporter(), builder.settings.input).built(table) is not None


def _other(
    builder: "NetworkBuilder", reporter: Reporter, shape: Shape, given: dict[int, Solution] | None = None
) -> "NetworkBuilder":
    """Make a builder for another input, or for strides that are given."""
    made = type(builder)(builder.source, reporter, builder.settings._replace(input=shape))
    made.given = given
    return made
