"""Layers of a Keras model -> a graph of our ops."""

from collections.abc import Callable
from typing import Any, NamedTuple

from archdsl.foreign import states
from archdsl.foreign.attention import attention
from archdsl.foreign.constants import joined
from archdsl.foreign.errors import ForeignError, Unsaid
from archdsl.foreign.initializers import plain, spelling
from archdsl.foreign.inverse import read, unsaid
from archdsl.foreign.layers import Layer, Layers
from archdsl.foreign.masks import Mask, padded
from archdsl.foreign.own import NONE, Declared, own
from archdsl.foreign.respell import respelled
from archdsl.graph.graph import Graph, Node, Shape, Stage
from archdsl.ops import ACTIVATIONS, OPS
from archdsl.source import Span

_NOWHERE = Span(0, 0)
_FUNCTIONS = frozenset(ACTIVATIONS.values())


def _spelling(value: Any) -> str:
    """Return the language's words for the initializer of an embedding, whose `uniform` is that of 0.05."""
    made = plain(value)
    return "uniform 0.05" if made in ("uniform", "random_uniform") else spelling(made)


def _embedding(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return an embedding, or the dense layer that its matrix is where it is called the other way round;
    raise ValueError where that is of a matrix of its own, or does more."""
    if config.get("logit_soft_cap") or config.get("reverse_dtype") or not config.get("tie_weights", True):
        raise ValueError
    params = {
        "shape": (config["input_dim"], config["output_dim"]),
        "initializer": _spelling(config.get("embeddings_initializer", "uniform")),
    }
    if config.get("reverse"):
        return "tied_dense", params
    return "embedding", params | ({"mask": 0} if config.get("mask_zero") else {})


# Layers that no op has as its Keras call, and the op of each.
_SAID: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "LeakyReLU": lambda config: (
        "activation",
        {"function": "leaky_relu", "slope": config.get("negative_slope", config.get("alpha"))},
    ),
    "LayerScale": lambda config: ("scale", {"initial": config["init_values"], "bias": False}),
    "Embedding": _embedding,
    "ReversibleEmbedding": _embedding,
    "StochasticDepth": lambda config: ("drop_path", {"rate": config["drop_path_rate"]}),
}


class Read(NamedTuple):
    """A graph, and for each node the layer that it comes from."""

    graph: Graph
    layers: tuple[str, ...]


class _Values:
    """The nodes so far, and what each layer gives."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.nodes: list[Node] = []
        self.layers: list[str] = []
        self.given: dict[str, int] = {}
        self.masks: dict[str, Mask] = {}  # what compares tokens with padding, by the layer that does
        self.called: dict[int, Mask] = {}  # the nodes that are called with such a mask
        self.first: dict[str, int] = {}  # the part of a layer -> the node of the use that comes first

    def add(self, layer: Layer, op: str, params: dict[str, Any], inputs: tuple[int, ...]) -> int:
        shape = OPS[op].shape(params, tuple(self.nodes[i].shape for i in inputs))
        shares = self.first.get(layer.shares or layer.name, -1)
        tied = shares >= 0 and (self.nodes[shares].op, op) == ("embedding", "tied_dense")
        if shares >= 0 and not tied and (self.nodes[shares].op, self.nodes[shares].params) != (op, params):
            raise Unsaid(layer.name, "it is used again, and does something else there")
        self.first.setdefault(layer.shares or layer.name, len(self.nodes))
        place = (layer.name, 0, (), "main", (_NOWHERE, _NOWHERE), shares)
        self.nodes.append(Node(op, params, inputs, shape, *place))
        return len(self.nodes) - 1


def graph_of(model: Layers, size: Shape | None = None, declared: Declared = NONE) -> Read:
    """Make a graph of a model; raise Unsaid for a layer that the language has no words for.

    `size` is that of an input that the model leaves open; `declared` are layers of the model's own.
    """
    values = _Values(declared)
    for layer in model.layers:
        _append(values, layer, size)
    inputs = tuple(i for i, node in enumerate(values.nodes) if node.op == "input")
    missing = [name for name in model.outputs if name not in values.given]
    if missing:
        raise ForeignError(f"no layer gives the output {missing[0]}")
    outputs = tuple(values.given[name] for name in model.outputs)
    stage = Stage("net", "", None, 0, len(values.nodes), _NOWHERE, 1, "", ())
    nodes = padded(values.nodes, values.called)
    graph = Graph(model.name or "net", "plain", nodes, (stage,), inputs, outputs)
    return Read(*joined(graph, tuple(values.layers)))


def _append(values: _Values, layer: Layer, size: Shape | None) -> None:
    if layer.kind == "InputLayer":
        values.given[layer.name] = values.add(layer, "input", {"shape": _shape(layer, size)}, ())
        values.layers.append(layer.name)
        return
    if layer.kind == "NotEqual" and len(layer.inputs) == 1 and isinstance(layer.config.get("number"), int):
        values.masks[layer.name] = (_given(values, layer.inputs[0]), layer.config["number"])
        return
    inputs = tuple(_given(values, name) for name in layer.inputs)
    if layer.mask:
        values.called[len(values.nodes)] = _mask(values, layer)
    for part in _parts(layer):
        if part.config.get("activation") == "linear" and part.kind == "Activation":
            continue
        shapes = tuple(values.nodes[i].shape for i in inputs)
        op, params = own(part, shapes, values.declared) if part.own else _op(part, shapes)
        inputs = (values.add(part, op, params, inputs),)
        values.layers.append(layer.name)
    values.given[layer.name] = inputs[0]


def _given(values: _Values, name: str) -> int:
    if name in values.masks:
        raise Unsaid(name, "the language has no NotEqual but for masks of padding")
    return values.given[name]


def _mask(values: _Values, layer: Layer) -> Mask:
    if layer.mask not in values.masks:
        raise Unsaid(layer.name, f"it is called with a mask that {layer.mask} makes, which is not said")
    return values.masks[layer.mask]


def _parts(layer: Layer) -> list[Layer]:
    """Return the layers that do what a layer does; those of a further use share those of the first."""
    return [
        part._replace(shares=part.name.replace(layer.name, layer.shares, 1)) if layer.shares else part
        for part in ([layer] if layer.own else respelled(layer))
    ]


def _op(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[str, dict[str, Any]]:
    if not shapes:
        raise Unsaid(layer.name, "it reads nothing")
    if layer.kind in _SAID:
        try:
            return _SAID[layer.kind](layer.config)
        except (KeyError, ValueError):
            raise Unsaid(layer.name, unsaid(layer.kind, layer.config, shapes)) from None
    if layer.kind == "MultiHeadAttention":
        return "attention", attention(layer, shapes)
    if layer.kind in states.KINDS:
        return states.recurrent(layer, shapes)
    found = read(layer.kind, layer.config, shapes)
    if found is None or (found[0] == "activation" and found[1]["function"] not in _FUNCTIONS):
        raise Unsaid(layer.name, unsaid(layer.kind, layer.config, shapes))
    return found


def _shape(layer: Layer, size: Shape | None) -> Shape:
    sizes = layer.config.get("batch_shape") or layer.config.get("batch_input_shape")
    if sizes and all(isinstance(n, int) and n > 0 for n in sizes[1:]):
        return tuple(sizes[1:])
    fits = size is not None and len(size) == len((sizes or [None, *size])[1:])
    if size is None or not fits:
        raise Unsaid(layer.name, "its size is open: say it with --input")
    return size
