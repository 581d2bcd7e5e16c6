"""A row -> what its blocks have besides their layers, in a few words, for a card that does not draw them."""

from collections.abc import Iterator, Sequence

from archdsl.figure.collapse import Body, Bracket, Fork, Part, Path
from archdsl.figure.metrics import folded
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

_LIMIT = 52
_FUNCTIONS = ("activation", "prelu")
_PATHS = {"multiply": "gate", "add": "residual"}  # what a path past layers is, by the op that it ends in


def traits(graph: Graph, ids: Sequence[int], body: Body) -> list[str]:
    """Name the activations of blocks, their gate and their shortcut: `hard silu · squeeze and excitation ·
    residual`; nothing for a row without blocks and joins."""
    nodes = [graph.nodes[i] for i in ids]
    joined = list(dict.fromkeys(_joined(graph, body)))
    if not joined and not any(node.frames for node in nodes):
        return []
    return folded([*dict.fromkeys(_activations(nodes)), *joined], _LIMIT)


def _activations(nodes: Sequence[Node]) -> Iterator[str]:
    """Give the labels of activations, those in gates left out: every gate has one."""
    for node in nodes:
        if node.op in _FUNCTIONS and node.branch != "gate":
            yield OPS[node.op].label(node.params)


def _joined(graph: Graph, body: Body) -> Iterator[str]:
    for part in body.parts:
        inner = part.bodies if isinstance(part, Bracket) else part.branches if isinstance(part, Fork) else ()
        for one in inner:
            yield from _joined(graph, one)
        if isinstance(part, int) and graph.nodes[part].op == "concat":
            yield "concat"
    for path in body.paths:
        yield from _path(graph, body.parts[path.end], path)


def _path(graph: Graph, end: Part, path: Path) -> Iterator[str]:
    """Name a path past layers by what it ends in, and a gate by what it begins with."""
    kind = _PATHS.get(graph.nodes[end].op, "") if isinstance(end, int) else ""
    squeezes = any(graph.nodes[i].op == "global_avg_pool" for i in path.nodes)
    if kind:
        yield "squeeze and excitation" if kind == "gate" and squeezes else kind
