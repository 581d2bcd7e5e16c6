"""Graph -> the same computation in one spelling, so that networks written differently can be found equal.

Zeros in front of a convolution become its padding, those in front of a pool its zeros, which it counts; a
pool over the whole map becomes a global one; flattening a
map of one position is nothing, nor is making a map of a gate. Every operation gets a number that two
operations share only where they compute the same of the same inputs: networks are the same where their
numbers are.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from archdsl.graph.graph import Graph, Node, Shape
from archdsl.ops import OPS
from archdsl.ops.windows import same_zeros, spread


class Operation(NamedTuple):
    """A node in canonical spelling; `inputs` are indices of nodes that are not passed over."""

    op: str
    params: dict[str, Any]
    inputs: tuple[int, ...]
    shares: int = -1  # the node whose layer it applies again


class Canonical(NamedTuple):
    """A graph in canonical spelling: None stands for a node that is passed over, `stands_for` says in favour
    of which."""

    graph: Graph
    operations: tuple[Operation | None, ...]
    stands_for: tuple[int, ...]


class Numbers:
    """Gives equal computations equal numbers; one instance serves both networks."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}

    def network(self, canonical: Canonical) -> list[int]:
        """Number the operations of a whole network (-1 for those passed over)."""
        return self._numbered(canonical, range(len(canonical.operations)))

    def stage(self, canonical: Canonical, index: int) -> tuple[Any, ...]:
        """Return a key that two stages share where they do the same to whatever comes in."""
        stage = canonical.graph.stages[index]
        ids = self._numbered(canonical, range(stage.start, stage.stop))
        last = canonical.stands_for[stage.stop - 1] if stage.stop else -1
        return (*sorted(ids), ids[last - stage.start] if last >= stage.start else -1)

    def _numbered(self, canonical: Canonical, nodes: Sequence[int]) -> list[int]:
        ids: dict[int, int] = {}
        outside: dict[int, int] = {}
        for i in nodes:
            operation = canonical.operations[i]
            if operation is None:
                ids[i] = -1
                continue
            inputs = [
                ids[j] if j in ids else self._number(("outside", outside.setdefault(j, len(outside))))
                for j in operation.inputs
            ]
            inputs = sorted(inputs) if OPS[operation.op].commutes else inputs
            shared = () if operation.shares < 0 else ("shares", ids.get(operation.shares, -1))
            ids[i] = self._number((operation.op, repr(sorted(operation.params.items())), *inputs, *shared))
        return list(ids.values())

    def _number(self, key: tuple[Any, ...]) -> int:
        return self._known.setdefault(key, len(self._known))


def canonical(graph: Graph) -> Canonical:
    """Bring a graph to canonical spelling."""
    readers = graph.readers()
    stands_for = list(range(len(graph.nodes)))
    operations: list[Operation | None] = []
    for i, node in enumerate(graph.nodes):
        if _is_nothing(graph, node) or _pads(graph, readers, i):
            stands_for[i] = stands_for[node.inputs[0]]
            operations.append(None)
            continue
        op, params = _spelled(graph, readers, node)
        if i in graph.inputs[1:]:  # inputs of one size are several all the same
            params = {**params, "place": graph.inputs.index(i)}
        inputs = tuple(stands_for[j] for j in node.inputs)
        shares = node.shares if _has_weights(graph, node) else -1
        operations.append(Operation(op, params, inputs, shares))
    return Canonical(graph, tuple(operations), tuple(stands_for))


def _has_weights(graph: Graph, node: Node) -> bool:
    return node.shares >= 0 and bool(OPS[node.op].weights(node.params, graph.input_shapes(node)))


def _is_nothing(graph: Graph, node: Node) -> bool:
    """Return whether a node makes a vector of a map of one position, or the other way round."""
    if OPS[node.op].axes:
        return one_position(node.shape)
    return OPS[node.op].flattens and one_position(graph.nodes[node.inputs[0]].shape)


def one_position(shape: Shape) -> bool:
    """Return whether a shape is that of a vector, or of a map of one position."""
    return all(size == 1 for size in shape[:-1])


def _pads(graph: Graph, readers: list[list[int]], i: int) -> bool:
    """Return whether a node puts zeros around the input of convolutions and pools, and of nothing else."""
    taken = [_takes_zeros(graph.nodes[j]) for j in readers[i]]
    return graph.nodes[i].op == "pad" and i not in graph.outputs and bool(taken) and all(taken)


def _takes_zeros(node: Node) -> bool:
    """Return whether zeros around the input of an op may be said of the op."""
    strides = OPS[node.op].is_filter and "stride" in node.params and not OPS[node.op].grows
    return OPS[node.op].is_pool or strides


def _spelled(graph: Graph, readers: list[list[int]], node: Node) -> tuple[str, dict[str, Any]]:
    params = {key: _rounded(value) for key, value in node.params.items() if value is not None}
    if OPS[node.op].takes_flat:
        params.pop("each", None)  # it says of a row's layer whether a map is flattened before it
    op, params = as_dense(*as_window(node.op, params, graph.input_shapes(node)), graph.input_shapes(node))
    if op == "attention":
        return op, _attention(params, graph.input_shapes(node)[0])
    if not {"kernel", "padding", "stride"} <= set(params):  # a recurrent window has no stride
        return op, params
    source = graph.nodes[node.inputs[0]]
    zeros: tuple[tuple[int, int], ...] = ((0, 0),) * len(params["kernel"])
    size = source.shape
    padded = _takes_zeros(node) and _pads(graph, readers, node.inputs[0])
    if padded and OPS[node.op].is_pool:
        params["zeros"] = padding_text(source.params["amount"])
    elif padded:
        zeros, size = source.params["amount"], graph.nodes[source.inputs[0]].shape
    same = same_zeros(params, size)
    around = same if params["padding"] == "same" else _used(params, size, zeros, node.shape)
    whole = tuple(params["kernel"]) == tuple(size[:-1]) and set(node.shape[:-1]) == {1}
    if OPS[node.op].whole and whole and not padded and not any(map(any, around)):
        return OPS[node.op].whole, {}
    params["padding"] = "same" if around == same else padding_text(around)
    return op, params


def _rounded(value: Any) -> Any:
    """Return a number without what only binary fractions tell apart; a whole one is one however it is
    written."""
    if isinstance(value, tuple):
        return tuple(map(_rounded, value)) if type(value) is tuple else value
    number = float(f"{value:.9g}") if isinstance(value, float) else value
    return int(number) if isinstance(number, float) and number.is_integer() else number


def as_window(op: str, params: dict[str, Any], inputs: tuple[Shape, ...]) -> tuple[str, dict[str, Any]]:
    """Spell a dense layer at each position of a map as a convolution of one position, and a convolution of a
    group for each channel as a depthwise one."""
    axes = len(inputs[0]) - 1 if inputs else 0
    if OPS[op].takes_flat and axes == 2 and not one_position(inputs[0]):
        ones = (1,) * axes
        window = {"kernel": ones, "stride": ones, "padding": "same", "dilation": ones, "groups": 1}
        return "conv", {**params, **window}
    own = OPS[op].is_conv and params["groups"] == params["channels"] == inputs[0][-1] > 1
    if own and axes < 3 and len(set(params["stride"])) == 1:
        return "depthwise", {key: value for key, value in params.items() if key not in ("groups", "channels")}
    return op, params


def as_dense(op: str, params: dict[str, Any], inputs: tuple[Shape, ...]) -> tuple[str, dict[str, Any]]:
    """Spell a convolution of one position on a map of one position as a dense layer."""
    alone = OPS[op].is_conv and params["groups"] == 1 and set(params["kernel"]) == {1}
    if not (alone and one_position(inputs[0])):
        return op, params
    return "dense", {key: params[key] for key in ("channels", "bias", "initializer") if key in params}


def _attention(params: dict[str, Any], query: Shape) -> dict[str, Any]:
    """Leave out widths that are those of an attention which says none, and names of values that it reads."""
    width = params.get("width", query[-1] // params["heads"])
    said = {"width": query[-1] // params["heads"], "value": width, "out": query[-1], "over": len(query) - 1}
    read = {key: value for key, value in params.items() if value != said.get(key)}
    return {
        key: value
        for key, value in read.items()
        if key not in ("keys", "values") and (key != "over" or value)
    }


def _used(
    params: dict[str, Any], size: Shape, zeros: Iterable[tuple[int, int]], output: Shape
) -> tuple[tuple[int, int], ...]:
    """Return the zeros before and after each axis that some window reaches."""
    around = []
    for axis, (low, _) in enumerate(zeros):
        reached = (output[axis] - 1) * params["stride"][axis] + spread(params, axis) - low
        around.append((low, max(reached - size[axis], 0)))
    return tuple(around)


def padding_text(around: tuple[tuple[int, int], ...]) -> str:
    """Write zeros before and after each axis: `none`, `1`, `0+1`, `1x0`."""
    if not any(map(any, around)):
        return "none"
    axes = [str(low) if low == high else f"{low}+{high}" for low, high in around]
    return axes[0] if len(set(axes)) == 1 else "x".join(axes)
