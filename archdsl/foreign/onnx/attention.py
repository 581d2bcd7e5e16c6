"""Attention that a file writes in parts -> one layer: products of queries and keys, a softmax, products
with values."""

from math import isclose, sqrt
from typing import TYPE_CHECKING, NamedTuple

from archdsl.graph.graph import Node

if TYPE_CHECKING:
    import numpy as np

    Weights = dict[int, tuple[np.ndarray, ...]]


class Projection(NamedTuple):
    """A dense layer whose channels heads share: its node, what it reads, its heads and the width of one."""

    dense: int
    source: int
    heads: int
    width: int


def attended(nodes: list[Node], weights: "Weights") -> None:
    """Make one node of each attention among some nodes, in place; its parts are read by nothing any more."""
    for i, node in enumerate(nodes):
        if node.op != "dense" or nodes[node.inputs[0]].op != "join_heads":
            continue
        found = _parts(nodes, nodes[node.inputs[0]].inputs[0])
        if found is not None and _alike(nodes, (*found, i), weights):
            _join(nodes, weights, i, *found)


def _parts(nodes: list[Node], product: int) -> tuple[Projection, Projection, Projection] | None:
    """Return the projections of queries, keys and values behind the last product of an attention."""
    if nodes[product].op != "matmul":
        return None
    scores, values = nodes[product].inputs
    soft = nodes[_through(nodes, scores, ("dropout",))[0]]
    if soft.op != "activation" or soft.params != {"function": "softmax"}:
        return None
    square, factor = _through(nodes, soft.inputs[0], ("rescale",))
    if nodes[square].op != "matmul":
        return None
    queries, turned = nodes[square].inputs
    query, one = _projection(nodes, queries)
    key, other = _projection(nodes, _through(nodes, turned, ("transpose", "rescale"))[0])
    factor *= one * other * _through(nodes, turned, ("transpose", "rescale"))[1]
    value, last = _projection(nodes, values)
    if query is None or key is None or value is None or last != 1:
        return None
    turns = nodes[turned].op == "transpose" or nodes[nodes[turned].inputs[0]].op == "transpose"
    fits = isclose(factor, 1 / sqrt(query.width), rel_tol=1e-4) and query.heads == key.heads == value.heads
    return (query, key, value) if turns and fits else None


def _through(nodes: list[Node], i: int, ops: tuple[str, ...]) -> tuple[int, float]:
    """Go back through layers of some kinds; return what is before them, and by what they multiply it."""
    factor = 1.0
    while nodes[i].op in ops and not nodes[i].params.get("offset"):
        factor *= nodes[i].params.get("factor", 1.0)
        i = nodes[i].inputs[0]
    return i, factor


def _projection(nodes: list[Node], i: int) -> tuple[Projection | None, float]:
    at, factor = _through(nodes, i, ("rescale",))
    if nodes[at].op != "heads":
        return None, factor
    shape = nodes[at].shape
    dense, more = _through(nodes, nodes[at].inputs[0], ("rescale",))
    if nodes[dense].op != "dense" or len(shape) != 3:
        return None, factor
    return Projection(dense, nodes[dense].inputs[0], shape[0], shape[2]), factor * more


def _alike(nodes: list[Node], parts: "tuple[Projection | int, ...]", weights: "Weights") -> bool:
    """Return whether all four projections have a bias, or none has."""
    dense = [part if isinstance(part, int) else part.dense for part in parts]
    return len({nodes[i].params["bias"] for i in dense}) == 1 and all(i in weights for i in dense)


def _join(
    nodes: list[Node], weights: "Weights", out: int, query: Projection, key: Projection, value: Projection
) -> None:
    node, channels = nodes[out], nodes[query.source].shape[-1]
    params = {
        "heads": query.heads,
        "width": None if query.width * query.heads == channels else query.width,
        "value": None if value.width == query.width else value.width,
        "out": None if node.shape[-1] == channels else node.shape[-1],
        "bias": node.params["bias"],
        "causal": False,
        "over": None,
        "dropout": 0.0,
        "keys": None,
        "values": None,
        "initializer": "glorot_uniform",
    }
    inputs = [query.source, key.source, value.source]
    while len(inputs) > 1 and inputs[-1] == inputs[-2]:
        inputs.pop()
    arrays: list[np.ndarray] = []
    for part in (query, key, value):
        kernel, *bias = weights[part.dense]
        arrays += [kernel.reshape(kernel.shape[0], part.heads, part.width)]
        arrays += [one.reshape(part.heads, part.width) for one in bias]
    kernel, *bias = weights[out]
    weights[out] = (*arrays, kernel.reshape(value.heads, value.width, -1), *bias)
    nodes[out] = node._replace(op="attention", params=params, inputs=tuple(inputs))
