"""A directed graph between one entry and one exit -> pieces in series and in parallel, as far as it has that
form.

Vertices are numbers in an order that follows the edges. A piece is a vertex that every way through passes,
branches side by side between two of those, or a web: a part that is neither and is drawn edge by edge.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

ENTRY, EXIT = -1, -2
_DEEPEST = 30


class Parallel(NamedTuple):
    """Branches between the piece before and the piece after; an empty one is a direct edge."""

    branches: "tuple[Series, ...]"


class Web(NamedTuple):
    """Vertices with edges of no simple form."""

    vertices: tuple[int, ...]


Piece = int | Parallel | Web
Series = tuple[Piece, ...]
Edge = tuple[int, int]


def decompose(order: Sequence[int], inputs: Mapping[int, Sequence[int]], exits: Sequence[int]) -> Series:
    """Decompose a region: `inputs` are those of each vertex (`ENTRY` for the region's), `exits` the vertices
    it ends in."""
    edges = [(tail, head) for head in order for tail in inputs[head]] + [(tail, EXIT) for tail in exits]
    fed, used = {head for _, head in edges}, {tail for tail, _ in edges}
    if not order:
        return ()
    if not fed.issuperset(order) or not used.issuperset(order):
        return (Web(tuple(order)),)
    return _series(order, ENTRY, EXIT, edges, 0)


def _series(order: Sequence[int], start: int, end: int, edges: Sequence[Edge], depth: int) -> Series:
    places = {start: 0, **{vertex: place for place, vertex in enumerate(order, 1)}, end: len(order) + 1}
    cuts = [0, *_cuts(len(order), [(places[tail], places[head]) for tail, head in edges]), len(order) + 1]
    section = {
        place: number for number, (low, high) in enumerate(pairwise(cuts)) for place in range(low, high)
    }
    within: list[list[Edge]] = [[] for _ in cuts]
    for tail, head in edges:
        within[section[places[tail]]].append((tail, head))
    by_place = [start, *order, end]
    pieces: list[Piece] = []
    for number, (low, high) in enumerate(pairwise(cuts)):
        pieces += _between(by_place[low + 1 : high], by_place[low], by_place[high], within[number], depth)
        pieces += [by_place[high]] if high <= len(order) else []
    return tuple(pieces)


def _cuts(count: int, edges: Sequence[Edge]) -> list[int]:
    """Find the places that no edge leads past."""
    farthest = [0] * (count + 2)
    for tail, head in edges:
        farthest[tail] = max(farthest[tail], head)
    cuts, reach = [], farthest[0]
    for place in range(1, count + 1):
        if reach <= place:
            cuts.append(place)
        reach = max(reach, farthest[place])
    return cuts


def _between(inner: Sequence[int], start: int, end: int, edges: Sequence[Edge], depth: int) -> list[Piece]:
    direct = edges.count((start, end))
    if not inner:
        return [Parallel(((),) * direct)] if direct > 1 else []
    parts = _components(inner, edges)
    if depth == _DEEPEST or (len(parts) == 1 and not direct):
        return [Web(tuple(inner))]
    owner = {vertex: number for number, part in enumerate(parts) for vertex in part}
    shares: list[list[Edge]] = [[] for _ in parts]
    arrivals: list[int | None] = []  # which branch each input of the end comes from; None for a direct edge
    for tail, head in edges:
        if (tail, head) != (start, end):
            shares[owner[tail if tail in owner else head]].append((tail, head))
        if head == end:
            arrivals.append(owner.get(tail))
    branches = {
        number: _series(part, start, end, shares[number], depth + 1) for number, part in enumerate(parts)
    }
    return [Parallel(tuple(branches.get(number, ()) for number in _once(arrivals)))]


def _once(arrivals: Sequence[int | None]) -> list[int]:
    seen: list[int] = []
    for number in arrivals:
        if number is None or number not in seen:
            seen.append(-1 if number is None else number)
    return seen


def _components(inner: Sequence[int], edges: Sequence[Edge]) -> list[list[int]]:
    leader = {vertex: vertex for vertex in inner}

    def find(vertex: int) -> int:
        while leader[vertex] != vertex:
            leader[vertex] = leader[leader[vertex]]
            vertex = leader[vertex]
        return vertex

    for tail, head in edges:
        if tail in leader and head in leader:
            leader[find(head)] = find(tail)
    parts: dict[int, list[int]] = {}
    for vertex in inner:
        parts.setdefault(find(vertex), []).append(vertex)
    return list(parts.values())
