"""Removes what changes nothing when a network predicts: auxiliary heads, dropout, layers that give back their
input."""

from collections.abc import Callable, Mapping
from typing import Any

from archdsl.deploy.passes.rewrite import compacted
from archdsl.deploy.weights import Weighted
from archdsl.graph.graph import Graph, Node

TRAINING_ONLY = ("dropout", "spatial_dropout", "drop_path")
# Ops that give back their input wherever it keeps its shape; some only where this holds of their parameters,
# too.
SAME = ("flatten", "reshape", "pad", "crop", "pad_channels", "select", "upsample", "depth_to_space")
SAME_IF: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "maxout": lambda params: params["pieces"] == 1,
    "rescale": lambda params: params["factor"] == 1 and not params.get("offset"),
    "channel_shuffle": lambda params: params["groups"] == 1,
    "max_pool": lambda params: set(params["kernel"]) == {1},
    "avg_pool": lambda params: set(params["kernel"]) == {1},
}


def pruned(network: Weighted) -> Weighted:
    """Keep the network's main output, and of what leads there all that computes something."""
    graph = network.graph._replace(outputs=network.graph.outputs[:1])
    stands_for = list(range(len(graph.nodes)))
    for i, node in enumerate(graph.nodes):
        if _does_nothing(graph, node):
            stands_for[i] = stands_for[node.inputs[0]]
    graph = compacted(graph, stands_for)
    return Weighted(graph, {node.name: network.weights.get(node.name, {}) for node in graph.nodes})


def _does_nothing(graph: Graph, node: Node) -> bool:
    if node.op in TRAINING_ONLY:
        return True
    if graph.input_shapes(node) != (node.shape,):
        return False
    return node.op in SAME or (node.op in SAME_IF and SAME_IF[node.op](node.params))
