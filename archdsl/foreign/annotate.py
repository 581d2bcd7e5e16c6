"""A bare graph -> the same graph with rows, blocks and names, as a table of it would have them."""

from collections import Counter
from collections.abc import Container, Mapping
from math import prod

from archdsl.foreign.apart import Apart, apart
from archdsl.foreign.regions import Element, Named, beside, elements
from archdsl.graph.graph import Frame, Graph, Node, Shape, Stage
from archdsl.ops import OPS
from archdsl.source import Span

_SHORT = {"batch_norm": "bn", "layer_norm": "ln", "activation": "act", "depthwise": "dw"}
_NOWHERE = Span(0, 0)


def annotated(graph: Graph, named: Mapping[int, Named]) -> Graph:
    """Return a graph a stage for each size of its maps, and a block for each region that branches and has no
    words of its own.

    The nodes must stand in the order of branches, as `order.ordered` gives them.
    """
    ends = apart(graph, named)
    parts = trunk(graph, named, ends)
    nodes = list(graph.nodes)
    stages: list[Stage] = []
    for name, members in _stages(graph, parts, ends):
        blocks = [one for one in members if one.stop - one.start > 1 and one.start not in named]
        for number, one in enumerate(blocks):
            _block(graph, nodes, one, len(stages), f"{name}/block{number + 1}", Frame(0, number, len(blocks)))
        for one in members:
            for i in range(one.start, one.stop) if one not in blocks else ():
                _single(nodes, i, len(stages), name)
        start, stop = members[0].start, members[-1].stop
        stages.append(Stage(name, name, graph.nodes[stop - 1].shape, start, stop, _NOWHERE, 1, "", ()))
    return graph._replace(nodes=tuple(nodes), stages=tuple(stages))


def trunk(graph: Graph, named: Mapping[int, Named], ends: Apart) -> list[Element]:
    """Return the elements of a graph; those that have words together are one."""
    found: list[Element] = []
    parts = [one for one in elements(graph, ends.values, named) if graph.nodes[one.start].op != "input"]
    stops = {one.stop for one in parts}
    for one in parts:
        if found and one.start < found[-1].stop:
            continue
        whole = named.get(one.start)
        fits = whole is not None and whole.stop >= one.stop and whole.stop in stops
        fits = fits and whole is not None and ends.values.isdisjoint(range(one.start, whole.stop - 1))
        found.append(Element(one.start, whole.stop) if whole and fits else one)
    return found


Row = tuple[str, list[Element]]


def _stages(graph: Graph, parts: list[Element], ends: Apart) -> list[Row]:
    """Part the elements into rows: a new one begins with what changes the size of the map, and behind a value
    that ends a row; what is applied again is one."""
    found: list[Row] = []
    size: tuple[int, ...] = ()
    ended = True
    whole = {i: span for span in ends.whole() for i in range(span.start, span.stop)}
    for one, following in zip(parts, [*parts[1:], parts[-1]], strict=True):
        zeros = graph.nodes[one.stop - 1].op == "pad"  # they begin a row together with the layer behind them
        positions = graph.nodes[(following if zeros else one).stop - 1].shape[:-1]
        flat = prod(positions) == 1
        smaller = _other(positions, size) and not (flat and found[-1][0] == "head")
        if ended or (smaller and one.start not in whole):
            found.append(("head" if flat else f"stage{len(found) + 1}", []))
        size, ended = positions, one.stop - 1 in ends.values
        found[-1][1].append(one)
    return _distinct(_ends_apart(graph, found, whole))


def _other(one: Shape, size: Shape) -> bool:
    """Return whether a size is another row's: by the margin of a window it may differ, as in `valid` ones."""
    return len(one) != len(size) or any(
        3 * min(pair) <= 2 * max(pair) for pair in zip(one, size, strict=True)
    )


def _ends_apart(graph: Graph, found: list[Row], whole: Container[int]) -> list[Row]:
    """Give what stands behind the last block of a row a row of its own, where layers with weights are in
    it."""
    done: list[Row] = []
    for name, members in found:
        last = max((i for i, one in enumerate(members) if one.stop - one.start > 1), default=-1) + 1
        tail = members[last:] if any(weighted(graph, one) for one in members[last:]) else []
        parted = last and tail and name != "head" and members[0].start not in whole
        for part in (members[:last], tail) if parted else (members,):
            done.append((name if name == "head" else f"stage{len(done) + 1}", part))
    return done


def _distinct(found: list[Row]) -> list[Row]:
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
