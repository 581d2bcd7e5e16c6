"""Where PyTorch keeps the weights of a graph: names in the `state_dict` of the source that
`torch_source.py` writes, and the order of their axes."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from archdsl.backends.blocks import Block, Instance
from archdsl.backends.names import part_name
from archdsl.backends.plan import Plan
from archdsl.backends.signature import Signature
from archdsl.backends.torch_block import attributes
from archdsl.backends.torch_nested import nested_plan
from archdsl.backends.torch_network import Placed, placed
from archdsl.backends.torch_recurrent import recurrent
from archdsl.graph.graph import Graph, Node, Shape
from archdsl.ops import OPS, Call, Op, Weight

if TYPE_CHECKING:
    import numpy as np

_NAMES = {
    "kernel": "weight",
    "gamma": "weight",
    "alpha": "weight",
    "embeddings": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


class Tensor(NamedTuple):
    """A tensor of a `state_dict`: the weight that it is, of which node; its axes are those of the weight in
    `order`, brought to `shape`."""

    name: str
    node: Node
    weight: Weight
    order: tuple[int, ...]
    shape: Shape

    def of(self, array: "np.ndarray") -> "np.ndarray":
        """Return the tensor for the array of the graph's weight."""
        return array.transpose(self.order).reshape(self.shape)


def tensors(graph: Graph) -> list[Tensor]:
    """Return the tensors of the PyTorch module of a graph."""
    planned = nested_plan(graph)
    return [
        tensor
        for one in placed(planned)
        for node, calls, places in _places(planned, one)
        for tensor in _owned(graph, node, calls, places)
    ]


def state(graph: Graph, weights: Mapping[str, Mapping[str, "np.ndarray"]]) -> dict[str, "np.ndarray"]:
    """Return the `state_dict` for weights by node and name, as `deploy/weights.py` has them; layers of the
    spec's own are left out."""
    simple = {one.name: one.of(weights[one.node.name][one.weight.name]) for one in tensors(graph)}
    planned = nested_plan(graph)
    for one in placed(planned):
        for node, calls, places in _places(planned, one):
            if OPS[node.op].family == "recurrent" and node.shares < 0:
                owner = next(place for call, place in zip(calls, places, strict=True) if _is_recurrent(call))
                simple |= recurrent(node, owner, weights[node.name])
    return simple


def _places(planned: Plan, one: Placed) -> Iterator[tuple[Node, tuple[Call, ...], list[str]]]:
    """Return each node of a run with the place of each of its steps, empty where it keeps nothing."""
    if one.single:
        yield planned.graph.nodes[one.run[0].start], one.run[0].calls, list(one.names)
        return
    at = 0
    for item in one.run:
        prefix = one.names[0] if len(one.run) == 1 else f"{one.names[0]}.{at}"
        if item.calls:
            places = [
                f"{one.names[0]}.{at + k}" if "{m}" in call.use else "" for k, call in enumerate(item.calls)
            ]
            yield planned.graph.nodes[item.start], item.calls, places
        else:
            yield from _within(planned, *planned.uses[item.start], planned.covered[item.start], prefix)
        at += len(item.calls) or 1


def _within(
    planned: Plan, block: Block, made: Signature, instance: Instance, prefix: str
) -> Iterator[tuple[Node, tuple[Call, ...], list[str]]]:
    graph, names = planned.graph, attributes(block, made)
    uses = {use.instance.start: use for use in planned.inner.get((instance.start, instance.stop), ())}
    i = instance.start
    while i < instance.stop:
        if use := uses.get(i):
            yield from _within(planned, use.block, use.made, use.instance, f"{prefix}.{names[use.step]}")
            i = use.instance.stop
            continue
        node = graph.nodes[i]
        calls = OPS[node.op].modules(node.params, graph.input_shapes(node))
        local = node.name.removeprefix(instance.path).strip("/")
        kept = [names.get(part_name(local, call.suffix), "") for call in calls]
        yield node, calls, [name and f"{prefix}.{name}" for name in kept]
        i += 1


def _owned(graph: Graph, node: Node, calls: tuple[Call, ...], places: list[str]) -> Iterator[Tensor]:
    """Return the tensors of a node, none where it shares another's: each step takes those that it has room
    for. Those of recurrent layers are made of several weights, and those of own layers are not known."""
    if node.shares >= 0 or OPS[node.op].family in ("recurrent", "own"):
        return
    inputs = graph.input_shapes(node)
    left = list(OPS[node.op].weights(node.params, inputs))
    for call, place in zip(calls, places, strict=True):
        for weight in _taken(call, left) if place else []:
            left.remove(weight)
            own = weight.name.partition("_")[2] if _several(call, weight) else weight.name
            name = place if "{" in call.target else f"{place}.{_NAMES.get(own, own)}"
            order = _order(OPS[node.op], call, weight)
            yield Tensor(name, node, weight, order, _shape(call, weight, order, len(inputs[0]) - 1))


def _taken(call: Call, left: list[Weight]) -> list[Weight]:
    if "{" in call.target:  # one tensor of its own
        return left[:1]
    named = [weight for weight in left if call.suffix and weight.name.startswith(f"{call.suffix}_")]
    bare = False in (call.kwargs.get("affine"), call.kwargs.get("elementwise_affine"))
    return named or [weight for weight in left if not (bare and weight.trainable)]


def _is_recurrent(call: Call) -> bool:
    return call.target in ("nn.LSTM", "nn.GRU", "nn.RNN")


def _several(call: Call, weight: Weight) -> bool:
    """Return whether a weight is that of one of several dense layers of an op: `query_kernel`."""
    return call.target == "nn.Linear" and weight.name not in ("kernel", "bias")


def _order(op: Op, call: Call, weight: Weight) -> tuple[int, ...]:
    """Return the axes of a weight in PyTorch's order: the output's channels, the input's, then the window."""
    rank = len(weight.shape)
    if not weight.name.endswith("kernel") or rank < 2 or "{" in call.target:
        return tuple(range(rank))
    if _several(call, weight):  # channels that enter x heads x width, and the other way round
        return (rank - 1, *range(rank - 1)) if weight.name.startswith("output") else (*range(1, rank), 0)
    last = (rank - 2, rank - 1) if op.keeps_channels else (rank - 1, rank - 2)
    return (*last, *range(rank - 2))


def _shape(call: Call, weight: Weight, order: tuple[int, ...], axes: int) -> Shape:
    """Return the shape that PyTorch has: axes of one position for the windows of a layer at each position,
    and none around one number per channel."""
    shape = tuple(weight.shape[axis] for axis in order)
    if call.target == "nn.PReLU":
        return (prod(shape),)
    if "{num_features}" in call.target:
        return (*shape, *(1,) * axes)
    if _several(call, weight):
        leaving, entering = call.kwargs["out_features"], call.kwargs["in_features"]
        return (leaving, entering) if weight.name.endswith("kernel") else (leaving,)
    if call.target.startswith("nn.Conv") and weight.name == "kernel":
        return (*shape, *(1,) * (int(call.target[-2]) + 2 - len(shape)))
    return shape
