"""A Keras model -> an ONNX file, by Keras' own export (tf2onnx)."""

import json
import warnings
from pathlib import Path
from typing import Any

OUTPUT = "output"


def write(model: Any, path: Path, said: dict[str, Any]) -> None:
    """Export a model whose batch is free; what is said of it is metadata of the file, each value as JSON or
    plain text."""
    import numpy as np
    import onnx

    # Keras exports a functional model only once it has been called.
    model(np.zeros((1, *model.input_shape[1:]), model.inputs[0].dtype), training=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.export(str(path), format="onnx", verbose=False)
    proto = onnx.load(path)
    _name_ends(proto.graph)
    onnx.save(proto, path)
    describe(path, said)


def describe(path: Path, said: dict[str, Any]) -> None:
    """Write what is said of a model into its file."""
    import onnx

    proto = onnx.load(path)
    del proto.metadata_props[:]
    for key, value in said.items():
        proto.metadata_props.add(
            key=key, value=value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )
    onnx.checker.check_model(proto)
    onnx.save(proto, path)


def _name_ends(graph: Any) -> None:
    """Call the output `output`, and the free axis `batch`, instead of the names that the conversion made
    up."""
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    old = graph.output[0].name
    graph.output[0].name = OUTPUT
    for node in graph.node:
        node.output[:] = [OUTPUT if name == old else name for name in node.output]
        node.input[:] = [OUTPUT if name == old else name for name in node.input]
