"""Specs as text -> graphs, and graphs with one thing changed: what the tests of the figure share."""

from collections.abc import Callable

from archdsl.graph.graph import Graph, Node, Shape, Stage
from archdsl.pipeline import compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source, Span

BOTTLENECK = """\
input   56x56x64
style   resnet
conv2   56x56  [1x1, 64; 3x3, 64; 1x1, 256] x3
conv3   28x28  [1x1, 128; 3x3, 128; 1x1, 512] x4
head    1x1    average pool, 5-d fc, softmax
"""
PLAIN = """\
input   40x30x3
style   plain
one     20x15  [3x3, 8] x2, 2x2 max pool /2
two     20x15  [3x3, 16; [1x1, 8; 3x3, 16] x2] x3
three   20x15  [5x5, 16] x2, [3x3, 24] x4
head    1x1    global average pool, dropout 0.5, 10-d fc
"""


def graph(text: str, overrides: Overrides = Overrides(), path: str = "sample.arch") -> Graph:  # noqa: B008 - immutable
    """Compile a spec that holds one table without errors."""
    compilation = compile_source(Source(path, text), overrides)
    assert not compilation.failed, [diagnostic.message for diagnostic in compilation.diagnostics]
    found = compilation.compiled[0].graph
    assert found is not None
    return found


def spec(name: str, overrides: Overrides = Overrides()) -> Graph:  # noqa: B008 - immutable
    """Compile one of the specs that the project ships."""
    with open(f"specs/{name}.arch", encoding="utf-8") as file:
        return graph(file.read(), overrides, f"{name}.arch")


def changed(base: Graph, name: str, change: Callable[[Node], Node]) -> Graph:
    """Change the node of a name."""
    assert any(node.name == name for node in base.nodes), [node.name for node in base.nodes]
    return base._replace(nodes=tuple(change(node) if node.name == name else node for node in base.nodes))


def row(shape: Shape, *layers: tuple[str, dict[str, object], Shape]) -> Graph:
    """Make a network of one row by hand, for shapes of any rank; a layer is its op, parameters and output shape."""
    nodes = [Node("input", {"shape": shape}, (), shape, "input", -1, (), "main", ())]
    nodes += [
        Node(op, params, (i,), out, f"row/{op}{i}", 0, (), "main", ())
        for i, (op, params, out) in enumerate(layers)
    ]
    stage = Stage("row", "row", None, 1, len(nodes), Span(0, 0), 1, "", ())
    return Graph("any-rank", "plain", tuple(nodes), (stage,), (0,), (len(nodes) - 1,))
