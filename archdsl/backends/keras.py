"""Graph -> keras.Model, whose shapes and weights are compared with the graph's before it is handed out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from archdsl.backends.names import layer_name, model_name
from archdsl.backends.quiet import import_keras
from archdsl.diagnostics import InternalError
from archdsl.ir.graph import Graph, Node
from archdsl.ops import OPS

if TYPE_CHECKING:
    import keras


def build(graph: Graph, instead: Mapping[str, Callable[..., Any]] = MappingProxyType({})) -> "keras.Model":
    """Build the network with freshly initialised weights.

    Layers are named by `layer_name`. The model consists of Keras' own layers, so a saved one loads without archdsl;
    `instead` gives other constructors for some targets, whose layers must have the same shapes and weights.
    Raises InternalError where Keras comes to another shape or to other weights than the graph.
    """
    keras = import_keras()
    tensors: list[Any] = []
    with _channels_last(keras):
        for node in graph.nodes:
            tensors.append(_tensor(keras, graph, node, tensors, instead))
        inputs, outputs = ([tensors[i] for i in ids] for ids in (graph.inputs, graph.outputs))
        return keras.Model(_one_or_all(inputs), _one_or_all(outputs), name=model_name(graph))


def _tensor(keras: Any, graph: Graph, node: Node, tensors: list[Any], instead: Mapping[str, Callable[..., Any]]) -> Any:
    """Evaluate a node's Call, connect the layer and compare it with the node."""
    shapes = graph.input_shapes(node)
    call = OPS[node.op].keras(node.params, shapes)
    # The target is a dotted name out of archdsl/ops, never text of a spec.
    constructor = instead.get(call.target) or reduce(getattr, call.target.split("."), keras)
    made = constructor(**call.kwargs, name=layer_name(node))
    if not node.inputs:
        _compare(node, "shape", tuple(made.shape[1:]), node.shape)
        return made
    tensor = made(_one_or_all([tensors[i] for i in node.inputs]))
    _compare(node, "shape", tuple(tensor.shape[1:]), node.shape)
    weights = OPS[node.op].weights(node.params, shapes)
    _compare(node, "weights", [(tuple(w.shape), w.trainable) for w in made.weights], [(w.shape, w.trainable) for w in weights])
    return tensor


def _compare(node: Node, what: str, built: object, expected: object) -> None:
    if built != expected:
        raise InternalError(f"Keras builds {node.name} ({node.op}) with {what} {built}; the graph says {expected}")


def _one_or_all(tensors: list[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors


@contextmanager
def _channels_last(keras: Any) -> Iterator[None]:
    """Make new layers channels last, whatever the user's `keras.json` says: shapes in a graph are."""
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_image_data_format(before)
