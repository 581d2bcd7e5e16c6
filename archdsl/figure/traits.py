"""A row -> what its blocks have besides their layers, in a few words, for a card that does not draw them."""

from collections.abc import Iterator, Sequence

from archdsl.figure.metrics import shorten
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

_LIMIT = 52


def traits(graph: Graph, ids: Sequence[int]) -> str:
    """Name the activations of blocks, their gate and their shortcut: `hard silu · squeeze and excitation ·
    residual`; nothing for a row without blocks and joins."""
    nodes = [graph.nodes[i] for i in ids]
    joined = list(_joined(nodes))
    if not joined and not any(node.frames for node in nodes):
        return ""
    return shorten(" · ".join([*dict.fromkeys(_activations(nodes)), *joined]), _LIMIT)


def _activations(nodes: Sequence[Node]) -> Iterator[str]:
    """Give the labels of activations, those in gates left out: every gate has one."""
    for node in nodes:
        if OPS[node.op].family == "activation" and node.branch != "gate":
            yield OPS[node.op].label(node.params)


def _joined(nodes: Sequence[Node]) -> Iterator[str]:
    ops = [node.op for node in nodes]
    if "multiply" in ops:
        yield "squeeze and excitation" if "global_avg_pool" in ops else "gate"
    if "add" in ops:
        yield "residual"
    if "concat" in ops:
        yield "concat"
