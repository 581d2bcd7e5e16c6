"""A graph in an order that a person would write: each branch to its end before the next one."""

from archdsl.graph.graph import Graph
from archdsl.ops import OPS


def ordered(graph: Graph) -> Graph:
    """Return a graph whose nodes stand in the order of branches, without nodes that no output depends on.

    Where the order says nothing (a sum), the branch with most layers comes first.
    """
    weight = _weights(graph)
    order: list[int] = []
    done: set[int] = set()
    waiting = [(i, False) for i in reversed((*graph.inputs, *graph.outputs))]
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
        waiting.append((i, True))
        waiting += [(j, False) for j in reversed(first)]
    return renumbered(graph, order)


def renumbered(graph: Graph, order: list[int]) -> Graph:
    """Return a graph with its nodes in another order."""
    place = {old: new for new, old in enumerate(order)}
    nodes = tuple(
        graph.nodes[i]._replace(inputs=tuple(place[j] for j in graph.nodes[i].inputs)) for i in order
    )
    stage = graph.stages[0]._replace(start=0, stop=len(nodes))
    ends = (tuple(place[i] for i in ids) for ids in (graph.inputs, graph.outputs))
    return Graph(graph.name, graph.style, nodes, (stage,), *ends)


def _weights(graph: Graph) -> list[int]:
    """Return the number of weighted layers on the longest way to each node."""
    found: list[int] = []
    for node in graph.nodes:
        found.append(OPS[node.op].weighted + max((found[i] for i in node.inputs), default=0))
    return found
