"""Which layer a format cannot express: found by trying each kind of layer alone."""

from collections.abc import Callable
from typing import Any

from archdsl.deploy.model import alone
from archdsl.graph.graph import Graph, Node


def culprit(graph: Graph, attempt: Callable[[Graph], Any]) -> tuple[Node, Exception] | None:
    """Return the first node that `attempt` raises for as a network of its own, and what it raised."""
    tried = set()
    for node in graph.nodes:
        key = (node.op, repr(node.params), graph.input_shapes(node))
        single = None if key in tried else alone(graph, node)
        tried.add(key)
        try:
            if single:
                attempt(single)
        except Exception as error:  # whatever a converter raises, the layer is told
            return node, error
    return None
