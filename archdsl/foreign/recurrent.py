"""The recurrent modules of a PyTorch file -> the layers of a spec: a group for each layer of a module, with
gates in Keras' order and under the convention of biases that the spec's layer has.

PyTorch adds two biases, of the input and of the state; a layer of one bias has their sum, which computes the
same. A module without biases may read a channel of ones, as `compile --target torch` writes it: the weights
of that channel are then the bias.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from archdsl.backends.torch_recurrent import directed_back, sides
from archdsl.foreign.tensors import Group, Shape, Tensor
from archdsl.graph.graph import Graph, Node
from archdsl.graph.measure import own_weights

if TYPE_CHECKING:
    import numpy as np

_TENSORS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
_NAME = re.compile(rf"({'|'.join(_TENSORS)})_l(\d+)(_reverse)?")
Tensors = dict[str, Tensor]


def is_recurrent(node: Node) -> bool:
    """Return whether a node has the weights of a layer that PyTorch has a module of, which computes the
    same."""
    return node.op in ("lstm", "gru", "rnn") and node.params.get("reset") != "before" and node.shares < 0


def parted(groups: list[Group], graph: Graph) -> tuple[list[Group], list[Group]]:
    """Return the layers of the recurrent modules of a file, and its other groups. A layer has the weights of
    the first layer of the spec that it fits; one that fits none is as it stands in the file."""
    nodes = [node for node in graph.nodes if is_recurrent(node)]
    found: list[Group] = []
    others: list[Group] = []
    for group in groups:
        layers = _layers(group)
        for name, tensors in layers.items():
            made = (_fitting(graph, node, tensors) for node in nodes)
            found.append(Group(name, next(filter(None, made), tuple(tensors.values()))))
        others += [] if layers else [group]
    return found, others


def _layers(group: Group) -> dict[str, Tensors]:
    """Return the layers of a group that is a recurrent module and nothing else, by name; the names of their
    tensors are without their number (`weight_ih_reverse`)."""
    found: dict[str, Tensors] = {}
    for tensor in group.tensors:
        said = _NAME.fullmatch(tensor.name)
        if said is None:
            return {}
        name = f"{group.name}.l{said[2]}".lstrip(".")
        found.setdefault(name, {})[said[1] + (said[3] or "")] = tensor
    return found


def _fitting(graph: Graph, node: Node, tensors: Tensors) -> tuple[Tensor, ...]:
    """Return the weights of a node out of the tensors of a layer; none where they do not fit it."""
    made: Tensors = {}
    left = set(tensors)
    for side, tail in sides(node).items():
        own = {name: tensors[name + tail] for name in _TENSORS if name + tail in tensors}
        left -= {name + tail for name in own}
        made |= {side + name: one for name, one in _direction(node, own).items()}
    wanted = own_weights(graph, node)
    shapes = {name: tensor.shape for name, tensor in made.items()}
    if left or shapes != {weight.name: weight.shape for weight in wanted}:
        return ()
    return tuple(made[weight.name] for weight in wanted)


def _direction(node: Node, own: Tensors) -> Tensors:
    """Return the weights of one direction as Keras has them; none where a tensor is missing, or is no matrix
    or bias."""
    ranks = tuple(len(own[name].shape) for name in _TENSORS if name in own)
    if list(own) != list(_TENSORS[: len(own)]) or ranks not in ((2, 2), (2, 2, 1, 1)):
        return {}
    (rows, entering), (_, units) = own["weight_ih"].shape, own["weight_hh"].shape
    found: dict[str, Shape] = {"kernel": (entering, rows), "recurrent_kernel": (units, rows)}
    if node.params.get("reset") == "after":
        found |= {"bias": (2, rows)} if len(own) > 2 else {}
    elif len(own) > 2:
        found |= {"kernel": (entering + (node.params["biases"] == "two"), rows), "bias": (rows,)}
    elif node.params["bias"]:  # the weights of a channel of ones
        found |= {"kernel": (entering - 1, rows), "bias": (rows,)}
    return {name: Tensor(name, shape, _reader(node, own, name)) for name, shape in found.items()}


def _reader(node: Node, own: Tensors, name: str) -> "Callable[[], np.ndarray]":
    return lambda: directed_back(node, {key: one.read() for key, one in own.items()})[name]
