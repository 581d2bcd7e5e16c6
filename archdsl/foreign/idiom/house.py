"""A graph and a style -> the settings under which the graph is written: the style's, and what differs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from archdsl.foreign.regions import beside, elements
from archdsl.foreign.words import text
from archdsl.graph.graph import Graph, Node
from archdsl.resolve.conventions import CONVENTIONS
from archdsl.resolve.styles import style_settings

WINDOWS = ("conv", "depthwise", "conv_transpose")
NORMS = {"batch_norm": "batch", "layer_norm": "layer", "group_norm": "group", "instance_norm": "instance"}
_LITERAL = {"activation": "none", "norm": "none"}


class House(NamedTuple):
    """A style, all conventions in force under it, and those that the spec must say."""

    style: str
    settings: Mapping[str, str]
    changed: Mapping[str, str]

    def lines(self) -> list[str]:
        """Return the lines of a spec that set the conventions."""
        said = dict(self.changed)
        first = f"style {self.style}"
        if "activation" in said:
            first += f", activation {said.pop('activation')}"
        return [first, *(f"{key} {value}" for key, value in said.items())]

    def number(self, key: str) -> float:
        """Return a convention that is a number."""
        return float(self.settings[key])

    def bias(self, normed: bool) -> bool:
        """Return whether a convolution has a bias that does not say so."""
        said = self.settings["bias"]
        return not normed if said == "auto" else said == "yes"

    def initializer(self, op: str) -> str:
        """Return how a kernel is initialised that does not say so."""
        own = self.settings["dense-initializer"]
        return self.settings["initializer"] if op in WINDOWS or own == "same" else own


def literal(graph: Graph) -> House:
    """Return the house in which every norm and every activation is written out."""
    return _house("as-printed", graph, _LITERAL)


def styled(graph: Graph, style: str) -> House:
    """Return the house of a style."""
    return _house(style, graph, {})


def _house(style: str, graph: Graph, fixed: Mapping[str, str]) -> House:
    usual = {key: convention.default for key, convention in CONVENTIONS.items()} | style_settings(style)
    usual.pop("style", None)
    found = dict(_observed(graph, usual)) | dict(fixed)
    changed = {key: value for key, value in found.items() if not _equal(usual[key], value)}
    return House(style, usual | changed, changed)


def _equal(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def _observed(graph: Graph, usual: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Find what most layers of a graph have, where a style does what is usual."""
    around = lead if usual["order"] == "norm-activation-conv" else follow
    filters = [(i, node) for i, node in enumerate(graph.nodes) if node.op in WINDOWS]
    norms = [node for node in graph.nodes if node.op in NORMS]
    if filters:
        behind = [around(graph, i) for i, _ in filters]
        yield "norm", _most(NORMS[norm.op] if norm else "none" for norm, _ in behind)
        ends = {j for node in graph.nodes if node.op == "add" for j in node.inputs}
        own = [
            act
            for (i, _), (norm, act) in zip(filters, behind, strict=True)
            if i + (norm is not None) not in ends
        ]
        yield "activation", _most((act.params["function"] if act else "none") for act in own or [None])
        yield "initializer", _most(node.params["initializer"] for _, node in filters)
        bias = [
            (node.params["bias"], norm is not None)
            for (_, node), (norm, _) in zip(filters, behind, strict=True)
        ]
        yield "bias", _bias(bias, usual["bias"])
        yield from _projections(graph, _bias(bias, usual["bias"]), any(norm for norm, _ in behind))
        yield from _zeros(graph)
    if norms:
        yield "norm-epsilon", _most(text(node.params["epsilon"]) for node in norms)
        yield "norm-scale", _most(text(node.params["scale"]) for node in norms)
    momenta = [text(node.params["momentum"]) for node in norms if "momentum" in node.params]
    if momenta:
        yield "norm-momentum", _most(momenta)
    if not filters:
        yield from _dense(graph)


def _dense(graph: Graph) -> Iterator[tuple[str, str]]:
    kernels = [node.params["initializer"] for node in graph.nodes if node.op == "dense"]
    if kernels:
        yield "initializer", _most(kernels)


def _bias(found: list[tuple[bool, bool]], usual: str) -> str:
    """Return the setting for biases that holds for most layers, of several the usual one; `auto` is a bias
    where no norm is."""
    counts = {
        "yes": sum(bias for bias, _ in found),
        "no": sum(not bias for bias, _ in found),
        "auto": sum(bias != normed for bias, normed in found),
    }
    return max((usual, "auto", "yes", "no"), key=counts.__getitem__)


def _projections(graph: Graph, bias: str, normed: bool) -> Iterator[tuple[str, str]]:
    """Find whether projections have biases where other convolutions have none, or the other way round."""
    found = [
        graph.nodes[i].params["bias"]
        for one in elements(graph)
        for i in beside(graph, one)
        if graph.nodes[i].op == "conv"
    ]
    usual = bias == "yes" or (bias == "auto" and not normed)
    if found and len(set(found)) == 1 and found[0] != usual:
        yield "projection-bias", text(found[0])


def _zeros(graph: Graph) -> Iterator[tuple[str, str]]:
    """Find whether the zeros of windows that stride are split in two."""
    for key, ops in (("strided-padding", WINDOWS), ("pool-padding", ("max_pool", "avg_pool"))):
        strided = [node for node in graph.nodes if node.op in ops and max(node.params["stride"]) > 1]
        split = sum(is_symmetric(graph, node) for node in strided)
        same = sum(node.params["padding"] == "same" and max(node.params["kernel"]) > 1 for node in strided)
        if split > same:
            yield key, "symmetric"


def is_symmetric(graph: Graph, node: Node) -> bool:
    """Return whether a window reads zeros that are those of `same` without its stride, split in two."""
    before = graph.nodes[node.inputs[0]]
    if before.op != "pad" or node.params["padding"] != "valid":
        return False
    around = tuple((k - 1) // 2 for k in node.params["kernel"])
    return tuple(before.params["amount"]) == tuple(
        (low, k - 1 - low) for low, k in zip(around, node.params["kernel"], strict=True)
    )


def lead(graph: Graph, i: int) -> tuple[Node | None, Node | None]:
    """Return the norm and the activation that stand before a layer, in front of its zeros."""
    found: list[Node | None] = []
    at = graph.nodes[i].inputs[0]
    at = graph.nodes[at].inputs[0] if graph.nodes[at].op == "pad" else at
    for ops in (("activation",), tuple(NORMS)):
        own = graph.nodes[at] if graph.nodes[at].op in ops else None
        found.insert(0, own)
        at = own.inputs[0] if own else at
    return found[0], found[1]


def follow(graph: Graph, i: int) -> tuple[Node | None, Node | None]:
    """Return the norm and the activation that belong to a layer: what reads it, and nothing else does."""
    norm, at = _only(graph, i, tuple(NORMS))
    act, _ = _only(graph, at, ("activation",))
    return norm, act


def _only(graph: Graph, i: int, ops: tuple[str, ...]) -> tuple[Node | None, int]:
    following = graph.nodes[i + 1] if i + 1 < len(graph.nodes) else None
    alone = following is not None and following.op in ops and following.inputs == (i,)
    if not alone or _read_again(graph, i):
        return None, i
    return following, i + 1


def _read_again(graph: Graph, i: int) -> bool:
    return i in graph.outputs or any(i in node.inputs for node in graph.nodes[i + 2 :])


def _most(found: Any) -> str:
    return str(Counter(found).most_common(1)[0][0])
