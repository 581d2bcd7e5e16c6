"""Graph -> keras.Model, whose shapes and weights are compared with the graph's before it is handed out."""

import sys
from collections.abc import Callable, Mapping
from functools import reduce
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from archdsl.backends import own
from archdsl.backends.names import layer_name, model_name, part_name
from archdsl.backends.quiet import import_keras
from archdsl.backends.undisturbed import undisturbed
from archdsl.diagnostics import InternalError
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS, Call, taken
from archdsl.ops.own import OWN

if TYPE_CHECKING:
    import keras


def build(graph: Graph, instead: Mapping[str, Callable[..., Any]] = MappingProxyType({})) -> "keras.Model":
    """Build the network with freshly initialised weights.

    Layers are named by `layer_name`. The model consists of Keras' own layers, so a saved one loads without
    archdsl; `instead` gives other constructors for some targets, whose layers must have the same shapes and
    weights. Raises InternalError where Keras comes to another shape or to other weights than the graph, and
    MissingLayer or WrongLayer where a layer that the spec declares has no implementation, or another one.
    """
    keras = import_keras()
    # Keras follows a network by recursion, a few calls for each layer.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 1000 + 4 * len(graph.nodes)))
    instead = {**own.builders(graph), **instead}
    tensors: list[Any] = []
    made: list[list[Any]] = []  # the layers of each node
    with undisturbed(keras, _classes(keras, graph)):
        for node in graph.nodes:
            again = made[node.shares] if node.shares >= 0 else None
            tensor, layers = _tensor(keras, graph, node, tensors, instead, again)
            tensors.append(tensor)
            made.append(layers)
        inputs, outputs = ([tensors[i] for i in ids] for ids in (graph.inputs, graph.outputs))
        return keras.Model(_one_or_all(inputs), _one_or_all(outputs), name=model_name(graph))


def _classes(keras: Any, graph: Graph) -> set[Any]:
    """Return the classes of Keras that the first node of each op is made of."""
    first = {node.op: node for node in reversed(graph.nodes)}
    calls = (OPS[op].calls(node.params, graph.input_shapes(node)) for op, node in first.items())
    targets = {call.target for made in calls for call in made if call.layer}
    return {_named(keras, target) for target in targets if not target.startswith(OWN)}


def _named(keras: Any, target: str) -> Any:
    """Return what Keras has under a dotted name."""
    return reduce(getattr, target.split("."), keras)


def _tensor(
    keras: Any,
    graph: Graph,
    node: Node,
    tensors: list[Any],
    instead: Mapping[str, Callable[..., Any]],
    again: list[Any] | None,
) -> tuple[Any, list[Any]]:
    """Evaluate a node's calls, connect the layers (`again`: those of the node that it shares) and compare
    them with the node."""
    shapes = graph.input_shapes(node)
    calls = OPS[node.op].calls(node.params, shapes)
    inputs = [tensors[i] for i in node.inputs]
    tensor, layers = connected(keras, calls, layer_name(node), inputs, instead, again)
    if OPS[node.op].family == "own":
        trained = sum(prod(w.shape) for layer in layers for w in layer.trainable_weights)
        declared = sum(prod(w.shape) for w in OPS[node.op].weights(node.params, shapes))
        own.compare(node, trained, declared, tuple(tensor.shape[1:]))
        return tensor, layers
    _compare(node, "shape", tuple(tensor.shape[1:]), node.shape)
    weights = OPS[node.op].weights(node.params, shapes)
    built = [(tuple(w.shape), w.trainable) for layer in layers for w in layer.weights]
    _compare(node, "weights", built, [(w.shape, w.trainable) for w in weights])
    return tensor, layers


def connected(
    keras: Any,
    calls: tuple[Call, ...],
    name: str,
    inputs: list[Any],
    instead: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    again: list[Any] | None = None,
) -> tuple[Any, list[Any]]:
    """Make the layers of one op, or take those that are there `again`, and give the last one's output with
    them; the last one is called `name`."""
    values: list[Any] = []
    layers: list[Any] = []
    for call in calls:
        # The target is a dotted name out of archdsl/ops, never text of a spec.
        made = instead.get(call.target) or _named(keras, call.target)
        read = [tensor for i in call.inputs for tensor in (taken(i, inputs) if i < 0 else [values[i]])]
        kwargs = {key: _argument(keras, value) for key, value in call.kwargs.items()}
        if not call.layer:
            values.append(made(*read, **kwargs))
            continue
        layer = again[len(layers)] if again else made(**kwargs, name=part_name(name, call.suffix))
        if read:
            layers.append(layer)
        by_name = len(read) - len(call.keywords)
        given = read[:by_name] if call.apart else [_one_or_all(read[:by_name])]
        named = dict(zip(call.keywords, read[by_name:], strict=True))
        values.append(layer(*given, **call.called, **named) if read else layer)
    return values[-1], layers


def _argument(keras: Any, value: Any) -> Any:
    return _named(keras, value.target)(**value.kwargs) if isinstance(value, Call) else value


def _compare(node: Node, what: str, built: object, expected: object) -> None:
    if built != expected:
        raise InternalError(
            f"Keras builds {node.name} ({node.op}) with {what} {built}; the graph says {expected}"
        )


def _one_or_all(tensors: list[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors
