"""Layers of a Keras model -> a graph of our ops."""

from typing import Any, NamedTuple

from archdsl.foreign.errors import ForeignError, Unsaid
from archdsl.foreign.inverse import read, unsaid
from archdsl.foreign.layers import Layer, Layers
from archdsl.foreign.respell import respelled
from archdsl.graph.graph import Graph, Node, Shape, Stage
from archdsl.ops import ACTIVATIONS, OPS
from archdsl.source import Span

_NOWHERE = Span(0, 0)
_FUNCTIONS = frozenset(ACTIVATIONS.values())


class Read(NamedTuple):
    """A graph, and for each node the layer that it comes from."""

    graph: Graph
    layers: tuple[str, ...]


class _Values:
    """The nodes so far, and what each layer gives."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.layers: list[str] = []
        self.given: dict[str, int] = {}

    def add(self, layer: Layer, op: str, params: dict[str, Any], inputs: tuple[int, ...]) -> int:
        shape = OPS[op].shape(params, tuple(self.nodes[i].shape for i in inputs))
        self.nodes.append(Node(op, params, inputs, shape, layer.name, 0, (), "main", (_NOWHERE, _NOWHERE)))
        return len(self.nodes) - 1


def graph_of(model: Layers) -> Read:
    """Make a graph of a model; raise Unsaid for a layer that the language has no words for."""
    values = _Values()
    for layer in model.layers:
        _append(values, layer)
    inputs = tuple(i for i, node in enumerate(values.nodes) if node.op == "input")
    missing = [name for name in model.outputs if name not in values.given]
    if missing:
        raise ForeignError(f"no layer gives the output {missing[0]}")
    outputs = tuple(values.given[name] for name in model.outputs)
    stage = Stage("net", "", None, 0, len(values.nodes), _NOWHERE, 1, "", ())
    graph = Graph(model.name or "net", "plain", tuple(values.nodes), (stage,), inputs, outputs)
    return Read(graph, tuple(values.layers))


def _append(values: _Values, layer: Layer) -> None:
    if layer.kind == "InputLayer":
        values.given[layer.name] = values.add(layer, "input", {"shape": _shape(layer)}, ())
        values.layers.append(layer.name)
        return
    inputs = tuple(values.given[name] for name in layer.inputs)
    for part in respelled(layer):
        if part.config.get("activation") == "linear" and part.kind == "Activation":
            continue
        op, params = _op(part, tuple(values.nodes[i].shape for i in inputs))
        inputs = (values.add(part, op, params, inputs),)
        values.layers.append(layer.name)
    values.given[layer.name] = inputs[0]


def _op(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[str, dict[str, Any]]:
    if not shapes:
        raise Unsaid(layer.name, "it reads nothing")
    if layer.kind == "LeakyReLU":
        return "activation", {"function": "leaky_relu", "slope": layer.config["negative_slope"]}
    found = read(layer.kind, layer.config, shapes)
    if found is None or (found[0] == "activation" and found[1]["function"] not in _FUNCTIONS):
        raise Unsaid(layer.name, unsaid(layer.kind, layer.config, shapes))
    return found


def _shape(layer: Layer) -> Shape:
    sizes = layer.config.get("batch_shape") or layer.config.get("batch_input_shape")
    if not sizes or not all(isinstance(size, int) and size > 0 for size in sizes[1:]):
        raise Unsaid(layer.name, "its size is open: give the model a fixed input before it is saved")
    return tuple(sizes[1:])
