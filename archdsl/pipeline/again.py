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
    from archdsl.why.inputs import MOST_NODES, fitting, likely, reading

    trials, own = _Trials(source, table, settings), Reporter()
    shapes = fitting(table, trials.hold, trials.first)
    example = reading(table)
    if not shapes and example is None:
        example = likely(table, lambda shape: trials.most < MOST_NODES and trials.hold(shape), trials.first)
    own.add(preamble.no_input(source, told.diagnostics[0].span, shapes, example))
    return own


def unsuited(source: Source, table: Table, settings: Settings, told: Reporter) -> Reporter:
    """Say that the input that the caller gives is not a table's, where all that it prints agrees with another
    one; else what was told."""
    from archdsl.why.inputs import IMAGE, fitting

    trials = _Trials(source, table, settings)
    shapes = [shape for shape in fitting(table, trials.hold, trials.first) if shape[-1] <= IMAGE]
    if not shapes:
        return told
    own, name = Reporter(), table.name
    own.add(preamble.unsuited_input(source, table.rows[0].size_span, name, settings.input or (), shapes))
    return own


class _Trials:
    """Builds a table under other inputs than its settings'; `most` is how many layers the largest had."""

    def __init__(self, source: Source, table: Table, settings: Settings) -> None:
        self.source = source
        self.table = table
        self.settings = settings
        self.first = settings.conventions["size-order"] == "channels-first"
        self.most = 0

    def hold(self, shape: Shape) -> bool:
        """Return whether all that the table prints agrees with an input."""
        tried, other = Reporter(), self.settings._replace(input=shape, rank=len(shape) - 1)
        builder, graph = NetworkBuilder(self.source, tried, other).lowered(self.table)
        self.most = max(self.most, len(builder.emitter.nodes))
        if graph:
            counts = tuple(builder.counts)
            check_printed(self.source, tried, other, self.table, self.table.rows, graph, counts)
        return graph is not None and not tried.failed


def _again(source: Source, table: Table, settings: Settings, rows: tuple[Row, ...]) -> Graph | None:
    """Build a network once more, with other settings or rows; None where that has errors."""
    return NetworkBuilder(source, Reporter(), settings).build(table._replace(rows=rows))
