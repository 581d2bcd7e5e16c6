"""A printed count that a network has not -> what it has, and which settings would give the printed one."""

from functools import partial

from archdsl.claims.alternatives import Changes, Tried, changed, line, tried
from archdsl.claims.claims import Whole, counted
from archdsl.claims.grouped import halved
from archdsl.claims.pairs import Again
from archdsl.diagnostics import Diagnostic
from archdsl.graph.graph import Graph
from archdsl.graph.measure import graph_counts, network_counts
from archdsl.lang.counts import Printed, agrees, like
from archdsl.ops import OPS
from archdsl.problems import claims as problems
from archdsl.problems.base import listed
from archdsl.problems.claims import Mend
from archdsl.resolve.settings import Settings
from archdsl.source import Span
from archdsl.syntax.ast import Claim


def _norms(network: Whole) -> int:
    """Count the parameters of normalisation: some papers leave them out."""
    nodes = zip(network.graph.nodes, network.own, strict=True)
    return sum(own.trainable for node, own in nodes if OPS[node.op].norm)


def explained(network: Whole, claim: Claim, wanted: Printed) -> Diagnostic:
    """Say how a network's count differs from the printed one; that it is one without norms, if it is."""
    source, settings, whole = network.source, network.settings, network.counts
    counts = counted(whole, claim.what)
    base = next(iter(counts.values()))
    norms = _norms(network)
    if claim.what == "params" and norms:
        bare = whole.trainable - norms
        counts["without normalisation"] = bare
        if agrees(claim.text, bare):
            meant = like(claim.text, whole.trainable)
            return problems.without_norms(source, claim.span, claim.text, counts, meant, settings.variant)
    fits, count = partial(agrees, claim.text), partial(_count, settings, claim.what, network.again)
    found = tried(settings, network.graph, claim.what, base, wanted.value, fits, count)
    fitting = _fitting(network, claim, found)
    near = "" if fitting else _near(network, claim, wanted, found, base)
    meant = like(claim.text, base)
    return problems.count_differs(
        source, claim.span, claim.text, claim.what, counts, fitting, near, meant, settings.variant
    )


def _fitting(network: Whole, claim: Claim, found: Tried) -> list[Mend]:
    """Return the settings that give the printed count: conventions, else those of the table's pairs."""
    settings = network.settings
    fitting = [
        Mend(tuple(_setting(settings, *change) for change in changes.items())) for changes in found.fitting
    ]
    return fitting or [
        Mend(((line, None, line),))
        for line, one in network.again.in_pairs(settings)
        if one and agrees(claim.text, _usual(claim.what, one))
    ]


def _near(network: Whole, claim: Claim, wanted: Printed, found: Tried, base: int) -> str:
    """Say what else comes to the printed count, or nearer to it; empty where nothing does."""
    if claim.what == "params" and wanted.unit <= 1:
        choices = [listed(names, "and") for names in halved(network.graph, base - int(wanted.value))]
        if choices:
            return f"`groups=2` in {', or in '.join(choices)} would give the printed number"
    if 2 * abs(found.gives - wanted.value) >= abs(base - wanted.value):
        return ""
    lines = _lines(network.settings, found.nearest)
    return f"nearest result with one setting: {found.gives:,}, by {lines}"


def _count(settings: Settings, what: str, again: Again, changes: Changes) -> int | None:
    graph = again(changed(settings, changes))
    return None if graph is None else _usual(what, graph)


def _usual(what: str, graph: Graph) -> int:
    return next(iter(counted(network_counts(graph, graph_counts(graph)), what).values()))


def _setting(settings: Settings, key: str, value: str) -> tuple[str, Span | None, str]:
    """Return the line of a setting, and where its value stands now, with what is to stand there."""
    text = line(settings, key, value)
    return text, settings.places.get(key), text.partition(" ")[2]


def _lines(settings: Settings, changes: Changes) -> str:
    return listed((line(settings, *change) for change in changes.items()), "and")
