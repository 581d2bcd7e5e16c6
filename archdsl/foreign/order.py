"""A graph in an order that a person would write: each branch to its end before the next one."""

from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS


def ordered(graph: Graph) -> Graph:
    """Return a graph whose nodes stand in the order of branches, without nodes that no output depends on.

    Where the order says nothing (a sum), the branch with most layers comes first. What one of several inputs
    goes through alone stands together, before what joins it with others.
    """
    weight = _weights(graph)
    order: list[int] = []
    done: set[int] = set()
    waiting = [(i, False) for i in reversed((*graph.inputs, *_sides(graph), *graph.outputs))]
    while waiting:
        i, ready = waiting.pop()
        if i in done:
            continue
        if ready:
            done.add(i)
            order.append(i)
            continue
        inputs = graph.nodes[i].inputs
        first = sorted(inputs, key=lambda j: -weight[j]) if graph.nodes[i].op == "add" else inputs
        first = (*first, graph.nodes[i].shares) if graph.nodes[i].shares >= 0 else first
        waiting.append((i, True))
        waiting += [(j, False) for j in reversed(first)]
    return renumbered(graph, order)


def renumbered(graph: Graph, order: list[int]) -> Graph:
    """Return a graph with its nodes in another order."""
    place = {-1: -1, **{old: new for new, old in enumerate(order)}}
    nodes = [
        node._replace(inputs=tuple(place[j] for j in node.inputs), shares=place[node.shares])
        for node in (graph.nodes[i] for i in order)
    ]
    return whole(graph, nodes, *(tuple(place[i] for i in ids) for ids in (graph.inputs, graph.outputs)))


def whole(graph: Graph, nodes: list[Node], inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Graph:
    """Return a graph of other nodes, which are all of one stage."""
    stage = graph.stages[0]._replace(start=0, stop=len(nodes))
    return Graph(graph.name, graph.style, tuple(nodes), (stage,), inputs, outputs)


def _sides(graph: Graph) -> list[int]:
    """Return the values of each input alone that are joined with those of others, input by input."""
    if len(graph.inputs) < 2:
        return []
    reached: list[frozenset[int]] = []
    sides: set[int] = set()
    for i, node in enumerate(graph.nodes):
        own = frozenset({i} if i in graph.inputs else ())
        reached.append(own.union(*(reached[j] for j in node.inputs)))
        sides |= {j for j in node.inputs if len(reached[j]) == 1 < len(reached[i])}
    return sorted(sides, key=lambda j: (min(reached[j]), j))


def _weights(graph: Graph) -> list[int]:
    """Return the number of weighted layers on the longest way to each node."""
    found: list[int] = []
    for node in graph.nodes:
        found.append(OPS[node.op].weighted + max((found[i] for i in node.inputs), default=0))
    return found
