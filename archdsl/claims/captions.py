"""What a table's caption says of its layers, and no layer has: `BN and ReLU follow each convolution`."""

import re
from collections.abc import Iterator

from archdsl.graph.graph import Graph
from archdsl.lang.vocabulary import NORMS, phrases
from archdsl.patterns import pattern
from archdsl.text.grid import Cell

_WORD = pattern(r"[^\W\d_][\w-]*")
_NEGATED = pattern(
    r"\b(?:no|not|non|without|instead\s+of|rather\s+than|w/o|replac\w+|remov\w+)\b[^,]{0,30}", re.IGNORECASE
)
_OF_LOSSES = ("softmax", "sigmoid", "log_softmax", "log_sigmoid")  # what a loss may have, instead of a layer
_KEYS = ("function", "activation")  # parameters that hold the name of a function


def unmet(caption: Cell, graph: Graph) -> Iterator[tuple[Cell, str]]:
    """List norms and activations that a caption names and a network has nowhere: the words, and the setting
    that gives them to each convolution."""
    has = {node.op for node in graph.nodes}
    has |= {str(node.params[key]) for node in graph.nodes for key in _KEYS if node.params.get(key)}
    for words, kind, name in _named(caption):
        if name not in has and name not in _OF_LOSSES:
            yield words, f"norm {NORMS[name]}" if kind == "norm" else f"activation {name}"


def _named(caption: Cell) -> Iterator[tuple[Cell, str, str]]:
    """List the norms and activations that a caption names, but for those that it denies."""
    denied = [match.span() for match in _NEGATED.finditer(caption.text)]
    found = list(_WORD.finditer(caption.text))
    for at, count, (kind, name) in phrases([match[0] for match in found]):
        start, stop = found[at].start(), found[at + count - 1].end()
        if kind in ("norm", "activation") and not any(begin <= start < end for begin, end in denied):
            yield caption.part(start, stop), kind, name
