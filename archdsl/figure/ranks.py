"""Edges with their least lengths -> the rank that each node will have, so that arcs can be given just the
length they need."""

from collections.abc import Iterable, Sequence

Link = tuple[str, str, int]


def ranks(links: Sequence[Link], rows: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return the length of the longest way to each node; the nodes of a row have one rank."""
    leader: dict[str, str] = {}
    for row in rows:
        first = next((leader[name] for name in row if name in leader), row[0])
        leader |= dict.fromkeys(row, first)
    after: dict[str, list[tuple[str, int]]] = {}
    waiting: dict[str, int] = {}
    for tail, head, length in links:
        low, high = leader.get(tail, tail), leader.get(head, head)
        if low != high:
            after.setdefault(low, []).append((high, length))
            waiting[high] = waiting.get(high, 0) + 1
    found = dict.fromkeys((leader.get(name, name) for link in links for name in link[:2]), 0)
    ready = [name for name in found if name not in waiting]
    while ready:
        name = ready.pop()
        for head, length in after.get(name, ()):
            found[head] = max(found[head], found[name] + length)
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return found | {name: found.get(first, 0) for name, first in leader.items()}
