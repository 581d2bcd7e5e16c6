"""A model's file -> a spec that compiles to the same function, which is compared before it is written."""

from collections.abc import Sequence

from archdsl.compare.canonical import Canonical, Numbers, canonical
from archdsl.foreign.archive import configuration
from archdsl.foreign.errors import ForeignError, Unsaid
from archdsl.foreign.graph import graph_of
from archdsl.foreign.idiom.writer import specs
from archdsl.foreign.layers import layers_of
from archdsl.foreign.onnx import read as onnx
from archdsl.foreign.onnx.program import ENDING
from archdsl.foreign.order import ordered
from archdsl.foreign.own import NONE, declared
from archdsl.foreign.padding import settled
from archdsl.graph.graph import Graph, Node, Shape
from archdsl.graph.padding import unmasked
from archdsl.ops import OPS
from archdsl.pipeline import unexplained
from archdsl.source import Source


def decompiled(path: str, size: Shape | None = None, declaring: str = "") -> tuple[str, Graph]:
    """Return the spec of a model, and its graph; raise ForeignError where it cannot be said.

    `size` is that of the input, where the model leaves it open; `declaring` is the path of a spec that
    declares layers of the model's own.
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    if not path.endswith(ENDING):
        known = declared(declaring) if declaring else NONE
        return written(graph_of(layers_of(configuration(path)), size, known).graph, name)
    if declaring:
        raise ForeignError("--with declares layers of Keras models; operators of ONNX are none")
    found = onnx.opened(path, size)
    return written(found.read.graph, name, found.notes)


def written(graph: Graph, origin: str, notes: Sequence[str] = ()) -> tuple[str, Graph]:
    """Return the spec of a graph, and the graph that it compiles to, which computes the same.

    `notes` are told in its first lines.
    """
    *styled, literal = specs(settled(ordered(unmasked(graph))), origin)
    said = "".join(f"# {note}.\n" for note in notes)
    for text in styled:
        if (made := _equal(graph, text)) is not None:
            return said + text, made
    for node in graph.nodes:
        _must_have_a_word(node)
    made = _compiled(literal)
    _compare(graph, made)
    return said + literal, made


def _equal(graph: Graph, text: str) -> Graph | None:
    """Return what a spec compiles to, where that is the model; else None."""
    try:
        made = _compiled(text)
        _compare(graph, made)
    except ForeignError:
        return None
    return made


def _must_have_a_word(node: Node) -> None:
    said = node.shares >= 0 or OPS[node.op].words  # weights of another layer are said by its row's name
    if node.inputs and not said and OPS[node.op].family not in ("merge", "own"):
        raise Unsaid(node.name, f"the language has no word for `{OPS[node.op].label(node.params)}`")


def _compiled(text: str) -> Graph:
    compilation = unexplained(Source("net.arch", text))
    graph = compilation.compiled[0].graph if compilation.compiled else None
    if compilation.failed or graph is None:
        told = next((one for one in compilation.diagnostics if one.severity == "error"), None)
        line = text.splitlines()[told.source.position(told.span.start)[0] - 1].strip() if told else ""
        raise ForeignError(f"the language has no words for `{line}`{f': {told.message}' if told else ''}")
    return graph


def _compare(theirs: Graph, ours: Graph) -> None:
    """Raise Unsaid for the first layer of the model that the spec does not compute."""
    numbers = Numbers()
    one, other = canonical(theirs), canonical(ours)
    ids, again = numbers.network(one), numbers.network(other)
    made = set(again)
    for node, number in zip(theirs.nodes, ids, strict=True):
        if number >= 0 and number not in made:
            raise Unsaid(node.name, "the spec does not compute it; this is not written yet")
    if len([i for i in again if i >= 0]) != len([i for i in ids if i >= 0]):
        raise ForeignError("the spec would compute more than the model; nothing is written")
    if _ends(one, ids) != _ends(other, again):
        raise ForeignError("the spec would have other inputs or outputs than the model; nothing is written")


def _ends(network: Canonical, ids: list[int]) -> list[tuple[int, Shape]]:
    """Return what the inputs and the outputs of a network are, in order."""
    graph = network.graph
    return [(ids[network.stands_for[i]], graph.nodes[i].shape) for i in (*graph.inputs, *graph.outputs)]
