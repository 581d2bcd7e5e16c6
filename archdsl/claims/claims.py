"""Printed counts -> what was computed: parameters, multiply-adds and depth, compared at the precision of the
print.

A count that disagrees is tried against the few readings of a table that would change it; what fits is told,
never switched to.
"""

import re
from math import prod

from archdsl.claims.pairs import Again
from archdsl.diagnostics import Reporter
from archdsl.graph.graph import Graph
from archdsl.graph.measure import Counts, graph_counts, network_counts, own_weights, stage_total
from archdsl.lang.counts import Printed, agrees, like, printed, rounds
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import claims as problems
from archdsl.resolve.settings import Settings
from archdsl.source import Source
from archdsl.syntax.ast import Claim, Row

_BUDGET = pattern(r"\s*(?:<=?|≤|⩽|=<|at most|up to|under|below)\s*(.*)", re.IGNORECASE | re.DOTALL)

_SHARE = pattern(r"\s*(\d{1,3}(?:\.\d{1,9})?)\s*%\s*")
_POINTS = 0.5
_STEPS = 16  # of an optimizer: how many steps it has made, its rates


def counted(counts: Counts, what: str) -> dict[str, int]:
    """Return the counts that a printed number may mean, the first one by convention."""
    if what == "params":
        return {"trainable": counts.trainable, "with moving statistics": counts.total}
    if what == "macs":
        return {"multiply-adds": counts.macs, "operations, two for each multiply-add": 2 * counts.macs}
    return {"depth": counts.depth}


def other_meaning(claim: Claim, whole: Counts) -> tuple[str, str] | None:
    """Say which count a claim means that does not hold of the usual one, and what that is; None where the
    usual one does."""
    (usual, first), *others = counted(whole, claim.what).items()
    meant = next((name for name, count in others if rounds(claim.text, count)), None)
    return (
        (f"{claim.text} {meant}", f"{first:,} are {usual}")
        if meant and not rounds(claim.text, first)
        else None
    )


class Whole(NamedTuple):
    """A network whose counts are printed: `counts` are those of the whole, `own` those of each node."""

    source: Source
    settings: Settings
    graph: Graph
    counts: Counts
    own: tuple[Counts, ...]
    again: Again
    rows: tuple[Row, ...] = ()


def check_claims(
    source: Source,
    reporter: Reporter,
    settings: Settings,
    rows: tuple[Row, ...],
    graph: Graph,
    counts: tuple[Counts, ...],
    again: Again,
) -> None:
    """Compare what is printed of the network and of its rows with the counts of the nodes.

    `again` builds the network with other settings. Counts are printed for the input that is printed: under
    another one that the caller gives, the network is counted as printed.
    """
    other = (
        settings.printed_input if settings.input_given and settings.printed_input != settings.input else ()
    )
    as_printed = settings._replace(input=other, printed_input=())
    printed = again(as_printed) if other else None
    if printed is None:
        _compare(source, reporter, settings, rows, graph, counts, again)
        return
    _compare(source, reporter, as_printed, rows, printed, graph_counts(printed), again)
    claim = next((claim for claim in settings.claims if claim.what == "macs"), None)
    if claim and not reporter.failed:
        macs = network_counts(graph, counts).macs
        reporter.add(problems.of_another_input(source, claim.span, claim.text, other, settings.input, macs))


def _compare(
    source: Source,
    reporter: Reporter,
    settings: Settings,
    rows: tuple[Row, ...],
    graph: Graph,
    counts: tuple[Counts, ...],
    again: Again,
) -> None:
    whole = network_counts(graph, counts)
    network = Whole(source, settings, graph, whole, counts, again, rows)
    for claim in settings.claims:
        if claim.what == "macs" and settings.open_axes:
            continue  # of a size that is not said
        _network(reporter, network, claim)
    spans = {stage.span: index for index, stage in enumerate(graph.stages)}
    for row in rows:
        if row.claims and row.span in spans:
            own = stage_total(graph, counts, spans[row.span])
            for claim in row.claims:
                if _is_share(claim, counted(own, claim.what), counted(whole, claim.what)):
                    continue
                more = {"without biases": _unbiased(graph, spans[row.span])} if claim.what == "params" else {}
                _row(source, reporter, row, claim, counted(own, claim.what) | more)


def _is_share(claim: Claim, own: dict[str, int], whole: dict[str, int]) -> bool:
    """Return whether a row prints its share of the network's count: `6.47 %`, to half a point, as some
    counters count norms otherwise."""
    share = _SHARE.fullmatch(claim.text)
    if share is None:
        return False
    pairs = [(own[name], count) for name, count in whole.items() if count]
    return any(abs(100 * part / count - float(share[1])) <= _POINTS for part, count in pairs)


def _unbiased(graph: Graph, index: int) -> int:
    """Count the trainable weights of a stage without its biases, as older tables do."""
    stage = graph.stages[index]
    nodes = graph.nodes[stage.start : stage.stop]
    weights = [weight for node in nodes for weight in own_weights(graph, node)]
    return sum(prod(weight.shape) for weight in weights if weight.trainable and weight.name != "bias")


def _row(source: Source, reporter: Reporter, row: Row, claim: Claim, counts: dict[str, int]) -> None:
    """A row's count is told as a warning: published rows often hold other things than their layers."""
    if not any(agrees(claim.text, count) for count in counts.values()):
        meant = like(claim.text, next(iter(counts.values()))) if printed(claim.text) else ""
        reporter.add(
            problems.row_count_differs(
                source, claim.span, claim.text, claim.what, row.name or "this row", counts, meant
            )
        )


def _network(reporter: Reporter, network: Whole, claim: Claim) -> None:
    """Compare a count, or a budget for it, that is printed of the whole network."""
    source, counts = network.source, counted(network.counts, claim.what)
    budget = _BUDGET.fullmatch(claim.text)
    wanted = printed(budget[1] if budget else claim.text)
    if wanted is None:
        reporter.add(problems.not_a_count(source, claim.span, claim.text))
    elif budget:
        computed, variant = next(iter(counts.values())), network.settings.variant
        if computed > wanted.value:
            reporter.add(problems.over_budget(source, claim.span, budget[1], claim.what, computed, variant))
    elif times := _of_optimizer(network, claim, wanted):
        computed = network.counts.trainable
        reporter.add(problems.with_optimizer(source, claim.span, claim.text, computed, times))
    elif not any(agrees(claim.text, count) for count in counts.values()):
        from archdsl.claims.differing import explained

        reporter.add(explained(network, claim, wanted))


def _of_optimizer(network: Whole, claim: Claim, wanted: Printed) -> int:
    """Return how many values a total has for each trainable one: 2 with a momentum, 3 with Adam's means.

    Else 0. The network's own count must be printed, too: as another total, or by the rows.
    """
    counts, own = network.counts, network.counts.trainable
    if claim.what != "params" or wanted.unit > 1 or not own:
        return 0
    extra = wanted.value - counts.total
    times = round(extra / own)
    fits = times in (1, 2) and 0 <= extra - times * own <= _STEPS
    return times + 1 if fits and _is_printed(network, claim) else 0


def _is_printed(network: Whole, total: Claim) -> bool:
    """Return whether a table prints the network's own count beside a total."""
    others = [one for one in network.settings.claims if one.what == "params" and one is not total]
    of_rows = [printed(one.text) for row in network.rows for one in row.claims if one.what == "params"]
    whole = sum(int(found.value) for found in of_rows if found)
    return whole in (network.counts.trainable, network.counts.total) or any(
        agrees(one.text, network.counts.trainable) for one in others
    )
