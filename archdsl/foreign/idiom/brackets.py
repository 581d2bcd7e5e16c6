"""Regions that end in a sum -> the brackets that a residual style makes them of: the windows of the main
way, from which the style knows norms, activations and the shortcut."""

from collections.abc import Iterator

from archdsl.foreign.idiom.house import NORMS, WINDOWS, House
from archdsl.foreign.idiom.library import Match
from archdsl.foreign.idiom.phrases import Behind, phrase
from archdsl.foreign.idiom.piece import compiled, cut, run, same
from archdsl.foreign.regions import Element, beside, elements
from archdsl.foreign.words import lowered, text
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS


def brackets(graph: Graph, house: House) -> dict[int, Match]:
    """Find the brackets of a house in a graph, by the node that each begins with."""
    if house.settings["brackets"] != "residual" or house.settings["order"] != "conv-norm-activation":
        return {}
    readers = graph.readers()
    found: dict[int, Match] = {}
    for one in elements(graph):
        last = graph.nodes[one.stop - 1]
        adds = last.op == "add" or (last.op == "activation" and graph.nodes[one.stop - 2].op == "add")
        whole = run(graph, one.start, one.stop, readers) if adds else None
        words = _bracket(graph, house, one.start, one.stop) if whole else ""
        if whole and words and (said := _proved(house, cut(graph, whole), words)):
            found[one.start] = Match(one.start, one.stop, said)
    return found


def _proved(house: House, network: Graph, words: str) -> str:
    """Return the first of some spellings that is the network; an empty text where none is."""
    size = text(network.nodes[network.outputs[0]].shape)
    for said in _spellings(words):
        made = compiled(tuple(house.lines()), network.nodes[0].shape, f"piece  {size}  {said}")
        if made is not None and same(made, network):
            return said
    return ""


def _spellings(words: str) -> Iterator[str]:
    yield words
    yield f"{words} shortcut zero-pad"
    yield f"{words} shortcut identity"


def _bracket(graph: Graph, house: House, start: int, stop: int) -> str:
    """Write the windows of the main way; an empty text where it has other layers, too."""
    aside = beside(graph, Element(start, stop))
    main = [graph.nodes[i] for i in range(start, stop) if i not in aside]
    words: list[str] = []
    at = 0
    while at < len(main) and main[at].op != "add":
        node = main[at]
        if node.op == "pad":
            at += 1
            continue
        if node.op not in WINDOWS:
            return ""
        behind, at = _behind(main, at + 1)
        words.append(_window(graph, house, node, behind, at < len(main) and main[at].op == "add"))
    return f"[{'; '.join(words)}]" if len(words) > 1 else ""


def _behind(main: list[Node], at: int) -> tuple[Behind, int]:
    norm = main[at] if at < len(main) and main[at].op in NORMS else None
    at += norm is not None
    act = main[at] if at < len(main) and main[at].op == "activation" else None
    return Behind((norm.op, norm.params) if norm else None, act.params if act else None), at + (
        act is not None
    )


def _window(graph: Graph, house: House, node: Node, behind: Behind, ends: bool) -> str:
    """Write a window without its stride, which the size of its row gives; the last one is activated behind
    the sum."""
    kwargs = dict(lowered(OPS[node.op], node.params, graph.input_shapes(node))[0].kwargs)
    kwargs |= {"stride": 1, "pads": "same"}
    return phrase(house, node.op, kwargs, {}, behind, last=ends)
