"""Zeros in front of a convolution that are just those of `same` -> the convolution with `same`."""

from archdsl.foreign.order import renumbered
from archdsl.graph.graph import Graph, Node
from archdsl.ops.windows import same_zeros

_WINDOWS = ("conv", "depthwise")


def settled(graph: Graph) -> Graph:
    """Return a graph without the zeros that `same` puts there itself, and `same` where there are none to
    put."""
    readers = graph.readers()
    nodes = [_padded(node) for node in graph.nodes]
    gone: set[int] = set()
    for i, node in enumerate(graph.nodes):
        before = node.inputs[0] if node.inputs else -1
        if node.op in _WINDOWS and len(readers[before]) == 1 and _same(graph, node):
            nodes[i] = node._replace(
                params={**node.params, "padding": "same"}, inputs=graph.nodes[before].inputs
            )
            gone.add(before)
    kept = [i for i in range(len(nodes)) if i not in gone]
    return renumbered(graph._replace(nodes=tuple(nodes)), kept)


def _padded(node: Node) -> Node:
    bare = node.op in _WINDOWS and set(node.params["kernel"]) == {1}
    return node._replace(params={**node.params, "padding": "same"}) if bare else node


def _same(graph: Graph, node: Node) -> bool:
    pad = graph.nodes[node.inputs[0]]
    if pad.op != "pad" or node.params["padding"] != "valid":
        return False
    size = graph.nodes[pad.inputs[0]].shape
    return bool(tuple(map(tuple, pad.params["amount"])) == same_zeros(node.params, size))
