"""Operations of Keras with a number (`x + 3`, `x / 6`) -> the layer that does the same, and what several of
them are together."""

from collections.abc import Callable
from math import isclose
from typing import Any

from archdsl.foreign.order import renumbered
from archdsl.graph.graph import Graph, Node

OPERATIONS = "keras.src.ops"  # begins the module of what is an operation, and no layer
# What `x op c` and `c op x` are: a factor of x, and what is added.
_WITH: dict[str, tuple[Callable[[float], tuple[float, float]], Callable[[float], tuple[float, float]] | None]]
_WITH = {
    "Add": (lambda c: (1.0, c), lambda c: (1.0, c)),
    "Subtract": (lambda c: (1.0, -c), lambda c: (-1.0, c)),
    "Multiply": (lambda c: (c, 0.0), lambda c: (c, 0.0)),
    "TrueDivide": (lambda c: (1 / c if c else 0.0, 0.0), None),
}
_SIXTH = 1 / 6


def rescaling(entry: dict[str, Any], node: Any) -> dict[str, Any] | None:
    """Return the arguments of the `Rescaling` that an operation with a number is, None for another one."""
    operation = str(entry.get("module") or "").startswith(OPERATIONS)
    args = node.get("args") if operation and isinstance(node, dict) else None
    if entry["class_name"] not in _WITH or not isinstance(args, list) or len(args) != 2:
        return None
    numbers = [isinstance(one, int | float) for one in args]
    place = numbers.index(True) if sum(numbers) == 1 else -1
    form = _WITH[entry["class_name"]][1 - place] if place >= 0 else None
    if form is None:
        return None
    scale, offset = form(float(args[place]))
    return {"name": entry.get("name", ""), "scale": scale, "offset": offset} if scale else None


def joined(graph: Graph, layers: tuple[str, ...]) -> tuple[Graph, tuple[str, ...]]:
    """Return a graph in which `relu6(x + 3) / 6` is a hard sigmoid, and the layers of its nodes."""
    readers = graph.readers()
    nodes, gone = list(graph.nodes), set[int]()
    for i, node in enumerate(graph.nodes):
        first = _begins(graph, readers, i)
        if first >= 0:
            gone |= {first, node.inputs[0]}
            read = graph.nodes[first].inputs
            params = {"function": "hard_sigmoid"}
            nodes[i] = node._replace(op="activation", params=params, inputs=read)
    kept = [i for i in range(len(nodes)) if i not in gone]
    if not gone:
        return graph, layers
    return renumbered(graph._replace(nodes=tuple(nodes)), kept), tuple(layers[i] for i in kept)


def _begins(graph: Graph, readers: list[list[int]], i: int) -> int:
    """Return the node that adds 3 where a node is the last one of a hard sigmoid, else -1."""
    last, inner = graph.nodes[i], graph.nodes[i].inputs[:1]
    act = graph.nodes[inner[0]] if inner else last
    first = act.inputs[0] if act.inputs else 0
    alone = all(len(readers[j]) == 1 and j not in graph.outputs for j in (*inner, first))
    clipped = act.op == "activation" and act.params["function"] == "relu6"
    whole = _is_rescale(last, _SIXTH, 0.0) and clipped and _is_rescale(graph.nodes[first], 1.0, 3.0)
    return first if whole and alone else -1


def _is_rescale(node: Node, factor: float, offset: float) -> bool:
    return (
        node.op == "rescale"
        and isclose(node.params["factor"], factor, rel_tol=1e-6)
        and isclose(node.params.get("offset", 0.0), offset, rel_tol=1e-6)
    )
