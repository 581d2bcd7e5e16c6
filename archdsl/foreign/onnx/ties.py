"""Layers of an ONNX file that have the same weights: one layer that is applied again."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from archdsl.graph.graph import Graph
from archdsl.ops import OPS

if TYPE_CHECKING:
    import numpy as np

Weights = dict[int, "tuple[np.ndarray, ...]"]


def tied(graph: Graph, weights: Weights) -> tuple[Graph, Weights]:
    """Return a graph whose nodes of the same tensors share them, and the weights of those that own theirs.

    A file says by their tensors alone that two layers are one. Where an export folds another norm into each
    use, the tensors are others, and nothing tells.
    """
    nodes, own, first = list(graph.nodes), dict(weights), dict[Hashable, int]()
    for i, arrays in weights.items():
        key = _tensors(nodes[i].op, arrays)
        if key is None:
            continue
        kept = first.setdefault((nodes[i].op, repr(sorted(nodes[i].params.items())), key), i)
        if kept != i:
            nodes[i] = nodes[i]._replace(shares=kept)
            del own[i]
    return graph._replace(nodes=tuple(nodes)), own


def _tensors(op: str, arrays: "tuple[np.ndarray, ...]") -> Hashable:
    """Return what only the same tensors have: where they lie in memory. None for norms as they are before
    training, whose ones and zeros exporters keep once for all of them."""
    if not OPS[op].weighted and all(array.min() == array.max() for array in arrays):
        return None
    return tuple((array.__array_interface__["data"][0], array.shape, array.strides) for array in arrays)
