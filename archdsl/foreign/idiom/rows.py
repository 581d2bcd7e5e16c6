"""The rows of a spec: a stage of the graph each, its size, and its layers with what repeats written once."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archdsl.foreign.again import Again, is_tied
from archdsl.foreign.idiom.before import is_stem
from archdsl.foreign.idiom.house import NORMS, WINDOWS, House, follow, is_symmetric
from archdsl.foreign.idiom.library import VALUE, Match
from archdsl.foreign.idiom.phrases import Behind, phrase
from archdsl.foreign.idiom.piece import Run, compiled, cut, run, same
from archdsl.foreign.idiom.repeats import repeated
from archdsl.foreign.words import by_name, joins, lowered, text
from archdsl.graph.graph import Graph, Stage
from archdsl.lang.vocabulary import reserved
from archdsl.ops import OPS

_PADDING = {
    **dict.fromkeys(WINDOWS, "strided-padding"),
    **dict.fromkeys(("max_pool", "avg_pool"), "pool-padding"),
}


class Writing(NamedTuple):
    """A graph, the house it is written under, words for runs of its nodes, uses of its own blocks, and the
    runs that apply the layers of others."""

    graph: Graph
    house: House
    named: Mapping[int, Match]
    uses: Mapping[int, Match]
    again: tuple[Again, ...] = ()

    def called(self, i: int) -> str:
        """Return the name of a value: that of an input, or of the row that it ends."""
        stages = self.graph.stages
        found = next((stage.name for stage in stages if stage.stop == i + 1 > stage.start), "")
        return found or input_names(self.graph).get(i, "input")


def rows(writing: Writing) -> list[str]:
    """Write all rows in columns."""
    graph = writing.graph
    entering = graph.nodes[graph.inputs[0]].shape  # sizes are printed of maps like the input
    cells = []
    for stage in graph.stages:
        shape = graph.nodes[stage.stop - 1].shape
        size = text(shape) if len(shape) == len(entering) > 1 else "-"
        cells.append((stage.name, size, _from(writing, stage) + _structure(writing, stage, size)))
    widths = [max(len(row[i]) for row in cells) for i in range(2)]
    return [f"{name.ljust(widths[0])}  {size.ljust(widths[1])}  {items}" for name, size, items in cells]


def _from(writing: Writing, stage: Stage) -> str:
    """Write which value a row goes on from, where that is not the row before it."""
    graph = writing.graph
    read = graph.nodes[stage.start].inputs
    before = stage.start - 1 if stage is not graph.stages[0] else graph.inputs[0]
    goes_on = before in read if OPS[graph.nodes[stage.start].op].commutes else read[:1] == (before,)
    return "" if goes_on or not read else f"from {writing.called(read[0])}; "


def _structure(writing: Writing, stage: Stage, size: str) -> str:
    again = next((one.first for one in writing.again if one.start == stage.start), None)
    if again is not None:
        return f"reuse {next(one.name for one in writing.graph.stages if one.start == again)}"
    items = list(_items(writing, stage))
    full, bare = ("; ".join(repeated([item[i] for item in items])) for i in range(2))
    first = "; ".join(repeated(_first_strided(items)))
    return next((words for words in (bare, first) if words == full or _is(writing, stage, size, words)), full)


def _first_strided(items: list[tuple[str, str]]) -> list[str]:
    """Return the words of items with a stride said of all that repeat one that strides: in a repeat it is the
    first one's."""
    found: list[str] = []
    strided = ("", "")
    for words, bare in items:
        strided = strided if words == bare == strided[1] else (words, bare)
        found.append(strided[0])
    return found


def _is(writing: Writing, stage: Stage, size: str, words: str) -> bool:
    """Return whether a row without the strides of its blocks is the stage: its size says them."""
    graph = writing.graph
    whole = run(graph, stage.start, stage.stop, graph.readers())
    if whole is None:
        return False
    network = cut(graph, Run(stage.start, stage.stop, whole.source))
    made = compiled(tuple(writing.house.lines()), network.nodes[0].shape, f"{stage.name}  {size}  {words}")
    return made is not None and same(made, network)


def _items(writing: Writing, stage: Stage) -> Iterator[tuple[str, str]]:
    """Write the layers and blocks of a stage, each in full and without a stride that its row may say."""
    at = stage.start
    while at < stage.stop:
        known = writing.uses.get(at) or writing.named.get(at)
        if known:
            full, bare = (_with_names(writing, words) for words in (known.words, known.bare or known.words))
            yield full, bare
            at = known.stop
        else:
            following = [start for start in (*writing.named, *writing.uses) if start > at]
            words, bare, at = _layer(writing, at, min(stage.stop, *following, stage.stop))
            yield words, bare


def _with_names(writing: Writing, words: str) -> str:
    """Return the words of a block with the names of the values that it reads."""
    return re.sub(f"{VALUE}(\\d+)", lambda match: writing.called(int(match[1])), words)


def _layer(writing: Writing, at: int, stop: int) -> tuple[str, str, int]:
    """Write a layer with what belongs to it, also without a padding that its row may say; return the node
    behind that."""
    graph, house = writing.graph, writing.house
    zeros = _split_zeros(writing, at, stop)
    at += zeros
    node = graph.nodes[at]
    kwargs = dict(lowered(OPS[node.op], node.params, graph.input_shapes(node))[0].kwargs)
    if zeros:
        kwargs["pads"] = "symmetric"
    if OPS[node.op].is_pool and tuple(node.params["kernel"]) == graph.input_shapes(node)[0][:-1]:
        kwargs = {"kernel": node.params["kernel"]}  # the whole map: it has one window
    norm, act = follow(graph, at) if node.op not in (*NORMS, "activation") else (None, None)
    behind = at + 1 + (norm is not None) + (act is not None)
    if behind > stop:
        norm, act, behind = None, None, at + 1
    own = Behind((norm.op, _kwargs(norm.params)) if norm else None, _kwargs(act.params) if act else None)
    kwargs |= by_name(node.op, [writing.called(i) for i in node.inputs[1:]])
    last = at in _classifiers(graph)
    bare = kwargs | {"pads": "same"} if kwargs.get("pads") == "valid" else kwargs
    stem = is_stem(graph, house, at)
    full, short = (phrase(house, node.op, one, {}, own, last, stem) for one in (kwargs, bare))
    if joins(node.op):
        full = short = _joined(writing, at, full)
    if is_tied(graph, at):
        full = short = _tied(writing, node.shares, full)
    return full, short, behind


def _tied(writing: Writing, shares: int, words: str) -> str:
    """Write a layer that has the matrix of an embedding, which the name of its row says."""
    own = next(stage.name for stage in writing.graph.stages if stage.start <= shares < stage.stop)
    _, mark, rest = words.partition(";")
    return f"tied {own}{mark}{rest}"


def _joined(writing: Writing, at: int, words: str) -> str:
    """Write what a layer joins the current value with, by name, behind its first words."""
    node = writing.graph.nodes[at]
    others = list(node.inputs)
    others.remove(at - 1 if at - 1 in others and OPS[node.op].commutes else others[0])
    first, mark, rest = words.partition(";")
    return f"{first} {', '.join(map(writing.called, others))}{mark}{rest}"


def _kwargs(params: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in params.items() if value is not None}


def _split_zeros(writing: Writing, at: int, stop: int) -> bool:
    """Return whether a node has the zeros that the house puts around the strided window behind it."""
    graph = writing.graph
    if graph.nodes[at].op != "pad" or at + 1 >= stop:
        return False
    following = graph.nodes[at + 1]
    key = _PADDING.get(following.op)
    if key is None or following.inputs != (at,) or max(following.params["stride"]) == 1:
        return False
    return writing.house.settings[key] == "symmetric" and is_symmetric(graph, following)


def _classifiers(graph: Graph) -> set[int]:
    """Return the last dense layer before each output, which gives its values."""
    if len(graph.outputs) == 1:
        return {max((i for i, node in enumerate(graph.nodes) if node.op == "dense"), default=-1)}
    found = set()
    for end in graph.outputs:
        at = end
        while graph.nodes[at].op != "dense" and graph.nodes[at].inputs:
            at = graph.nodes[at].inputs[0]
        found.add(at)
    return found


def input_names(graph: Graph) -> dict[int, str]:
    """Name the inputs of a network that has several: as the model does, where that is a name."""
    found: dict[int, str] = {}
    for number, i in enumerate(graph.inputs if len(graph.inputs) > 1 else ()):
        own = re.sub(r"[^a-z0-9]+", "-", graph.nodes[i].name.lower()).strip("-")
        known = own in found.values() or reserved([own]) or own[:5] in ("stage", "head", "input")
        found[i] = f"in{number + 1}" if known or not own[:1].isalpha() else own
    return found
