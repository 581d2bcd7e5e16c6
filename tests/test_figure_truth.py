"""No edge is lost and none is made up: bodies and far edges put together give the graph again."""

from collections import Counter

import pytest
from figure_nets import NETS
from figure_random import RandomNet

from archdsl.figure.collapse import Body, Bracket, Fork, Part, Web, shown, sources
from archdsl.figure.trunk import trunk
from archdsl.graph.graph import Graph

Edges = Counter[tuple[int, int]]


def part_edges(part: Part, before: list[int], found: Edges) -> list[int]:
    """Add the edges into and inside a part; give the nodes that its output comes from."""
    if isinstance(part, int):
        found.update((source, part) for source in before)
        return [part]
    if isinstance(part, Bracket):
        for body in part.bodies:
            before = body_edges(body, before, found)
        return before
    if isinstance(part, Fork):
        return [out for branch in part.branches for out in body_edges(branch, before, found)]
    return web_edges(part, before, found)


def web_edges(web: Web, before: list[int], found: Edges) -> list[int]:
    outs: dict[int, list[int]] = {-1: before}
    last: list[int] = []
    for at, part in enumerate(web.parts):
        outs[at] = part_edges(
            part, [out for tail, head in web.edges if head == at for out in outs[tail]], found
        )
    for tail, head in web.edges:
        last += outs[tail] if head == len(web.parts) else []
    return last


def body_edges(body: Body, before: list[int], found: Edges) -> list[int]:
    outs = {-1: before}
    for at, part in enumerate(body.parts):
        outs[at] = part_edges(part, outs[at - 1], found)
    for path in body.paths:
        way = [*path.nodes, body.parts[path.end]]
        tails = outs[path.start]
        for node in way:
            assert isinstance(node, int)
            found.update((tail, node) for tail in tails)
            tails = [node]
    return outs[len(body.parts) - 1]


def drawn(graph: Graph) -> Edges:
    placed = trunk(graph)
    found: Edges = Counter()
    for row in (*placed.rows, *(row for chain in placed.sides for row in chain)):
        body_edges(row.body, [row.start], found)
    for user, afar in placed.wiring.sources.items():
        found.update((source, user) for source in afar)
    return found


def edges_of(graph: Graph) -> Edges:
    ids = shown(graph, range(len(graph.nodes)))
    return Counter((source, i) for i in ids for source in sources(graph, i))


@pytest.mark.parametrize("name", NETS)
def test_networks(name: str) -> None:
    assert drawn(NETS[name]()) == edges_of(NETS[name]())


@pytest.mark.parametrize("seed", range(300))
def test_random_networks(seed: int) -> None:
    graph = RandomNet(seed).graph()
    expected, found = edges_of(graph), drawn(graph)
    assert set(found) == set(expected)
