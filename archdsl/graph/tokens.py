"""Nodes -> the same nodes, with what only the whole network says of its tokens: inputs that hold their
numbers, embeddings that a dense layer is tied to, masks of padding."""

from collections.abc import Sequence

from archdsl.graph.graph import Node
from archdsl.graph.padding import with_masks
from archdsl.light import Any
from archdsl.ops import OPS


def with_tokens(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Mark each input that an embedding reads, be it part of it: in half precision large numbers would be
    rounded. Mark each embedding whose matrix is applied the other way round, too."""
    numbers = {i for node in nodes if OPS[node.op].takes_tokens for i in _inputs(nodes, node)}
    tied = {node.shares for node in nodes if node.op == "tied_dense"}
    marks: dict[int, dict[str, Any]] = {i: {"dtype": "int32"} for i in numbers}
    for i, node in enumerate(nodes):
        if OPS[node.op].takes_tokens and (i in tied or node.shares in tied):
            marks[i] = {"reversible": True}
    marked = [
        node._replace(params={**node.params, **marks[i]}) if i in marks else node
        for i, node in enumerate(nodes)
    ]
    return with_masks(marked)


def tokens(nodes: Sequence[Node], at: int) -> int:
    """Return how many tokens an input of the network has numbers of, the fewest of all embeddings that read
    it; 0 for an input of other values."""
    read = (node for node in nodes if OPS[node.op].takes_tokens and at in _inputs(nodes, node))
    return min((int(node.params["shape"][0]) for node in read), default=0)


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
