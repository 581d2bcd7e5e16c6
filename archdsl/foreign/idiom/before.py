"""Networks whose norms and activations come before their convolutions: brackets of a pre-activated style, and
single layers with what stands before them.

What such a style makes of a bracket depends on the layers around it (the first block always projects, the
last one is followed by a norm), so these are not compared alone: the whole spec is, in the end.
"""

from archdsl.foreign.idiom.house import NORMS, WINDOWS, House
from archdsl.foreign.idiom.library import Match
from archdsl.foreign.idiom.phrases import Behind, phrase
from archdsl.foreign.regions import Element, beside, elements
from archdsl.foreign.words import lowered
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

_JOINS = {"residual": "add", "dense": "concat"}


def is_before(house: House) -> bool:
    """Return whether a house normalises and activates before its convolutions."""
    return house.settings["order"] == "norm-activation-conv"


def is_stem(graph: Graph, house: House, at: int) -> bool:
    """Return whether a node is the first convolution, which such a house leaves as it is."""
    post = house.settings["stem-order"] == "conv-norm-activation"
    first = next((i for i, node in enumerate(graph.nodes) if node.op in WINDOWS), -1)
    return is_before(house) and not post and at == first


def layers(graph: Graph, house: House) -> dict[int, Match]:
    """Find the brackets of a house and the single convolutions that it activates before, by the node that
    each begins with."""
    found: dict[int, Match] = {}
    for one in elements(graph):
        start, stop = _start(graph, one.start, house), one.stop
        words = _words(graph, house, one, start) if is_before(house) else ""
        if words:
            stop += _closes(graph, stop)
            found[start] = Match(start, stop, words, words)
    return found


def _words(graph: Graph, house: House, one: Element, start: int) -> str:
    last = graph.nodes[one.stop - 1]
    if one.stop - one.start == 1:
        return _convolution(graph, house, start, one.start) if start < one.start else ""
    if last.op != _JOINS.get(house.settings["brackets"]):
        return ""
    return _bracket(graph, house, one, start)


def _start(graph: Graph, at: int, house: House) -> int:
    """Return where the norm and the activation before a node begin, the node where it has none."""
    node = graph.nodes[at]
    first, second = (graph.nodes[i].op if i > 0 else "" for i in (at - 2, at - 1))
    own = first in NORMS and second == "activation" and node.inputs == (at - 1,)
    return at - 2 if own and (node.op == "pad" or OPS[node.op].weighted) else at


def _closes(graph: Graph, stop: int) -> int:
    """Count the nodes behind the last block that a house adds before a head: its norm and its activation."""
    ops = [node.op for node in graph.nodes[stop : stop + 3]]
    return 2 if len(ops) > 2 and ops[0] in NORMS and ops[1] == "activation" and OPS[ops[2]].collapses else 0


def _convolution(graph: Graph, house: House, start: int, at: int) -> str:
    node = graph.nodes[at]
    return _window(graph, house, node, graph.nodes[start:at]) if node.op in WINDOWS else ""


def _bracket(graph: Graph, house: House, one: Element, start: int) -> str:
    """Write the windows of the main way, and what the shortcut is where it is no projection."""
    aside = beside(graph, one) if graph.nodes[one.stop - 1].op == "add" else set()
    main = [graph.nodes[i] for i in range(start, one.stop - 1) if i not in aside]
    words: list[str] = []
    waiting: list[Node] = []
    for node in main:
        if node.op in WINDOWS:
            words.append(_window(graph, house, node, waiting, bare=True))
            waiting = []
        elif node.op in NORMS or node.op == "activation":
            waiting.append(node)
        elif node.op != "pad":
            return ""
    ops = {graph.nodes[i].op for i in aside}
    if len(words) < 2 or waiting or not ops <= {"conv", "max_pool", "pad", "pad_channels"}:
        return ""
    short = " shortcut zero-pad" if ops & {"max_pool", "pad_channels"} else ""
    return f"[{'; '.join(words)}]{short}"


def _window(
    graph: Graph, house: House, node: Node, before: list[Node] | tuple[Node, ...], bare: bool = False
) -> str:
    """Write a convolution with what stands before it; a `bare` one leaves its stride to its row."""
    kwargs = dict(lowered(OPS[node.op], node.params, graph.input_shapes(node))[0].kwargs)
    kwargs |= {"stride": 1, "pads": "same"} if bare else {}
    norm = next((one for one in before if one.op in NORMS), None)
    act = next((one for one in before if one.op == "activation"), None)
    own = Behind((norm.op, norm.params) if norm else None, act.params if act else None)
    return phrase(house, node.op, kwargs, {}, own)
