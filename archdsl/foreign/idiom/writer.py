"""A bare graph -> texts of specs that may compute the same, the shortest first; the literal one is always
the last."""

from collections.abc import Iterator, Mapping

from archdsl.foreign.annotate import annotated, trunk
from archdsl.foreign.apart import apart
from archdsl.foreign.idiom.before import layers
from archdsl.foreign.idiom.brackets import brackets
from archdsl.foreign.idiom.house import House, literal, styled
from archdsl.foreign.idiom.library import Match, matches
from archdsl.foreign.spec import spec
from archdsl.foreign.words import text
from archdsl.graph.graph import Graph
from archdsl.ops import OPS
from archdsl.syntax import library

_HABITS = ("norm", "activation", "bias")  # what a house does to each layer


def specs(graph: Graph, origin: str) -> Iterator[str]:
    """Write a graph under each style that has words for it, and in the end with every layer written out."""
    plain = spec(annotated(graph, {}), origin, literal(graph), {})
    found = [text for house in _near(graph) if (text := _styled(graph, origin, house))]
    yield from sorted((one for one in found if len(one) < len(plain)), key=len)
    yield plain


def _near(graph: Graph) -> list[House]:
    """Return the houses that differ least from a graph in what they do to each layer."""
    houses = [styled(graph, name) for name in library.names() if not name.startswith("_")]
    far = [sum(key in house.changed for key in _HABITS) for house in houses]
    return [house for house, steps in zip(houses, far, strict=True) if steps <= min(far) + 1]


def _styled(graph: Graph, origin: str, house: House) -> str:
    """Write a graph under a style; an empty text where nothing in it is of that style."""
    found = _on_trunk(graph, {**matches(graph, house), **brackets(graph, house), **layers(graph, house)})
    foreign = any(key in house.changed for key in _HABITS) or not any(
        OPS[node.op].is_filter for node in graph.nodes
    )
    if not found and house.style != "plain" and foreign:
        return ""
    dropping = _dropping(graph, house, found)
    if dropping is house and any(match.rises for match in found.values()):
        found = _on_trunk(graph, {**_alone(graph, house, found), **found})
        dropping = _dropping(graph, house, found)
    return spec(annotated(graph, found), origin, dropping, found)


def _alone(graph: Graph, house: House, found: Mapping[int, Match]) -> dict[int, Match]:
    """Return the single layers before the first block whose rate rises that may be such blocks, too: they
    count among them."""
    first = min(at for at, match in found.items() if match.rises)
    return {at: one for at, one in matches(graph, house, 1).items() if at < first and one.rises}


def _on_trunk(graph: Graph, found: dict[int, Match]) -> dict[int, Match]:
    """Return the matches that are whole elements of a graph."""
    ends = {one.start: one.stop for one in trunk(graph, found, apart(graph, found))}
    return {start: match for start, match in found.items() if ends.get(start) == match.stop}


def _dropping(graph: Graph, house: House, found: Mapping[int, Match]) -> House:
    """Return a house with the rate that drops of paths rise to, where those of its blocks rise evenly."""
    rising = [match for _, match in sorted(found.items()) if match.rises]
    highest = {
        round(node.params["rate"] * len(rising) / number, 6)
        for number, match in enumerate(rising)
        for node in graph.nodes[match.start : match.stop]
        if node.op == "drop_path" and number
    }
    if len(highest) != 1:
        return house
    rate = {"drop-path": text(highest.pop())}
    return house._replace(settings={**house.settings, **rate}, changed={**house.changed, **rate})
