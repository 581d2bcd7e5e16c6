"""The graph: the one representation of a network behind check, figure, source and model.

Shapes are tuples without the batch axis, channels last: `(height, width, channels)` for images, `(units,)`
after a dense layer. Any number of spatial axes may stand before the channels.
"""

from collections.abc import Mapping

from archdsl.light import Any, NamedTuple
from archdsl.source import Span

Shape = tuple[int, ...]


class Frame(NamedTuple):
    """One bracket or named block around a node: which one of its row or parent, which repeat of it (from 0),
    of how many.

    `name` is the block's as it is called in the table (`inception`), empty for a bracket.
    """

    template: int
    index: int  # type: ignore[assignment]  # frames are never searched as tuples
    count: int  # type: ignore[assignment]
    name: str = ""


class Node(NamedTuple):
    """One primitive op, its parameters, and where in the spec it comes from.

    `inputs` are indices into `Graph.nodes`, always smaller than the node's own. `name` is the path
    `stage/block/layer`. `stage` is an index into `Graph.stages` (-1 for the network's input). `frames` are
    the brackets and named blocks around the node, outermost first; `branch` is `main`, `shortcut`
    (projections), `gate` (what a product scales its input by) or `aux` (an auxiliary head). `origin` are the
    source spans that led to the node, innermost first. `shares` is the node before it whose layer it applies
    again, with the same weights, and -1 for a layer of its own.
    """

    op: str
    params: Mapping[str, Any]
    inputs: tuple[int, ...]
    shape: Shape
    name: str
    stage: int
    frames: tuple[Frame, ...]
    branch: str
    origin: tuple[Span, ...]
    shares: int = -1


class Inferred(NamedTuple):
    """A fact the table leaves open, and the evidence that settled it."""

    fact: str
    because: str


class Stage(NamedTuple):
    """One row of the table: `nodes[start:stop]` of the graph.

    `label` is the name as printed (it may be empty), `name` the slug that layers are named after, `text` the
    structure cell as printed.
    """

    name: str
    label: str
    declared: Shape | None
    start: int
    stop: int
    span: Span
    line: int
    text: str
    inferred: tuple[Inferred, ...]


class SketchStage(NamedTuple):
    """One row as far as it was understood, whether or not the network is sound; `computed` is None where it
    is unknown."""

    label: str
    declared: Shape | None
    computed: Shape | None
    text: str
    faulty: bool
    line: int
    params: int


class Graph(NamedTuple):
    """A network: nodes in execution order, their stages, and the ids of its inputs and outputs."""

    name: str
    style: str
    nodes: tuple[Node, ...]
    stages: tuple[Stage, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def input_shapes(self, node: Node) -> tuple[Shape, ...]:
        """Return the shapes of the values that flow into a node, without tokens that only tell of padding."""
        masks = node.params.get("masks")
        inputs = node.inputs[: masks[0][1]] if masks else node.inputs
        return tuple(self.nodes[i].shape for i in inputs)

    def sharing(self) -> set[int]:
        """Return the nodes whose layer is applied more than once."""
        pairs = ((i, node.shares) for i, node in enumerate(self.nodes) if node.shares >= 0)
        return {i for pair in pairs for i in pair}

    def readers(self) -> list[list[int]]:
        """Return for each node the ids of those that read it, one for each time it is read."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for i, node in enumerate(self.nodes):
            for j in node.inputs:
                found[j].append(i)
        return found
