"""A table under another input than the printed one: it has the strides that its sizes mean under that one."""

from archdsl.diagnostics import Reporter
from archdsl.graph.graph import Graph, Shape
from archdsl.light import TYPE_CHECKING
from archdsl.solve.solve import Solution
from archdsl.syntax.ast import Table

if TYPE_CHECKING:
    from archdsl.lower.network import NetworkBuilder


def under_another(builder: "NetworkBuilder", table: Table, printed: Shape) -> Graph | None:
    """Return the graph of a table, or None where an error was reported.

    Printed sizes belong to the input that the table was printed for: under another one, the network has the
    strides that they mean there. Where the table does not hold there, its sizes may be those of the other
    input.
    """
    own = builder.settings.input
    base = _other(builder, Reporter(), printed)
    if base.built(table):
        builder.given = base.solutions
        given = _other(builder, Reporter(), own, base.solutions).built(table)
        if given is None and _holds(builder, table):
            builder.given = None
    elif not _holds(builder, table):
        return _other(builder, builder.reporter, printed).built(table)
    return builder.built(table)


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
