"""Nodes -> the same nodes, with inputs that hold the numbers of tokens marked as whole numbers."""

from collections.abc import Sequence

from archdsl.graph.graph import Node
from archdsl.ops import OPS


def with_tokens(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Mark each input that an embedding reads, be it part of it: in half precision large numbers would be
    rounded."""
    found = {i for node in nodes if OPS[node.op].takes_tokens for i in _inputs(nodes, node)}
    return tuple(
        node._replace(params={**node.params, "dtype": "int32"}) if i in found else node
        for i, node in enumerate(nodes)
    )


def _inputs(nodes: Sequence[Node], node: Node) -> list[int]:
    """Find the inputs of the network that a node takes its numbers from as they are."""
    found, ahead = [], list(node.inputs)
    while ahead:
        i = ahead.pop()
        if OPS[nodes[i].op].family == "input":
            found.append(i)
        elif OPS[nodes[i].op].family == "shape":
            ahead += nodes[i].inputs
    return found
