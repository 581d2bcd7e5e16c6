"""What generated Keras source says, without Keras: a module in its place takes down each layer and its inputs."""

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

from archdsl.backends.keras_text import DEFAULTS
from archdsl.backends.names import layer_name, model_name, part_name
from archdsl.graph.graph import Graph
from archdsl.ops import OPS, Call, taken

# The first arguments of Keras' layers, which source writes by position.
POSITIONAL = {
    "Conv": ("filters", "kernel_size"),
    "DepthwiseConv": ("kernel_size",),
    "Dense": ("units",),
    "MaxPooling": ("pool_size",),
    "AveragePooling": ("pool_size",),
    "Dropout": ("rate",),
    "SpatialDropout": ("rate",),
    "Activation": ("activation",),
    "UpSampling": ("size",),
    "Reshape": ("target_shape",),
    "EinsumDense": ("equation",),
    "Permute": ("dims",),
    "LSTM": ("units",),
    "GRU": ("units",),
    "SimpleRNN": ("units",),
}


class Said(NamedTuple):
    """A layer or function as it was written: what it is, its arguments, its name, and which values it takes.

    Of a function's arguments only the values are known.
    """

    target: str
    kwargs: dict[str, Any]
    name: str
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Value:
    number: int


class Record:
    """Stands for the module `keras` and takes down what is made with it."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.module = ModuleType("keras")
        parts = {"layers": Layers(self), "ops": Functions(self, "ops"), "initializers": Initializers()}
        parts["Input"] = lambda name, **kwargs: self.put("Input", kwargs, name, ())
        parts["Model"] = lambda inputs, outputs, name: self.put("Model", {}, name, (inputs, outputs))
        self.module.__dict__.update(parts)

    def put(self, target: str, kwargs: dict[str, Any], name: str, given: tuple[Any, ...]) -> Value:
        """Take down one layer or function."""
        values = [value for one in given for value in (one if isinstance(one, (list, tuple)) else [one])]
        self.said.append(Said(target, kwargs, name, tuple(value.number for value in values)))
        return Value(len(self.said) - 1)


class Layers:
    def __init__(self, record: Record) -> None:
        self.record = record

    def __getattr__(self, layer: str) -> Any:
        names = next((names for start, names in POSITIONAL.items() if layer.startswith(start)), ())

        def make(*values: Any, name: str = "", **kwargs: Any) -> Any:
            kwargs = {**dict(zip(names, values, strict=False)), **kwargs}
            assert len(values) <= len(names)
            if not name:  # an argument of a layer
                return {"class_name": layer, "config": kwargs}
            return lambda *given, **called: self.record.put(f"layers.{layer}", kwargs | called, name, given)

        return make


class Functions:
    def __init__(self, record: Record, module: str) -> None:
        self.record, self.module = record, module

    def __getattr__(self, name: str) -> Any:
        if name == "image":
            return Functions(self.record, f"{self.module}.image")

        def apply(*given: Any, **kwargs: Any) -> Value:
            values = tuple(one for one in given if isinstance(one, Value))
            rest = [one for one in given if not isinstance(one, Value)] + [*kwargs.values()]
            return self.record.put(f"{self.module}.{name}", {"values": sorted(rest, key=repr)}, "", values)

        return apply


class Initializers:
    def __getattr__(self, name: str) -> Any:
        return lambda **kwargs: {"class_name": name, "config": kwargs}


def recorded(text: str) -> list[Said]:
    """Run generated source with a module in the place of Keras; give what it made, in order."""
    record = Record()
    before = sys.modules.get("keras")
    sys.modules["keras"] = record.module
    try:
        namespace: dict[str, Any] = {"__name__": "generated"}
        exec(compile(text, "generated.py", "exec"), namespace)
        namespace["build"]()
    finally:
        del sys.modules["keras"]
        if before:
            sys.modules["keras"] = before
    return [one._replace(kwargs=_whole(one.target, one.kwargs)) for one in record.said]


def expected(graph: Graph) -> list[Said]:
    """Give what the builder makes of a graph, as `recorded` does."""
    said: list[Said] = []
    ends: list[int] = []
    for node in graph.nodes:
        first = len(said)
        read = [ends[i] for i in node.inputs]
        for call in OPS[node.op].calls(node.params, graph.input_shapes(node)):
            inputs = [j for at in call.inputs for j in (taken(at, read) if at < 0 else [first + at])]
            own = graph.nodes[node.shares] if node.shares >= 0 else node
            name = part_name(layer_name(own), call.suffix) if call.layer else ""
            kwargs = (
                {**call.kwargs, **call.called}
                if call.layer
                else {"values": sorted(call.kwargs.values(), key=repr)}
            )
            said.append(Said(call.target, _whole(call.target, kwargs), name, tuple(inputs)))
        ends.append(len(said) - 1)
    ways = (*(ends[i] for i in graph.inputs), *(ends[i] for i in graph.outputs))
    return [*said, Said("Model", {}, model_name(graph), ways)]


def _whole(target: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with those that were left out, and initializers as configurations."""
    known = next((values for start, values in DEFAULTS.items() if target.startswith(start)), {})
    return {**known, **_plain(kwargs)}


def _plain(value: Any) -> Any:
    if isinstance(value, Call):
        return {"class_name": value.target.rpartition(".")[2], "config": _plain(value.kwargs)}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value
