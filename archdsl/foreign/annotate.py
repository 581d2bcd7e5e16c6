"""A bare graph -> the same graph with rows, blocks and names, as a table of it would have them."""

from collections import Counter
from collections.abc import Mapping
from math import prod
from typing import Protocol

from archdsl.foreign.regions import Element, beside, elements
from archdsl.graph.graph import Frame, Graph, Node, Stage
from archdsl.ops import OPS
from archdsl.source import Span

_SHORT = {"batch_norm": "bn", "layer_norm": "ln", "activation": "act", "depthwise": "dw"}
_NOWHERE = Span(0, 0)


class Named(Protocol):
    """Nodes that have words of their own: `[start, stop)`, by the first of them."""

    @property
    def stop(self) -> int:
        """The node behind the last one."""


def annotated(graph: Graph, named: Mapping[int, Named]) -> Graph:
    """Return a graph a stage for each size of its maps, and a block for each region that branches and has no
    words of its own.

    The nodes must stand in the order of branches, as `order.ordered` gives them.
    """
    parts = trunk(graph, named)
    nodes = list(graph.nodes)
    stages: list[Stage] = []
    for name, members in _stages(graph, parts):
        blocks = [one for one in members if one.stop - one.start > 1 and one.start not in named]
        for number, one in enumerate(blocks):
            _block(graph, nodes, one, len(stages), f"{name}/block{number + 1}", Frame(0, number, len(blocks)))
        for one in members:
            for i in range(one.start, one.stop) if one not in blocks else ():
                _single(nodes, i, len(stages), name)
        start, stop = members[0].start, members[-1].stop
        stages.append(Stage(name, name, graph.nodes[stop - 1].shape, start, stop, _NOWHERE, 1, "", ()))
    return graph._replace(nodes=tuple(nodes), stages=tuple(stages))


def trunk(graph: Graph, named: Mapping[int, Named]) -> list[Element]:
    """Return the elements of a graph; those that have words together are one."""
    found: list[Element] = []
    parts = [one for one in elements(graph) if graph.nodes[one.start].op != "input"]
    stops = {one.stop for one in parts}
    for one in parts:
        if found and one.start < found[-1].stop:
            continue
        whole = named.get(one.start)
        fits = whole is not None and whole.stop >= one.stop and whole.stop in stops
        found.append(Element(one.start, whole.stop) if whole and fits else one)
    return found


def _stages(graph: Graph, parts: list[Element]) -> list[tuple[str, list[Element]]]:
    """Part the elements into rows: a new one begins with what changes the size of the map."""
    found: list[tuple[str, list[Element]]] = []
    size: tuple[int, ...] = ()
    padded = False  # zeros begin a row together with the layer behind them
    for one in parts:
        node = graph.nodes[one.stop - 1]
        positions = node.shape[:-1]
        flat = prod(positions) == 1
        smaller = positions != size and not (flat and found[-1][0] == "head") and not padded
        if not found or smaller:
            found.append(("head" if flat else f"stage{len(found) + 1}", []))
        size, padded = positions, node.op == "pad"
        found[-1][1].append(one)
    return _distinct(_ends_apart(graph, found))


def _ends_apart(graph: Graph, found: list[tuple[str, list[Element]]]) -> list[tuple[str, list[Element]]]:
    """Give what stands behind the last block of a row a row of its own, where layers with weights are in
    it."""
    done: list[tuple[str, list[Element]]] = []
    for name, members in found:
        last = max((i for i, one in enumerate(members) if one.stop - one.start > 1), default=-1) + 1
        tail = members[last:] if any(weighted(graph, one) for one in members[last:]) else []
        apart = last and tail and name != "head"
        for part in (members[:last], tail) if apart else (members,):
            done.append((name if name == "head" else f"stage{len(done) + 1}", part))
    return done


def _distinct(found: list[tuple[str, list[Element]]]) -> list[tuple[str, list[Element]]]:
    heads = sum(name == "head" for name, _ in found)
    if heads < 2:
        return found
    return [
        (f"stage{i}" if name == "head" and i < len(found) else name, members)
        for i, (name, members) in enumerate(found, 1)
    ]


def _single(nodes: list[Node], i: int, stage: int, name: str) -> None:
    nodes[i] = nodes[i]._replace(name=f"{name}/{nodes[i].op}{i}", stage=stage, frames=(), branch="main")


def _block(graph: Graph, nodes: list[Node], one: Element, stage: int, path: str, frame: Frame) -> None:
    """Name the nodes of a region by what they are, those of its shortcut apart."""
    aside = beside(graph, one)
    counted: Counter[str] = Counter()
    for i in range(one.start, one.stop):
        node = nodes[i]
        word = _SHORT.get(node.op, node.op)
        word = f"short_{word}" if i in aside else word
        counted[word] += 1
        local = f"{word}{counted[word]}"
        branch = "shortcut" if i in aside else "main"
        nodes[i] = node._replace(name=f"{path}/{local}", stage=stage, frames=(frame,), branch=branch)


def weighted(graph: Graph, one: Element) -> int:
    """Count the layers with windows or units in an element."""
    return sum(OPS[node.op].weighted for node in graph.nodes[one.start : one.stop])
