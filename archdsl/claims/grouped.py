"""A count that is too small -> the convolutions that two groups would make small enough, as in a network
trained on two GPUs."""

from itertools import combinations
from math import prod

from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

_MAX_LAYERS = 10
_MAX_CHOICES = 3


def halved(graph: Graph, excess: int) -> list[list[str]]:
    """Name the convolutions whose kernels, halved, take the excess away: each choice of them; none where they
    are many."""
    saved = {node.name: half for node in graph.nodes if (half := _half(graph, node))}
    if excess <= 0 or len(saved) > _MAX_LAYERS:
        return []
    choices = (names for count in range(1, len(saved) + 1) for names in combinations(saved, count))
    found = [names for names in choices if sum(saved[name] for name in names) == excess]
    return (
        [[name.partition("/")[0] for name in names] for names in found] if len(found) <= _MAX_CHOICES else []
    )


def _half(graph: Graph, node: Node) -> int:
    """Return half of the kernel of a convolution that could have two groups, 0 of another."""
    if not OPS[node.op].takes_groups or node.params["groups"] != 1 or max(node.params["kernel"]) == 1:
        return 0
    incoming = graph.input_shapes(node)[0][-1]
    if incoming % 2 or node.shape[-1] % 2:
        return 0
    return prod(OPS[node.op].weights(node.params, graph.input_shapes(node))[0].shape) // 2
