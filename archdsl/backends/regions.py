"""Graph -> what stands together in its table: named blocks, repeats of brackets, layers with their norms and
activations."""

from dataclasses import dataclass, field
from itertools import takewhile

from archdsl.graph.graph import Graph, Node


@dataclass(slots=True)
class Region:
    """Nodes `[start, stop)` and what they consist of: regions and single nodes, in order.

    `path` is the start of all their names, `kind` the name of a block in the table (empty for a bracket). A
    `row` is one printed layer.
    """

    start: int
    stop: int
    path: str
    kind: str
    row: bool = False
    parts: list["Region | int"] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Return how many regions stand in each other, with this one."""
        return 1 + max((part.height for part in self.parts if isinstance(part, Region)), default=0)

    def within(self) -> list["Region"]:
        """Return this region and all regions in it."""
        return [self, *(one for part in self.parts if isinstance(part, Region) for one in part.within())]


def region(graph: Graph) -> Region:
    """Return the region of the whole network."""
    return Region(0, len(graph.nodes), "", "", parts=_parts(graph, 0, len(graph.nodes), 0))


def _parts(graph: Graph, start: int, stop: int, depth: int) -> list[Region | int]:
    """Part nodes into the regions `depth` frames deep."""
    found: list[Region | int] = []
    at = start
    while at < stop:
        node = graph.nodes[at]
        rest = graph.nodes[at:stop]
        if len(node.frames) > depth:
            end = at + sum(1 for _ in takewhile(lambda other: _together(node, other, depth + 1), rest))  # noqa: B023
            inner = _parts(graph, at, end, depth + 1)
            found.append(Region(at, end, _common(graph.nodes[at:end]), node.frames[depth].name, parts=inner))
        else:
            beside = takewhile(
                lambda other: _together(node, other, depth) and len(other.frames) == depth,  # noqa: B023
                rest,
            )
            base, end = _row([other.name for other in beside], at)
            row = Region(at, end, base, "", row=True, parts=list(range(at, end)))
            found.append(row if end - at > 1 else at)
        at = end
    return found


def _together(a: Node, b: Node, depth: int) -> bool:
    return a.stage == b.stage and a.frames[:depth] == b.frames[:depth]


def _common(nodes: tuple[Node, ...]) -> str:
    """Return the path that all nodes are under."""
    paths = [node.name.split("/")[:-1] for node in nodes]
    same = takewhile(lambda words: len(set(words)) == 1, zip(*paths, strict=False))
    return "/".join(words[0] for words in same)


def _row(names: list[str], at: int) -> tuple[str, int]:
    """Return the name of the layer that begins here, and the place behind what belongs to it: `conv` with
    `conv_bn` and `conv_relu`, in any order."""
    stage, _, own = names[0].rpartition("/")
    words = own.split("_")
    best = names[0], at + 1
    for count in range(1, len(words) + 1):
        base = f"{stage}/{'_'.join(words[:count])}" if stage else "_".join(words[:count])
        run = list(takewhile(lambda name: name == base or name.startswith(f"{base}_"), names))  # noqa: B023
        if base in run and at + len(run) > best[1]:
            best = base, at + len(run)
    return best
