"""Folds factors and offsets per channel (batch norm) into the kernel and bias of a neighbour.

Into the layer before, where nothing else reads that layer. Into the layer behind, where nothing else reads
the norm and every window of that layer lies in the map: at a border, the zeros that a convolution pads with
do not have the norm's offset, so only a plain factor passes there. Where neither holds, the norm stays.
"""

from typing import TYPE_CHECKING, NamedTuple

from archdsl.deploy.passes.affine import Affine, affine
from archdsl.deploy.passes.rewrite import compacted
from archdsl.deploy.weights import Arrays, Weighted
from archdsl.graph.graph import Graph, Node
from archdsl.ops.windows import same_zeros

if TYPE_CHECKING:
    import numpy as np

# Op -> the axis of its kernel that counts output channels.
OUTPUT_AXIS = {"conv": -1, "dense": -1, "depthwise": -2, "conv_transpose": -2}


class _Fold(NamedTuple):
    """A step that was found: `host` takes up `gone` and is read in its place."""

    gone: int
    host: int
    node: Node
    weights: Arrays


class _Graph:
    """The graph in the making: nodes change their parameters, others are passed over."""

    def __init__(self, network: Weighted) -> None:
        self.nodes = list(network.graph.nodes)
        self.weights = dict(network.weights)
        self.stands_for = list(range(len(self.nodes)))
        self.readers = network.graph.readers()
        for i in network.graph.outputs:
            self.readers[i].append(-1)

    def source(self, i: int) -> int:
        return self.stands_for[self.nodes[i].inputs[0]]

    def apply(self, fold: _Fold, before: int) -> None:
        """Pass over a node in favour of the one before it, after its neighbour took it up."""
        self.nodes[fold.host] = fold.node
        self.weights[fold.node.name] = fold.weights
        others = [i for i in self.readers[before] if i != fold.gone]
        self.readers[before] = others + self.readers[fold.gone]
        for i, other in enumerate(self.stands_for):
            if other == fold.gone:
                self.stands_for[i] = before


def folded(network: Weighted) -> Weighted:
    """Fold every factor and offset per channel that a neighbour can take up."""
    work = _Graph(network)
    for i, node in enumerate(work.nodes):
        change = affine(node, work.weights.get(node.name, {}))
        if change is None:
            continue
        fold = _back(work, i, change) or _ahead(network.graph, work, i, change)
        if fold:
            work.apply(fold, work.source(i))
    graph = compacted(network.graph._replace(nodes=tuple(work.nodes)), work.stands_for)
    return Weighted(graph, {node.name: work.weights.get(node.name, {}) for node in graph.nodes})


def _back(work: _Graph, i: int, change: Affine) -> _Fold | None:
    j = work.source(i)
    host = work.nodes[j]
    if host.op not in OUTPUT_AXIS or len(work.readers[j]) > 1:
        return None
    weights = work.weights[host.name]
    kernel = _scaled(weights["kernel"], change.factor, OUTPUT_AXIS[host.op])
    bias = None if "bias" not in weights else change.factor * weights["bias"]
    return _Fold(i, j, *_taken_up(host, kernel, _sum(bias, change.shift)))


def _ahead(graph: Graph, work: _Graph, i: int, change: Affine) -> _Fold | None:
    if len(work.readers[i]) != 1 or work.readers[i] == [-1]:
        return None
    k = work.readers[i][0]
    host = work.nodes[k]
    if host.op not in ("conv", "dense", "depthwise") or (change.shift is not None and _pads(graph, host)):
        return None
    weights = work.weights[host.name]
    per_input = weights["kernel"] * _by_input(host, weights["kernel"], change.factor)
    bias = weights.get("bias")
    if change.shift is not None:
        bias = _sum(bias, _constant(host, weights["kernel"], change.shift))
    return _Fold(i, k, *_taken_up(host, per_input, bias))


def _pads(graph: Graph, host: Node) -> bool:
    """Return whether a window of a layer reaches zeros beside the map."""
    if host.op == "dense" or host.params["padding"] == "valid":
        return False
    return any(map(any, same_zeros(host.params, graph.input_shapes(host)[0])))


def _scaled(kernel: "np.ndarray", factor: "np.ndarray", axis: int) -> "np.ndarray":
    return kernel * (factor if axis == -1 else factor[:, None])  # type: ignore[no-any-return]


def _by_input(host: Node, kernel: "np.ndarray", values: "np.ndarray") -> "np.ndarray":
    """Lay a value per input channel out as the last two axes of a kernel, whose groups read different
    channels."""
    if host.op == "depthwise":
        return values[:, None]
    groups = host.params.get("groups", 1)
    per_group = values.reshape(groups, -1).T  # [input channels of a group, groups]
    return per_group.repeat(kernel.shape[-1] // groups, axis=1)


def _constant(host: Node, kernel: "np.ndarray", shift: "np.ndarray") -> "np.ndarray":
    """Return what a layer makes of a map that is `shift` everywhere: one number per output channel."""
    product = kernel * _by_input(host, kernel, shift)
    kept = OUTPUT_AXIS[host.op] % kernel.ndim
    return product.sum(axis=tuple(axis for axis in range(kernel.ndim) if axis != kept))  # type: ignore[no-any-return]


def _sum(one: "np.ndarray | None", other: "np.ndarray | None") -> "np.ndarray | None":
    if one is None or other is None:
        return one if other is None else other
    return one + other  # type: ignore[no-any-return]


def _taken_up(host: Node, kernel: "np.ndarray", bias: "np.ndarray | None") -> tuple[Node, Arrays]:
    weights = {"kernel": kernel.astype("float32")}
    if bias is None:
        return host, weights
    return host._replace(params={**host.params, "bias": True}), weights | {"bias": bias.astype("float32")}
