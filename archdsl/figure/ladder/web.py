"""A web of steps -> layers: steps below those that feed them, with room beside them for edges that pass."""

from collections.abc import Sequence
from typing import NamedTuple

from archdsl.figure.parts import Web

Edge = tuple[int, int]


class Slot(NamedTuple):
    """A step of a web in its layer, or an edge that leads past that layer."""

    step: int = -1
    edge: Edge = (-1, -1)


def layers(web: Web) -> list[list[Slot]]:
    """Return the slots of each layer from left to right, each near those that lead to it."""
    ranks = _ranks(web)
    found: list[list[Slot]] = [[] for _ in range(max(ranks) + 1)]
    for step, rank in enumerate(ranks):
        found[rank].append(Slot(step))
    for edge in dict.fromkeys(web.edges):
        for rank in passed(web, ranks, edge):
            found[rank].append(Slot(edge=edge))
    places: dict[Slot, float] = {}
    for layer in found:
        layer.sort(key=lambda slot: _pull(web, slot, places))
        places |= {slot: at - (len(layer) - 1) / 2 for at, slot in enumerate(layer)}
    return found


def _ranks(web: Web) -> list[int]:
    ranks: list[int] = []
    for step in range(len(web.steps)):
        tails = [ranks[tail] for tail, head in web.edges if head == step and tail >= 0]
        ranks.append(max(tails, default=-1) + 1)
    return ranks


def passed(web: Web, ranks: Sequence[int], edge: Edge) -> range:
    """Return the layers that an edge leads past."""
    tail, head = edge
    start = ranks[tail] if tail >= 0 else -1
    end = ranks[head] if head < len(web.steps) else max(ranks) + 1
    return range(start + 1, end)


def _pull(web: Web, slot: Slot, places: dict[Slot, float]) -> float:
    """Return where a slot would like to stand: in the middle of what leads to it."""
    if slot.step < 0:
        return places.get(slot, places.get(Slot(slot.edge[0]), 0.0))
    tails = [places[Slot(tail)] for tail, head in web.edges if head == slot.step and tail >= 0]
    return sum(tails) / len(tails) if tails else slot.step / 1000
