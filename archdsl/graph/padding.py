"""Nodes -> the same nodes, with the masks of padding: which layers pass over the positions of a sequence that
hold the token of padding.

A mask begins at an embedding that says it (`mask=0`) and goes on through layers that work at each position.
Attention, recurrent layers and means over all positions take it, as an input behind their values.
"""

from collections.abc import Sequence

from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS, Op
from archdsl.ops.masks import Masks

Mask = tuple[int, int]  # the node that holds the numbers of tokens, and the one that is padding
_PLACES = ("norm", "activation", "regularisation", "recurrent", "attention", "dense")


def with_masks(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Give each layer that passes over padding the tokens that tell it."""
    if all(node.params.get("mask") is None for node in nodes):
        return tuple(nodes)
    arriving: list[Mask | None] = []
    made = []
    for node in nodes:
        read = [arriving[i] for i in node.inputs]
        made.append(_taking(node, read) if OPS[node.op].masks and any(read) else node)
        arriving.append(_leaving(nodes, node, read))
    return tuple(made)


def _leaving(nodes: Sequence[Node], node: Node, read: list[Mask | None]) -> Mask | None:
    """Return the mask of what a node gives: that of its inputs, where they have one and it keeps their
    positions."""
    op, known = OPS[node.op], {mask for mask in read if mask}
    if op.takes_tokens:
        number, tokens = node.params.get("mask"), node.inputs[0]
        return None if number is None or len(nodes[tokens].shape) != 1 else (tokens, number)
    if len(known) != 1 or not _keeps_positions(op):
        return None
    mask = known.pop()
    return mask if node.shape[:-1] == nodes[mask[0]].shape else None


def _keeps_positions(op: Op) -> bool:
    return op.sees == "place" or op.keeps_positions or op.family in _PLACES


def _taking(node: Node, read: list[Mask | None]) -> Node:
    """Return a node that takes masks, with the tokens behind its values."""
    arguments = _arguments(OPS[node.op].masks, len(read))
    found = [(name, mask) for name, at in arguments if (mask := read[at])]
    if not found:
        return node
    tokens = list(dict.fromkeys(mask[0] for _, mask in found))
    masks: Masks = tuple((name, len(read) + tokens.index(at), number) for name, (at, number) in found)
    return node._replace(inputs=(*node.inputs, *tokens), params={**node.params, "masks": masks})


def _arguments(names: tuple[str, ...], count: int) -> list[tuple[str, int]]:
    """Return which input each mask of an op is that of: its last ones, of which attention has keys and
    values in one, where there are fewer than three."""
    own = min(len(names), max(count - 1, 1))
    return list(zip(names[-own:], range(count - own, count), strict=True))


def unmasked(graph: Graph) -> Graph:
    """Return a graph without the masks that layers take: as rows say it, and figures draw it."""
    if all("masks" not in node.params for node in graph.nodes):
        return graph
    return graph._replace(nodes=tuple(_plain(graph, node) for node in graph.nodes))


def _plain(graph: Graph, node: Node) -> Node:
    params = {key: value for key, value in node.params.items() if key != "masks"}
    return node._replace(inputs=node.inputs[: len(graph.input_shapes(node))], params=params)
