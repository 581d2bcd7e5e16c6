"""The steps of an ONNX file -> a graph of our ops, with the weights of each node in Keras' axes."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.foreign.errors import ForeignError, Unsaid
from archdsl.foreign.graph import Read
from archdsl.foreign.onnx import dense, norms, pointwise, resize, shapes, windows
from archdsl.foreign.onnx.attention import attended
from archdsl.foreign.onnx.fold import folded
from archdsl.foreign.onnx.patterns import joined
from archdsl.foreign.onnx.program import BATCH, Program, Step, program
from archdsl.foreign.onnx.ties import tied
from archdsl.foreign.onnx.values import Maker, Value, first, last
from archdsl.foreign.order import renumbered
from archdsl.graph.graph import Graph, Shape, Stage
from archdsl.ops import OPS
from archdsl.source import Span

if TYPE_CHECKING:
    import numpy as np

_HANDLERS: dict[str, Callable[..., Any]] = {
    **pointwise.HANDLERS,
    "Conv": windows.conv,
    "ConvTranspose": windows.transposed,
    "MaxPool": windows.pool,
    "AveragePool": windows.pool,
    "Pad": windows.padded,
    "Gemm": dense.gemm,
    "BatchNormalization": norms.batch_norm,
    "LayerNormalization": norms.layer_norm,
    "GroupNormalization": norms.group_norm,
    "InstanceNormalization": norms.group_norm,
    "LRN": norms.local_response,
    "GlobalAveragePool": norms.pooled,
    "GlobalMaxPool": norms.pooled,
    "ReduceMean": norms.reduced,
    "ReduceMax": norms.reduced,
    "Transpose": shapes.transpose,
    "Flatten": shapes.flatten,
    "Reshape": shapes.reshape,
    "Squeeze": shapes.squeeze,
    "Unsqueeze": shapes.unsqueeze,
    "Concat": shapes.concat,
    "Slice": shapes.sliced,
    "Split": shapes.split,
    "Gather": shapes.gather,
    "Resize": resize.resize,
    "Upsample": resize.resize,
    "DepthToSpace": resize.depth_to_space,
}
_TWO = ("Add", "Sub", "Mul", "Div", "Max", "Sum", "Mean")


class Weighed(NamedTuple):
    """A graph with the weights of its nodes, by their place, and what is to be said of the file."""

    read: Read
    weights: "dict[int, tuple[np.ndarray, ...]]"
    notes: tuple[str, ...]
    hollow: bool


def opened(path: str, size: Shape | None = None) -> Weighed:
    """Read a file; raise ForeignError. `size` is that of an input that the file leaves open, channels last.

    Where the channels of the input are, the operators tell: what can be read first in one order, then in the
    other, is taken.
    """
    found = joined(program(path))
    faults: list[tuple[int, ForeignError]] = []
    for order in (first, last):
        reader = _Reader(found, size, order)
        try:
            return reader.weighed()
        except ForeignError as fault:
            faults.append((len(reader.maker.nodes), fault))
    raise max(faults, key=lambda pair: pair[0])[1] from None


class _Reader:
    """Reads a program under one order of its inputs' axes."""

    def __init__(self, found: Program, size: Shape | None, order: Callable[[int], tuple[int, ...]]) -> None:
        self.program = found
        self.size = size
        self.order = order
        batch = next((shape[0] for shape in found.inputs.values() if shape), BATCH)
        counts = Counter(name for step in found.steps for name in step.inputs)
        self.maker = Maker(batch, counts + Counter(found.outputs))
        self.values: dict[str, Any] = dict(found.constants)

    def weighed(self) -> Weighed:
        """Return the graph; raise Unsaid for what it cannot have."""
        read = {name for step in self.program.steps for name in step.inputs} | set(self.program.outputs)
        # tf2onnx leaves inputs behind whose constants it has folded: nothing reads them
        inputs = tuple(self._input(name, own) for name, own in self.program.inputs.items() if name in read)
        for step in self.program.steps:
            self._run(step)
        missing = [name for name in self.program.outputs if not isinstance(self.values.get(name), Value)]
        if missing:
            raise ForeignError(f"no operator computes the output {missing[0]}")
        outputs = tuple(self._output(name) for name in self.program.outputs)
        attended(self.maker.nodes, self.maker.weights)
        nodes = tuple(self.maker.nodes)
        stage = Stage("net", "", None, 0, len(nodes), Span(0, 0), 1, "", ())
        graph = Graph(self.program.name or "net", "plain", nodes, (stage,), inputs, outputs)
        return _needed(graph, self.maker, self._notes(), self.program.hollow)

    def _input(self, name: str, sizes: tuple[int, ...]) -> int:
        order, said = self.order(len(sizes) - 1), sizes[1:]
        if len(sizes) < 2:
            raise Unsaid(name, "an input without an axis behind the batch is not said")
        shape = tuple(said[order.index(axis)] for axis in range(len(order)))
        if 0 in shape:
            if self.size is None or len(self.size) != len(shape):
                raise Unsaid(name, "its size is open: say it with --input")
            shape = self.size
        node = self.maker.add(Step(name, "input", {}, (), (name,)), "input", {"shape": shape}, ())
        self.values[name] = Value(node, order)
        return node

    def _run(self, step: Step) -> None:
        unknown = [name for name in step.inputs if name and name not in self.values]
        if unknown:
            raise Unsaid(step.name, f"it reads {unknown[0]}, which no operator gives")
        given = [self.values.get(name) for name in step.inputs]
        if step.kind == "Shape" and isinstance(given[0], Value):
            self.values[step.outputs[0]] = self._shape(given[0], step)
            return
        if not any(isinstance(one, Value) for one in given):
            made = folded(step, given)
            if made is None:
                raise Unsaid(step.name, f"{step.kind} of constants is not read")
            self.values[step.outputs[0]] = made
            return
        if step.kind != "MaxPool" and any(isinstance(one, Value) and one.edge for one in given):
            raise Unsaid(step.name, "what has the lowest number around it goes into no maximum")
        made = self._made(step, given)
        for name, value in zip(step.outputs, made if isinstance(made, list) else [made], strict=False):
            self.values[name] = value

    def _made(self, step: Step, given: list[Any]) -> Any:
        try:
            return _lowered(self.maker, step, given)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise Unsaid(
                step.name, f"{step.kind} in a form that is not said ({type(error).__name__})"
            ) from None

    def _shape(self, value: Value, step: Step) -> "np.ndarray":
        import numpy as np

        sizes = (self.maker.batch, *self.maker.sizes(value))
        return np.asarray(sizes[step.said.get("start", 0) : step.said.get("end")], np.int64)

    def _output(self, name: str) -> int:
        value: Value = self.values[name]
        if value.mixed:
            raise ForeignError(
                f"the output {name} has the values of a map in PyTorch's order, which is not said"
            )
        return value.node

    def _notes(self) -> tuple[str, ...]:
        convolutions = [node for node in self.maker.nodes if node.op in ("conv", "depthwise")]
        normed = any(OPS[node.op].family == "norm" for node in self.maker.nodes)
        if len(convolutions) > 1 and not normed and all(node.params["bias"] for node in convolutions):
            self.maker.notes.add(
                "a batch norm behind a convolution is folded into its kernel and its bias, if there was one"
            )
        return tuple(sorted(self.maker.notes))


def _needed(graph: Graph, maker: Maker, notes: tuple[str, ...], hollow: bool) -> Weighed:
    """Return a graph without the nodes that nothing reads."""
    kept, waiting = set(graph.inputs), list(graph.outputs)
    while waiting:
        i = waiting.pop()
        if i not in kept:
            kept.add(i)
            waiting += graph.nodes[i].inputs
    order = sorted(kept)
    found = {place: maker.weights[i] for place, i in enumerate(order) if i in maker.weights}
    shared, weights = tied(renumbered(graph, order), found)
    return Weighed(Read(shared, tuple(maker.layers[i] for i in order)), weights, notes, hollow)


def _lowered(maker: Maker, step: Step, given: list[Any]) -> Any:
    values = [one for one in given if isinstance(one, Value)]
    if step.kind == "MatMul" and len(values) == 2:
        return dense.product(maker, step, *values)
    if step.kind == "MatMul":
        return dense.dense(maker, step, *given)
    if step.kind == "Standardize":
        return norms.standardized(maker, step, *given)
    if step.kind in _TWO:
        if len(values) == len(given):
            return pointwise.merged(maker, step, *given)
        constant = next(one for one in given if not isinstance(one, Value))
        return pointwise.with_constant(maker, step, values[0], constant, isinstance(given[0], Value))
    handler = _HANDLERS.get(step.kind)
    if handler is None:
        raise Unsaid(step.name, f"the language has no {step.kind}")
    made = handler(maker, step, *given)
    return list(made) if step.kind == "Split" else made
