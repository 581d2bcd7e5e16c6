"""Where the weights of a spec go: the layers that want some, with the shapes that Keras or PyTorch gives
them."""

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from archdsl.backends.torch_weights import Tensor as Placed
from archdsl.backends.torch_weights import tensors
from archdsl.foreign.errors import ForeignError
from archdsl.foreign.recurrent import is_recurrent, parted
from archdsl.foreign.tensors import Group, Shape, natural
from archdsl.graph.graph import Graph, Node
from archdsl.graph.measure import own_weights
from archdsl.ops import OPS, Weight
from archdsl.ops.base import NoTorchForm

if TYPE_CHECKING:
    import numpy as np

_ROLES = ("weight", "bias", "running_mean", "running_var")


class Want(NamedTuple):
    """A weight of a node, and how PyTorch keeps it (None: as Keras does)."""

    node: int
    weight: Weight
    placed: Placed | None = None


class Slot(NamedTuple):
    """The weights that come together in a file, in the file's order."""

    name: str
    wants: tuple[Want, ...]

    @property
    def sizes(self) -> tuple[Shape, ...]:
        """Return the shapes without axes of one position."""
        return tuple(bare(want.placed.shape if want.placed else want.weight.shape) for want in self.wants)


def bare(shape: Shape) -> Shape:
    """Return a shape without axes of one position: a 1x1 convolution is a dense layer at each position."""
    return tuple(n for n in shape if n != 1)


def sizes(group: Group) -> tuple[Shape, ...]:
    """Return the shapes of a group without axes of one position."""
    return tuple(bare(tensor.shape) for tensor in group.tensors)


def keras_slots(graph: Graph) -> list[Slot]:
    """Return what a graph wants as Keras' files hold it: a group for each layer."""
    found = []
    for i, node in enumerate(graph.nodes):
        wants = tuple(Want(i, weight) for weight in own_weights(graph, node))
        if wants:
            found.append(Slot(node.name, wants))
    return found


def torch_slots(graph: Graph) -> list[Slot]:
    """Return what a graph wants as PyTorch's files hold it: a group for each module, and one for each tensor
    of its own. Raises ForeignError for a layer that PyTorch has no form of."""
    where = {node.name: i for i, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        _must_have_a_form(graph, node)
    found: dict[str, list[Want]] = {}
    for placed in tensors(graph):
        owner, _, own = placed.name.rpartition(".")
        key = owner if own in _ROLES else placed.name
        found.setdefault(key, []).append(Want(where[placed.node.name], placed.weight, placed))
    reached = {want.node for wants in found.values() for want in wants}
    for i, node in enumerate(graph.nodes):
        if is_recurrent(node):
            found[node.name] = [Want(i, weight) for weight in own_weights(graph, node)]
        elif i not in reached and own_weights(graph, node):
            raise ForeignError(f"{node.name}: PyTorch has no equivalent of this layer")
    return [
        Slot(graph.nodes[wants[0].node].name, tuple(sorted(wants, key=_role)))
        for wants in found.values()
        if wants
    ]


def _must_have_a_form(graph: Graph, node: Node) -> None:
    try:
        if own_weights(graph, node):
            OPS[node.op].torch_steps(node.params, graph.input_shapes(node))
    except NoTorchForm as why:
        raise ForeignError(f"{node.name}: PyTorch has no equivalent of this layer: {why}") from None


def torch_groups(groups: list[Group], graph: Graph) -> list[Group]:
    """Part the groups of a PyTorch file as `torch_slots` does those of a graph."""
    found, others = parted(groups, graph)
    for group in others:
        known = [tensor for tensor in group.tensors if tensor.name in _ROLES]
        if known:
            found.append(Group(group.name, tuple(sorted(known, key=lambda one: _ROLES.index(one.name)))))
        found += [
            Group(f"{group.name}.{one.name}".lstrip("."), (one,))
            for one in group.tensors
            if one.name not in _ROLES
        ]
    return sorted(found, key=lambda group: natural(group.name))


def _role(want: Want) -> int:
    own = want.placed.name.rpartition(".")[2] if want.placed else ""
    return _ROLES.index(own) if own in _ROLES else len(_ROLES)


def arranged(graph: Graph, want: Want, array: "np.ndarray", channels_first: bool) -> "np.ndarray":
    """Return an array of a file with the axes of the graph's weight.

    `channels_first` says that a flattened map in the file has its channels first, as PyTorch's has.
    """
    if want.placed is None:
        return array.reshape(want.weight.shape)
    moved = tuple(want.weight.shape[axis] for axis in want.placed.order)
    back = sorted(range(len(moved)), key=want.placed.order.__getitem__)
    made = array.reshape(moved).transpose(back)
    size = _flattened(graph, want.node) if channels_first and want.weight.name == "kernel" else ()
    if prod(size) != want.weight.shape[0] or len(want.weight.shape) != 2:
        return made
    first = (size[-1], *size[:-1], made.shape[1])
    return made.reshape(first).transpose((*range(1, len(size)), 0, len(size))).reshape(made.shape)


def _flattened(graph: Graph, at: int) -> Shape:
    """Return the shape of the map whose flat values a dense layer takes, () where it takes none."""
    node = graph.nodes[graph.nodes[at].inputs[0]]
    while node.op != "flatten" and OPS[node.op].keeps_shape and len(node.inputs) == 1:
        node = graph.nodes[node.inputs[0]]
    return graph.nodes[node.inputs[0]].shape if node.op == "flatten" else ()
