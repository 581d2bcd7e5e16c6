"""A network that is built once more: under other settings, for what its table claims, or another input."""

from functools import partial

from archdsl.claims.claims import check_claims
from archdsl.claims.pairs import Again
from archdsl.diagnostics import Reporter
from archdsl.graph.graph import Graph, Shape
from archdsl.graph.measure import Counts
from archdsl.lower.network import NetworkBuilder
from archdsl.problems import preamble
from archdsl.resolve.settings import Settings
from archdsl.source import Source
from archdsl.syntax.ast import Row, Table


def check_printed(
    source: Source,
    reporter: Reporter,
    settings: Settings,
    table: Table,
    rows: tuple[Row, ...],
    graph: Graph,
    counts: tuple[Counts, ...],
) -> None:
    """Compare what a table and some of its rows claim with a network, whose nodes have these counts."""
    again = Again(partial(_again, source, table), table.rows)
    check_claims(source, reporter, settings, rows, graph, counts, again)


def with_inputs(source: Source, table: Table, settings: Settings, told: Reporter) -> Reporter:
    """Say under which inputs a table holds that does not print its own."""
    from archdsl.why.inputs import MOST_NODES, fitting, likely

    sizes = [0]

    def holds(shape: Shape) -> bool:
        tried, other = Reporter(), settings._replace(input=shape, rank=len(shape) - 1)
        builder, graph = NetworkBuilder(source, tried, other).lowered(table)
        sizes.append(len(builder.emitter.nodes))
        if graph:
            check_printed(source, tried, other, table, table.rows, graph, tuple(builder.counts))
        return graph is not None and not tried.failed

    own, first = Reporter(), settings.conventions["size-order"] == "channels-first"
    shapes = fitting(table, holds, first)
    example = None if shapes else likely(table, lambda shape: max(sizes) < MOST_NODES and holds(shape), first)
    own.add(preamble.no_input(source, told.diagnostics[0].span, shapes, example))
    return own


def _again(source: Source, table: Table, settings: Settings, rows: tuple[Row, ...]) -> Graph | None:
    """Build a network once more, with other settings or rows; None where that has errors."""
    return NetworkBuilder(source, Reporter(), settings).build(table._replace(rows=rows))
