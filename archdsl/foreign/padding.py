"""A graph without the layers that a spec does not print: zeros in front of a convolution that are just those
of `same`, and what makes a map of a gate."""

from archdsl.compare.canonical import as_window
from archdsl.foreign.order import renumbered
from archdsl.foreign.vectors import vectors
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS
from archdsl.ops.windows import same_zeros, window_shape

_WINDOWS = ("conv", "depthwise")


def settled(graph: Graph) -> Graph:
    """Return a graph without such layers, and with `same` where there are no zeros to put."""
    graph = vectors(graph)
    nodes = [_padded(graph, _windowed(graph, node)) for node in graph.nodes]
    readers = graph.readers()
    gone = _zeros(graph, nodes, readers) | _gates(nodes, readers)
    kept = [i for i in range(len(nodes)) if i not in gone]
    return renumbered(graph._replace(nodes=tuple(nodes)), kept)


def _windowed(graph: Graph, node: Node) -> Node:
    """Return a dense layer on a map, or a convolution of a group for each channel, as a window of ours."""
    op, params = as_window(node.op, dict(node.params), graph.input_shapes(node))
    return node if op == node.op else node._replace(op=op, params=params)


def _zeros(graph: Graph, nodes: list[Node], readers: list[list[int]]) -> set[int]:
    """Give convolutions the zeros in front of them; return what is left out."""
    gone: set[int] = set()
    for i, node in enumerate(graph.nodes):
        before = node.inputs[0] if node.inputs else -1
        if node.op in _WINDOWS and len(readers[before]) == 1 and _same(graph, node):
            params = {**node.params, "padding": "same"}
            nodes[i] = node._replace(params=params, inputs=graph.nodes[before].inputs)
            gone.add(before)
    return gone


def _gates(nodes: list[Node], readers: list[list[int]]) -> set[int]:
    """Let products read gates that are no maps; return what made maps of them."""
    gone: set[int] = set()
    for i, node in enumerate(nodes):
        if node.op == "expand" and {nodes[j].op for j in readers[i]} == {"multiply"}:
            gone.add(i)
            for j in readers[i]:
                read = tuple(node.inputs[0] if k == i else k for k in nodes[j].inputs)
                nodes[j] = nodes[j]._replace(inputs=read)
    return gone


def _padded(graph: Graph, node: Node) -> Node:
    """Say `same` of a window of one position, and of a pool that has no zeros either way."""
    bare = node.op in _WINDOWS and set(node.params["kernel"]) == {1}
    pools = OPS[node.op].is_pool and not any(map(any, same_zeros(node.params, graph.input_shapes(node)[0])))
    whole = pools and window_shape({**node.params, "padding": "same"}, graph.input_shapes(node)[0], 0)[:-1]
    if bare or (pools and whole == node.shape[:-1]):
        return node._replace(params={**node.params, "padding": "same"})
    return node


def _same(graph: Graph, node: Node) -> bool:
    pad = graph.nodes[node.inputs[0]]
    if pad.op != "pad" or node.params["padding"] != "valid":
        return False
    size = graph.nodes[pad.inputs[0]].shape
    return bool(tuple(map(tuple, pad.params["amount"])) == same_zeros(node.params, size))
