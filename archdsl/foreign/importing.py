"""Weights of a source -> the Keras model of a spec that holds them."""

from typing import Any

from archdsl.backends.keras import build
from archdsl.deploy.weights import Weighted, assign
from archdsl.foreign.errors import ForeignError
from archdsl.foreign.match import Matched
from archdsl.foreign.slots import arranged
from archdsl.foreign.sources import Source
from archdsl.graph.graph import Graph


def weights(graph: Graph, source: Source, found: Matched, channels_first: bool) -> Weighted:
    """Read the weights of all pairs; raise ForeignError where one holds no finite numbers."""
    import numpy as np

    taken: dict[str, dict[str, np.ndarray]] = {node.name: {} for node in graph.nodes}
    for slot, group in found.pairs:
        for want, tensor in zip(slot.wants, group.tensors, strict=True):
            array = arranged(graph, want, tensor.read(), channels_first and source.torch)
            if not np.isfinite(array).all():
                raise ForeignError(f"{group.name} has weights that are no finite numbers")
            taken[graph.nodes[want.node].name][want.weight.name] = array
    for node in graph.nodes:
        if node.shares >= 0:
            taken[node.name] = taken[graph.nodes[node.shares].name]
    return Weighted(graph, taken)


def model(weighted: Weighted) -> Any:
    """Build the Keras model with its weights."""
    made = build(weighted.graph)
    assign(made, weighted)
    return made
