"""A fresh model -> the model that training begins with: initial weights read, frozen rows set."""

import os
import warnings
from typing import Any

from archdsl.backends.names import layer_name, part_name
from archdsl.backends.quiet import held_back, import_keras
from archdsl.graph.graph import Graph
from archdsl.ops import OPS
from archdsl.train.folder import RunError


def freeze(rows: tuple[str, ...], graph: Graph, model: Any) -> None:
    """Freeze the weights of rows; to be called before the model is compiled."""
    frozen = frozen_layers(graph, rows)
    for layer in model.layers:
        if layer.name in frozen:
            layer.trainable = False


def frozen_layers(graph: Graph, rows: tuple[str, ...]) -> set[str]:
    """List the layers of rows, by the names that the rows have in the table."""
    nodes = [
        node
        for stage in graph.stages
        if (stage.label or stage.name) in rows
        for node in graph.nodes[stage.start : stage.stop]
    ]
    calls = (
        (layer_name(node), call)
        for node in nodes
        for call in OPS[node.op].calls(node.params, graph.input_shapes(node))
    )
    return {part_name(name, call.suffix) for name, call in calls}


def read_weights(path: str, model: Any) -> str:
    """Read initial weights into a model; give what was read, in words. Raises RunError where they are of no
    such network."""
    try:
        with held_back():
            if path.endswith(".weights.h5"):
                return _whole(path, model)
            return _copied(path, _other(path), model)
    except (OSError, ValueError, KeyError, UserWarning) as error:
        raise RunError(f"cannot start from the weights {path}: {_first_line(error)}") from None


def _whole(path: str, model: Any) -> str:
    """Read the weights of the same network; Keras only warns of layers that the file does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.load_weights(path)
    return f"initial weights: {path}"


def _other(path: str) -> Any:
    """Return the model of a run, with its best weights, or of a `.keras` file."""
    if os.path.isdir(path):
        from archdsl.train.restore import restore

        return restore(path).model
    return import_keras().models.load_model(path, compile=False)


def _copied(path: str, other: Any, model: Any) -> str:
    """Copy the weights of each layer that has the name and the shapes of one of the model."""
    own = {layer.name: layer for layer in model.layers if layer.weights}
    given = {layer.name: layer for layer in other.layers if layer.weights}
    fitting = [name for name in own if name in given and _shapes(own[name]) == _shapes(given[name])]
    if not fitting:
        raise ValueError("none of its layers has the name and the shapes of one of this network")
    for name in fitting:
        own[name].set_weights(given[name].get_weights())
    new = [name for name in own if name not in fitting]
    left = f"; new ones in {', '.join(new[:5])}{' …' if len(new) > 5 else ''}" if new else ""
    return f"initial weights: {len(fitting)} of {len(own)} layers from {path}{left}"


def _shapes(layer: Any) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in layer.weights]


def _first_line(error: Exception) -> str:
    lines = str(error).strip("'\" \n").splitlines()
    return lines[0] if lines else type(error).__name__
