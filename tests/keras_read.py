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
from archdsl.graph.graph import Graph


def spec_graph(case: Case, path: str = "") -> Graph:
    """Return the graph of a case, or of another file in its place, for its smallest image."""
    size = f"{case.side}x{case.side}x3"
    return archdsl.load(path or case.path, input=size, variant=case.variant).network().graph


def model_graph(model: Any) -> Graph:
    """Return the graph of a Keras model, read from its configuration alone."""
    return graph_of(layers_of(json.loads(model.to_json()))).graph


def differences(ours: Graph, theirs: Graph) -> list[str]:
    """List the operations that only one of two networks computes."""
    numbers = Numbers()
    made = [(graph, numbers.network(canonical(graph))) for graph in (ours, theirs)]
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
