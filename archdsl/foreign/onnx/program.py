"""An ONNX file -> its steps, its constants and its ends, as plain data."""

import os
from collections.abc import Iterable
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.foreign.errors import ForeignError, Unsaid

if TYPE_CHECKING:
    import numpy as np

ENDING = ".onnx"
BATCH = 7919  # stands for a batch whose size the file leaves open: a prime that no map has as its side
_MOST_STEPS = 100_000
_MOST_BYTES = 2**31  # of a protocol buffer
_OWN = ("", "ai.onnx")


class Step(NamedTuple):
    """One operator of ONNX with its attributes, and the names of the values that it reads and gives."""

    name: str
    kind: str
    said: dict[str, Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Program(NamedTuple):
    """The steps of a file in order. Inputs have their shapes, with BATCH for an open batch and 0 for another
    open axis; `hollow` says that the numbers of some constants lie in a file that is not there."""

    name: str
    steps: tuple[Step, ...]
    constants: "dict[str, np.ndarray]"
    inputs: dict[str, tuple[int, ...]]
    outputs: tuple[str, ...]
    hollow: bool


def program(path: str) -> Program:
    """Read a file; raise ForeignError where it is damaged, or has operators that are not ONNX's own."""
    model = _model(path)
    if len(model.functions):
        from onnx.inliner import inline_local_functions

        model = inline_local_functions(model)
    graph = model.graph
    if len(graph.node) > _MOST_STEPS:
        raise ForeignError(f"the model has more than {_MOST_STEPS:,} operators")
    if len(graph.sparse_initializer):
        raise ForeignError(f"{path} has sparse weights, which are not read")
    constants, hollow = _constants(graph.initializer, path)
    steps = tuple(map(_step, graph.node))
    inputs = {one.name: _shape(one) for one in graph.input if one.name not in constants}
    return Program(graph.name, steps, constants, inputs, tuple(one.name for one in graph.output), hollow)


def _model(path: str) -> Any:
    import onnx

    try:
        if os.path.getsize(path) > _MOST_BYTES:
            raise ForeignError(f"{path} is larger than {_MOST_BYTES >> 30} GB")
        return onnx.load(path, load_external_data=False)
    except OSError as error:
        raise ForeignError(f"cannot read {path}: {(error.strerror or 'unknown error').lower()}") from None
    except ForeignError:
        raise
    except Exception:  # protobuf's own classes have no types here
        raise ForeignError(f"{path} is damaged, or no ONNX file") from None


def _step(node: Any) -> Step:
    name = node.name or (node.output[0] if node.output else node.op_type)
    if node.domain not in _OWN:
        raise Unsaid(name, f"{node.domain}.{node.op_type} is no operator of ONNX itself")
    said = {one.name: _attribute(one, name) for one in node.attribute}
    return Step(name, node.op_type, said, tuple(node.input), tuple(node.output))


def _attribute(attribute: Any, name: str) -> Any:
    import onnx

    if attribute.type == onnx.AttributeProto.TENSOR:
        return _array(attribute.t)
    if attribute.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
        raise Unsaid(name, "it has a graph of its own, which decides what is computed")
    found = onnx.helper.get_attribute_value(attribute)
    if isinstance(found, bytes):
        return found.decode("utf-8", "replace")
    return tuple(found) if isinstance(found, Iterable) else found


def _constants(tensors: Any, path: str) -> "tuple[dict[str, np.ndarray], bool]":
    """Read the constants; one whose numbers are not there has zeros in their place."""
    from archdsl.foreign.onnx.beside import external

    found, hollow = {}, False
    for tensor in tensors:
        array = external(tensor, path) if tensor.external_data else _array(tensor)
        if array is None:
            array, hollow = _zeros(tuple(tensor.dims)), True
        found[tensor.name] = array
    return found, hollow


def _array(tensor: Any) -> "np.ndarray":
    from onnx import numpy_helper

    if any(n < 0 for n in tensor.dims):
        raise ForeignError(f"the tensor {tensor.name[:80]} is damaged")
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError):
        raise ForeignError(f"the tensor {tensor.name[:80]} is damaged") from None


def _zeros(shape: tuple[int, ...]) -> "np.ndarray":
    """Return zeros that take no memory."""
    import numpy as np

    return np.broadcast_to(np.float32(0), shape)


def _shape(value: Any) -> tuple[int, ...]:
    sizes = [int(axis.dim_value) for axis in value.type.tensor_type.shape.dim]
    if prod(sizes) < 0:
        raise ForeignError(f"the input {value.name[:80]} has a negative size")
    return (sizes[0] or BATCH, *sizes[1:]) if sizes else ()
