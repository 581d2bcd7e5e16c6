"""Printed counts -> what was computed: parameters, multiply-adds and depth, compared at the precision of the
print.

A count that disagrees is tried against the few readings of a table that would change it; what fits is told,
never switched to.
"""

import math
import re
from math import prod

from archdsl.claims.pairs import Again
from archdsl.diagnostics import Reporter
from archdsl.graph.graph import Graph
from archdsl.graph.measure import Counts, graph_counts, network_counts, own_weights, stage_total
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.problems import claims as problems
from archdsl.resolve.settings import Settings
from archdsl.source import Source
from archdsl.syntax.ast import Claim, Row

_NUMBER = re.compile(
    r"\s*[~≈]?\s*(\d{1,3}(?:[ ]\d{3})+|\d[\d,_]*(?:\.\d+)?|\.\d+)"
    r"\s*(?:(?:[×x*·]\s*10\s*(?:\^|\*\*)?|e\+?)\s*\{?\s*(\d{1,2})\s*\}?|(k|m|g|b|million|billion)?)(?:i)?"
    r"\s*(?:params|parameters|flops|macs)?\s*",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"(0(?=,)|\d+(?=,(?:\d{1,2}|\d{4,})$)),(\d+)")
_BUDGET = re.compile(r"\s*(?:<=?|≤|⩽|=<|at most|up to|under|below)\s*(.*)", re.IGNORECASE | re.DOTALL)
_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "million": 10**6, "billion": 10**9}


class Printed(NamedTuple):
    """A printed count: its value, and the size of one unit of its last digit."""

    value: float
    unit: float


def printed(text: str) -> Printed | None:
    """Read `25.6M`, `3.8×10^9`, `1,248,424`, `112K`; None where the text is no number."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    digits = _in_digits(match[1])
    scale = 10 ** int(match[2]) if match[2] else _UNITS[match[3].lower()] if match[3] else 1
    decimals = len(digits.partition(".")[2])
    value = float(digits) * float(scale)
    return Printed(value, scale / 10**decimals) if math.isfinite(value) else None


def _in_digits(number: str) -> str:
    """Take out the signs between thousands; a comma that no three digits follow is a decimal point: `0,22` of
    `0,22K`."""
    decimal = _DECIMAL_COMMA.fullmatch(number)
    return f"{decimal[1]}.{decimal[2]}" if decimal else re.sub("[,_ ]", "", number)


def agrees(text: str, count: int) -> bool:
    """Return whether a count is what is printed: exactly, or rounded or cut off at the last digit (K may be
    1,024).

    One digit alone says little: a count that is half of it, or twice as large, is another number even so.
    """
    found = printed(text)
    if found is None:
        return False
    if found.unit <= 1:
        return count == found.value
    counts = (count, count / 1.024) if "k" in text.lower() else (count,)
    return any(_printed_as(one, found) and _is_near(one, found.value) for one in counts)


def _is_near(count: float, value: float) -> bool:
    return value == 0 or value / 2 < count < 2 * value


def _printed_as(count: float, found: Printed) -> bool:
    """Return whether a count, rounded or cut off at the last digit, is what is printed."""
    return -found.unit / 2 <= count - found.value < max(found.unit, 1)


def like(text: str, count: int) -> str:
    """Write a count as another one is printed: as many digits, the same unit."""
    match, found = _NUMBER.fullmatch(text), printed(text)
    if match is None or found is None:
        return f"{count:,}"
    decimals = len(_in_digits(match[1]).partition(".")[2])
    scale = found.unit * 10**decimals
    number = f"{count / scale:,.{decimals}f}"
    return (number if "," in match[1] else number.replace(",", "")) + text[match.end(1) :]


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
    meant = next((name for name, count in others if _rounds(claim.text, count)), None)
    return (
        (f"{claim.text} {meant}", f"{first:,} are {usual}")
        if meant and not _rounds(claim.text, first)
        else None
    )


def _rounds(text: str, count: int) -> bool:
    """Return whether a count, rounded or cut off, is what is printed."""
    found = printed(text)
    return found is not None and _printed_as(count, found)


class Whole(NamedTuple):
    """A network whose counts are printed: they were counted as `counts`, and `norms` of them are those of
    normalisation."""

    source: Source
    settings: Settings
    graph: Graph
    counts: Counts
    norms: int
    again: Again


def check_claims(
    source: Source, reporter: Reporter, settings: Settings, rows: tuple[Row, ...], graph: Graph, again: Again
) -> tuple[Counts, ...]:
    """Compare what is printed of the network and of its rows, and give the counts of the nodes.

    `again` builds the network with other settings. Counts are printed for the input that is printed: under
    another one that the caller gives, the network is counted as printed.
    """
    counts = graph_counts(graph)
    other = (
        settings.printed_input if settings.input_given and settings.printed_input != settings.input else ()
    )
    as_printed = settings._replace(input=other, printed_input=())
    printed = again(as_printed) if other else None
    if printed is None:
        _compare(source, reporter, settings, rows, graph, counts, again)
        return counts
    _compare(source, reporter, as_printed, rows, printed, graph_counts(printed), again)
    claim = next((claim for claim in settings.claims if claim.what == "macs"), None)
    if claim and not reporter.failed:
        macs = network_counts(graph, counts).macs
        reporter.add(problems.of_another_input(source, claim.span, claim.text, other, settings.input, macs))
    return counts


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
    network = Whole(source, settings, graph, whole, _norms(graph, counts), again)
    for claim in settings.claims:
        if claim.what == "macs" and settings.open_axes:
            continue  # of a size that is not said
        _network(reporter, network, claim)
    spans = {stage.span: index for index, stage in enumerate(graph.stages)}
    for row in rows:
        if row.claims and row.span in spans:
            own = stage_total(graph, counts, spans[row.span])
            for claim in row.claims:
                more = {"without biases": _unbiased(graph, spans[row.span])} if claim.what == "params" else {}
                _row(source, reporter, row, claim, counted(own, claim.what) | more)


def _norms(graph: Graph, counts: tuple[Counts, ...] | list[Counts]) -> int:
    """Count the parameters of normalisation: some papers leave them out."""
    return sum(own.trainable for node, own in zip(graph.nodes, counts, strict=True) if OPS[node.op].norm)


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
    elif not any(agrees(claim.text, count) for count in counts.values()):
        from archdsl.claims.differing import explained

        reporter.add(explained(network, claim, wanted))
