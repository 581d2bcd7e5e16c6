"""How many values the layers of a network give, and how many of them are there at once."""

from math import prod

from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

# Another shape of the same values, or what does nothing when predicting.
_VIEWS = ("input", "shape", "regularisation")


def is_view(graph: Graph, node: Node) -> bool:
    """Return whether a layer gives the values of its input, in another shape or as they are."""
    shapes = graph.input_shapes(node)
    return OPS[node.op].family in _VIEWS and len(shapes) == 1 and prod(shapes[0]) == prod(node.shape)


def values(graph: Graph, node: Node) -> int:
    """Count the values that a layer computes for one example; the input and learned values are none."""
    return prod(node.shape) if node.inputs and not is_view(graph, node) else 0


def stage_values(graph: Graph, index: int) -> int:
    """Count the values that the layers of a row compute for one example."""
    stage = graph.stages[index]
    return sum(values(graph, node) for node in graph.nodes[stage.start : stage.stop])


def peak(graph: Graph) -> int:
    """Count the values held at once where a network predicts layer by layer, its input among them."""
    held_by: list[int] = []  # the node whose memory holds the values of each node
    for at, node in enumerate(graph.nodes):
        held_by.append(held_by[node.inputs[0]] if is_view(graph, node) else at)
    last = {held_by[i]: at for at, node in enumerate(graph.nodes) for i in (*node.inputs, at)}
    last |= {held_by[i]: len(graph.nodes) for i in graph.outputs}
    held = most = 0
    for at, node in enumerate(graph.nodes):
        held += prod(node.shape) if held_by[at] == at else 0
        most = max(most, held)
        done = {held_by[i] for i in (*node.inputs, at) if last[held_by[i]] == at}
        held -= sum(prod(graph.nodes[i].shape) for i in done)
    return most
