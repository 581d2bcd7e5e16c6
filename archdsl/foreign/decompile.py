"""A model's file -> a spec that compiles to the same function, which is compared before it is written."""

from collections.abc import Sequence

from archdsl.compare.canonical import Numbers, canonical
from archdsl.foreign.archive import configuration
from archdsl.foreign.errors import ForeignError, Unsaid
from archdsl.foreign.graph import graph_of
from archdsl.foreign.idiom.writer import specs
from archdsl.foreign.layers import layers_of
from archdsl.foreign.onnx import read as onnx
from archdsl.foreign.onnx.program import ENDING
from archdsl.foreign.order import ordered
from archdsl.foreign.padding import settled
from archdsl.graph.graph import Graph, Node, Shape
from archdsl.ops import OPS
from archdsl.pipeline import unexplained
from archdsl.source import Source


def decompiled(path: str, size: Shape | None = None) -> tuple[str, Graph]:
    """Return the spec of a model, and its graph; raise ForeignError where it cannot be said.

    `size` is that of the input, where the model leaves it open.
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    if not path.endswith(ENDING):
        return written(graph_of(layers_of(configuration(path)), size).graph, name)
    found = onnx.opened(path, size)
    return written(found.read.graph, name, found.notes)


def written(graph: Graph, origin: str, notes: Sequence[str] = ()) -> tuple[str, Graph]:
    """Return the spec of a graph, and the graph that it compiles to, which computes the same.

    `notes` are told in its first lines.
    """
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        ends = f"{len(graph.inputs)} inputs and {len(graph.outputs)} outputs"
        raise ForeignError(f"{origin} has {ends}; one of each can be written")
    for node in graph.nodes:
        _must_have_a_word(node)
    *styled, literal = specs(settled(ordered(graph)), origin)
    said = "".join(f"# {note}.\n" for note in notes)
    for text in styled:
        if (made := _equal(graph, text)) is not None:
            return said + text, made
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
    if node.shares >= 0:
        raise Unsaid(node.name, "it is used more than once with the same weights")
    if node.inputs and not OPS[node.op].words and OPS[node.op].family != "merge":
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
    ids, made = numbers.network(one), set(numbers.network(other))
    for node, number in zip(theirs.nodes, ids, strict=True):
        if number >= 0 and number not in made:
            raise Unsaid(node.name, "the spec does not compute it; this is not written yet")
    if len([i for i in numbers.network(other) if i >= 0]) != len([i for i in ids if i >= 0]):
        raise ForeignError("the spec would compute more than the model; nothing is written")
