"""How many values the layers of a network give, and how many of them are there at once."""

from math import prod

from archdsl.graph.graph import Graph, Node

# Other shapes of the same values, and what does nothing when predicting.
_VIEWS = ("input", "flatten", "reshape", "expand", "dropout", "spatial_dropout", "drop_path")


def values(node: Node) -> int:
    """Count the values that a layer computes for one example."""
    return 0 if node.op in _VIEWS else prod(node.shape)


def stage_values(graph: Graph, index: int) -> int:
    """Count the values that the layers of a row compute for one example."""
    stage = graph.stages[index]
    return sum(map(values, graph.nodes[stage.start : stage.stop]))


def peak(graph: Graph) -> int:
    """Count the values held at once where a network predicts layer by layer, its input among them."""
    last = {i: at for at, node in enumerate(graph.nodes) for i in node.inputs}
    last |= dict.fromkeys(graph.outputs, len(graph.nodes))
    held = most = 0
    for at, node in enumerate(graph.nodes):
        held += prod(node.shape)
        most = max(most, held)
        held -= sum(prod(graph.nodes[i].shape) for i in {*node.inputs, at} if last.get(i, at) == at)
    return most
