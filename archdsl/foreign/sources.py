"""What `--from` names -> groups of weights, and the graph they belong to where the file has one."""

from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.foreign import archive, h5, safetensors
from archdsl.foreign.errors import ForeignError
from archdsl.foreign.graph import Read, graph_of
from archdsl.foreign.layers import layers_of
from archdsl.foreign.match import Matched, matched
from archdsl.foreign.onnx.program import ENDING as ONNX
from archdsl.foreign.skeleton import Numbers, Place
from archdsl.foreign.slots import Slot, keras_slots, torch_groups, torch_slots
from archdsl.foreign.tensors import Group, Tensor
from archdsl.graph.graph import Graph

if TYPE_CHECKING:
    import numpy as np

APPLICATIONS = "keras.applications."
ENDINGS = ".keras, .weights.h5, .h5, .safetensors, .onnx, or keras.applications.NAME"


class Source(NamedTuple):
    """Weights as they were found; `torch` tells PyTorch's axes from Keras'."""

    groups: list[Group]
    read: Read | None = None
    torch: bool = False


def opened(name: str, graph: Graph) -> Source:
    """Read what `--from` names, for a graph that bounds how large it may be; raise ForeignError."""
    most = 4 * max(
        (prod(weight.shape) for slot in keras_slots(graph) for _, weight, _ in slot.wants), default=1
    )
    if name.startswith(APPLICATIONS):
        return _application(name)
    if name.endswith(".safetensors"):
        return Source(torch_groups(safetensors.groups(name), graph), torch=True)
    if name.endswith(ONNX):
        return _onnx(name)
    if name.endswith((".h5", ".hdf5")):
        return Source(h5.groups(name, most))
    if not name.endswith(archive.ARCHIVE):
        raise ForeignError(f"--from {name}: it must be one of {ENDINGS}")
    return Source(h5.groups(name, most), _graph(archive.configuration(name)))


def _onnx(name: str) -> Source:
    """Read an ONNX file, which has the weights of each layer and how the layers are joined."""
    from archdsl.foreign.onnx.read import opened as read

    found = read(name)
    if found.hollow:
        raise ForeignError(f"{name} keeps its weights in a file of its own, which is not beside it")
    nodes = found.read.graph.nodes
    groups = [
        Group(nodes[i].name, tuple(_constant(number, array) for number, array in enumerate(arrays)))
        for i, arrays in sorted(found.weights.items())
    ]
    return Source(groups, found.read)


def _constant(number: int, array: "np.ndarray") -> Tensor:
    return Tensor(str(number), tuple(array.shape), lambda: array.astype("float32"))


def _graph(configuration: dict[str, Any]) -> Read | None:
    """Read the graph of a model, if the language can say it; else its layers are matched by shape alone."""
    try:
        return graph_of(layers_of(configuration))
    except ForeignError:
        return None


def _application(name: str) -> Source:
    """Build a model of `keras.applications` with its published weights, which Keras downloads."""
    from archdsl.backends.quiet import import_keras

    own = name.removeprefix(APPLICATIONS)
    constructor = getattr(import_keras().applications, own, None)
    if not own[:1].isupper() or not callable(constructor):
        raise ForeignError(f"keras.applications has no {own}")
    try:
        model = constructor(weights="imagenet")
    except Exception as error:  # what a download ends in has no common class
        raise ForeignError(f"{name}: {str(error).strip().splitlines()[0][:200]}") from None
    groups = [
        Group(layer.name, tuple(_variable(i, one) for i, one in enumerate(layer.weights)))
        for layer in model.layers
        if layer.weights
    ]
    configuration = {"class_name": type(model).__name__, "config": model.get_config()}
    return Source(groups, _graph(configuration))


def _variable(number: int, variable: Any) -> Tensor:
    return Tensor(str(number), tuple(variable.shape), variable.numpy)


def match(graph: Graph, source: Source) -> Matched:
    """Pair the layers of a graph with the groups of a source."""
    slots = torch_slots(graph) if source.torch else keras_slots(graph)
    if source.read is None:
        return matched(slots, source.groups)
    groups = _by_node(source.read, source.groups)
    numbers = Numbers()
    ours = numbers.places(graph)
    theirs = numbers.places(source.read.graph)
    where = {node.name: i for i, node in enumerate(source.read.graph.nodes)}
    mine: list[Place | None] = [ours[slot.wants[0].node] for slot in slots]
    other = [theirs[where[group.name]] if group.name in where else None for group in groups]
    return matched(slots, groups, [(mine, other), *zip(_halves(mine), _halves(other), strict=True)])


def _halves(places: list[Place | None]) -> tuple[list[int | None], list[int | None]]:
    """Return what is before each place, and what is behind it."""
    return [one and one.before for one in places], [one and one.behind for one in places]


def _by_node(read: Read, groups: list[Group]) -> list[Group]:
    """Part the groups of layers that are several nodes (a separable convolution), in the order of the
    nodes."""
    owned = {slot.name: slot for slot in keras_slots(read.graph)}
    left = {group.name: list(group.tensors) for group in groups}
    found: list[Group] = []
    for node, layer in zip(read.graph.nodes, read.layers, strict=True):
        slot: Slot | None = owned.get(node.name)
        if slot and len(left.get(layer, [])) >= len(slot.wants):
            found.append(Group(node.name, tuple(left[layer][: len(slot.wants)])))
            del left[layer][: len(slot.wants)]
    return found + [Group(name, tuple(tensors)) for name, tensors in left.items() if tensors]


def differences(graph: Graph, source: Source, found: Matched) -> list[str]:
    """Tell the norms that add another number to the variance than those the weights come from."""
    if source.read is None:
        return []
    theirs = {node.name: node.params.get("epsilon") for node in source.read.graph.nodes}
    odd = [
        (slot.name, graph.nodes[slot.wants[0].node].params.get("epsilon"), theirs.get(group.name))
        for slot, group in found.pairs
    ]
    odd = [(name, own, other) for name, own, other in odd if None not in (own, other) and own != other]
    if not odd:
        return []
    name, own, other = odd[0]
    more = f" (and {len(odd) - 1} more)" if len(odd) > 1 else ""
    return [f"{name}{more}: epsilon is {own} in the spec and {other} in the model: set norm-epsilon {other}"]
