"""A graph with weights -> Keras models: the network alone, or one that takes images as they are."""

from typing import Any

from archdsl.backends.keras import build
from archdsl.backends.quiet import import_keras
from archdsl.deploy.convertible import replacements
from archdsl.deploy.feed import Feed
from archdsl.deploy.weights import Weighted, assign
from archdsl.graph.graph import Graph, Node


def keras_model(network: Weighted, converted: bool = False) -> Any:
    """Build the Keras model of a network with its weights, in float32; one to be `converted` has no ops of
    XLA."""
    model = unweighted(network.graph, converted)
    assign(model, network)
    return model


def unweighted(graph: Graph, converted: bool) -> Any:
    """Build a Keras model with fresh weights."""
    return build(graph, replacements() if converted else {})


def taking_images(model: Any, feed: Feed) -> Any:
    """Put the scaling in front of a model of one input: it then takes uint8 images of 0..255."""
    keras = import_keras()
    images = keras.Input(model.input_shape[1:], dtype="uint8", name="images")
    scaled = keras.layers.Rescaling(list(feed.scale), list(feed.offset), name="scaling")(images)
    return keras.Model(images, model(scaled), name=model.name)


def alone(graph: Graph, node: Node) -> Graph | None:
    """Return a network of one layer, which takes what the layer takes; None where that is several maps of
    different shapes."""
    shapes = set(graph.input_shapes(node))
    if len(shapes) != 1:
        return None
    shape = shapes.pop()
    entry = Node("input", {"shape": shape}, (), shape, "input", -1, (), "main", ())
    layer = node._replace(inputs=(0,) * len(node.inputs))
    return graph._replace(nodes=(entry, layer), stages=(), inputs=(0,), outputs=(1,))
