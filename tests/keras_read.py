"""Whether a network of `keras.applications` is a spec's, layer by layer: its configuration is read as a graph of our ops, and
every operation of either graph must be one of the other, with the same settings, of the same values.

Weights do not matter here, so neither model computes anything, and ours is not even built.
"""

import json
from typing import Any

from keras_networks import Case

import archdsl
from archdsl.compare.canonical import Numbers, canonical
from archdsl.foreign.graph import graph_of
from archdsl.foreign.layers import layers_of
from archdsl.graph.graph import Graph, Node

_MODULE = {"module": "keras.initializers", "registered_name": None}
NOTHING = {**_MODULE, "class_name": "Constant", "config": {"value": 0.0}}
ZEROS = {**_MODULE, "class_name": "Zeros", "config": {}}


def spec_graph(case: Case, path: str = "") -> Graph:
    """Return the graph of a case, or of another file in its place, for its smallest image."""
    size = f"{case.side}x{case.side}x3"
    return archdsl.load(path or case.path, input=size, variant=case.variant).network().graph


def model_graph(model: Any) -> Graph:
    """Return the graph of a Keras model, read from its configuration alone."""
    config = json.loads(model.to_json())
    for layer in config["config"]["layers"]:
        if layer["config"].get("bias_initializer") == NOTHING:
            layer["config"]["bias_initializer"] = ZEROS
    return vectors(graph_of(layers_of(config)).graph)


def vectors(graph: Graph) -> Graph:
    """Return a graph in which a gate is made of vectors: Keras has maps of one position there, and convolutions of them."""
    nodes: list[Node] = []
    at: list[int] = []  # a node -> the one that stands for it
    for node in graph.nodes:
        inputs = tuple(at[i] for i in node.inputs)
        if node.op == "expand":
            at.append(inputs[0])
            continue
        vector = len(node.inputs) == 1 and len(nodes[inputs[0]].shape) == 1
        at.append(len(nodes))
        nodes.append((_of_vector(node) if vector else node)._replace(inputs=inputs))
    ends = {"inputs": tuple(at[i] for i in graph.inputs), "outputs": tuple(at[i] for i in graph.outputs)}
    return graph._replace(nodes=tuple(nodes), stages=(), **ends)


def _rounded(graph: Graph) -> Graph:
    """Return a graph whose rates and the like are rounded: a rate that rises with depth is computed in another order."""
    nodes = (
        node._replace(params={key: _near(value) for key, value in node.params.items()})
        for node in graph.nodes
    )
    return graph._replace(nodes=tuple(nodes))


def _near(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_near, value))
    return round(value, 9) if isinstance(value, float) else value


def _of_vector(node: Node) -> Node:
    """Return a layer of a map of one position as one of a vector."""
    if node.op != "conv":
        return node._replace(shape=node.shape[-1:])
    assert set(node.params["kernel"]) == set(node.params["stride"]) == {1} and node.params["groups"] == 1
    kept = {key: node.params[key] for key in ("channels", "bias", "initializer")}
    return node._replace(op="dense", params=kept, shape=node.shape[-1:])


def differences(ours: Graph, theirs: Graph) -> list[str]:
    """List the operations that only one of two networks computes."""
    numbers = Numbers()
    made = [(graph, numbers.network(canonical(graph))) for graph in map(_rounded, (ours, theirs))]
    found = []
    for (graph, ids), (_, others) in (made, made[::-1]):
        known = set(others)
        found += [
            f"{node.name}: {node.op} {dict(node.params)}"
            for node, number in zip(graph.nodes, ids, strict=True)
            if number >= 0 and number not in known
        ]
    counts = [len([number for number in ids if number >= 0]) for _, ids in made]
    return found + ([f"{counts[0]} operations and {counts[1]}"] if counts[0] != counts[1] else [])
