"""The weights of a graph: what each node owns, by name, apart from any framework."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.backends.names import layer_name, part_name
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS, Weight

if TYPE_CHECKING:
    import numpy as np

Arrays = Mapping[str, "np.ndarray"]


class Weighted(NamedTuple):
    """A graph and the arrays of its nodes: name of the node -> name of the weight (`kernel`) -> array.

    An input has no entry, a node without weights an empty one or none. Arrays are never written to: several
    nodes may share them.
    """

    graph: Graph
    weights: Mapping[str, Arrays]


def declared(graph: Graph, node: Node) -> tuple[Weight, ...]:
    """Return the weights that an op declares for a node, in the order of its layers."""
    return OPS[node.op].weights(node.params, graph.input_shapes(node))


def read(model: Any, graph: Graph) -> Weighted:
    """Take the weights out of the Keras model of a graph; the model may lack what no main output depends
    on."""
    weights: dict[str, Arrays] = {}
    known = {layer.name for layer in model.layers}
    for node, layers in _layers(graph):
        if layers[-1] in known:
            arrays = [array for name in layers for array in model.get_layer(name).get_weights()]
            weights[node.name] = dict(
                zip([weight.name for weight in declared(graph, node)], arrays, strict=True)
            )
    return Weighted(graph, weights)


def assign(model: Any, network: Weighted) -> None:
    """Give the Keras model of a graph its weights; statistics of the data are taken at once."""
    for node, layers in _layers(network.graph):
        arrays = [network.weights[node.name][weight.name] for weight in declared(network.graph, node)]
        for name in layers:
            layer = model.get_layer(name)
            count = len(layer.weights)
            layer.set_weights(arrays[:count])
            arrays = arrays[count:]
            if hasattr(layer, "finalize_state"):
                layer.finalize_state()


def _layers(graph: Graph) -> Iterator[tuple[Node, list[str]]]:
    """Return each node that has weights, with the names of its layers in order."""
    for node in graph.nodes:
        if declared(graph, node):
            calls = OPS[node.op].calls(node.params, graph.input_shapes(node))
            owner = graph.nodes[node.shares] if node.shares >= 0 else node
            yield node, [part_name(layer_name(owner), call.suffix) for call in calls if call.layer]


def unshared(graph: Graph) -> Graph:
    """Return a graph whose layers are each applied once: those that were shared become several, which hold
    the same weights."""
    return graph._replace(nodes=tuple(node._replace(shares=-1) for node in graph.nodes))
