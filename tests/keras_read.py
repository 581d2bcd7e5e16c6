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
    return plain(archdsl.load(path or case.path, input=size, variant=case.variant).network().graph)


def model_graph(model: Any) -> Graph:
    """Return the graph of a Keras model, read from its configuration alone."""
    config = json.loads(model.to_json())
    for layer in config["config"]["layers"]:
        if layer["config"].get("bias_initializer") == NOTHING:
            layer["config"]["bias_initializer"] = ZEROS
    return plain(graph_of(layers_of(config)).graph)


def plain(graph: Graph) -> Graph:
    """Return a graph in one spelling where two say the same of each position: a convolution of a 1x1 window is a dense layer, one
    with a group for each channel a depthwise one, and a gate's map of one position is a vector."""
    nodes: list[Node] = []
    at: list[int] = []  # a node -> the one that stands for it
    for node in graph.nodes:
        inputs = tuple(at[i] for i in node.inputs)
        if node.op == "expand":
            at.append(inputs[0])
            continue
        at.append(len(nodes))
        made = _respelled(node, nodes[inputs[0]].shape) if len(inputs) == 1 else node
        nodes.append(made._replace(inputs=inputs))
    ends = {"inputs": tuple(at[i] for i in graph.inputs), "outputs": tuple(at[i] for i in graph.outputs)}
    return graph._replace(nodes=tuple(nodes), stages=(), **ends)


def _respelled(node: Node, shape: tuple[int, ...]) -> Node:
    """Return a layer of a value of some shape; that of a vector gives a vector."""
    made = _without(node, "groups", "channels") if _is_depthwise(node, shape) else node
    if node.op == "conv" and {*node.params["kernel"], *node.params["stride"], node.params["groups"]} == {1}:
        made = _without(node, "kernel", "stride", "padding", "dilation", "groups")
    return made._replace(shape=node.shape[-1:]) if len(shape) == 1 else made


def _is_depthwise(node: Node, shape: tuple[int, ...]) -> bool:
    return node.op == "conv" and node.params["groups"] == node.params["channels"] == shape[-1] > 1


def _without(node: Node, *keys: str) -> Node:
    params = {key: value for key, value in node.params.items() if key not in keys}
    return node._replace(op="dense" if "channels" in params else "depthwise", params=params)


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
    return float(round(value, 9)) if isinstance(value, (int, float)) else value


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
    counts = [sum(number >= 0 for number in ids) for _, ids in made]
    return found + ([f"{counts[0]} operations and {counts[1]}"] if counts[0] != counts[1] else [])
