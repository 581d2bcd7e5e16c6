"""Nodes of a row -> bodies: brackets, branches side by side and paths past them, each repeat as the graph has
it."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from archdsl.figure.attention import WITHIN, outside, stands
from archdsl.figure.region import ENTRY, EXIT, Parallel, Series, decompose
from archdsl.figure.region import Web as Tangle
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

_SIDES = ("shortcut", "gate")  # branches that are drawn as paths past the others
_ARCS = 4  # the most arcs past a chain; where there are more, edges are drawn one by one


class Path(NamedTuple):
    """A way past part of the main path: from the output of one of its parts (-1: the block's input) into
    another."""

    start: int
    end: int
    nodes: tuple[int, ...]


class Body(NamedTuple):
    """One repeat as the graph has it: the parts of its main path in order, and the paths past them.

    `exit` is the node that the repeat's output comes from.
    """

    parts: "tuple[Part, ...]"
    paths: tuple[Path, ...]
    exit: int


class Bracket(NamedTuple):
    """A bracket or a named block with all its repeats."""

    bodies: tuple[Body, ...]
    name: str = ""


class Fork(NamedTuple):
    """Branches side by side; an empty one passes its input on."""

    branches: tuple[Body, ...]


class Web(NamedTuple):
    """Parts with the edges between them, by position; -1 is what comes before the web, `len(parts)` what
    follows it."""

    parts: "tuple[int | Bracket, ...]"
    edges: tuple[tuple[int, int], ...]


Part = int | Bracket | Fork | Web


class Wiring(NamedTuple):
    """A graph with the edges that leave their own block other than by its input and output: they are drawn as
    far arcs.

    `sources` has what a node takes from afar, `users` who takes a node's output from afar; `taps` are the
    nodes below which a dot is drawn for an arc to start from.
    """

    graph: Graph
    sources: dict[int, list[int]]
    users: dict[int, list[int]]
    taps: set[int]

    def far(self, source: int, user: int) -> None:
        """Note an edge that leaves its block."""
        if user not in self.users.setdefault(source, []):
            self.users[source].append(user)
            self.sources.setdefault(user, []).append(source)
            self.taps.add(source)


class _Frame(NamedTuple):
    key: tuple[int, ...]
    number: int
    name: str


def shown(graph: Graph, ids: Iterable[int]) -> list[int]:
    """Leave out zero padding that only prepares a window: it is part of the convolution or pooling that
    follows. Of an attention written in parts the last node stands for all."""
    return [i for i in ids if graph.nodes[i].branch != WITHIN and not _prepares_window(graph, i)]


def merges(node: Node) -> bool:
    """Return whether a node is drawn as the circle where branches come together."""
    return OPS[node.op].family == "merge" and not stands(node)


def _prepares_window(graph: Graph, i: int) -> bool:
    following = graph.nodes[i + 1 : i + 2]
    return (
        graph.nodes[i].op == "pad"
        and bool(following)
        and following[0].inputs == (i,)
        and "kernel" in following[0].params
    )


def padding(graph: Graph, i: int) -> Node | None:
    """Return the node that pads the input of a window, where there is one."""
    inputs = graph.nodes[i].inputs
    return graph.nodes[inputs[0]] if inputs and _prepares_window(graph, inputs[0]) else None


def sources(graph: Graph, i: int) -> list[int]:
    """Return the nodes that feed a node, behind its padding; of an attention what feeds all of it."""
    inputs = outside(graph, i) if stands(graph.nodes[i]) else graph.nodes[i].inputs
    return [graph.nodes[source].inputs[0] if _prepares_window(graph, source) else source for source in inputs]


def entry(graph: Graph, ids: Sequence[int], expected: int) -> int:
    """Return which node from outside feeds a region: the expected one if it does at all, else the first (or
    -1)."""
    inside = set(ids)
    outside = [source for i in ids for source in sources(graph, i) if source not in inside]
    return expected if expected in outside or not outside else outside[0]


def body(wiring: Wiring, ids: Sequence[int], depth: int, start: int) -> Body:
    """Arrange the nodes of one repeat, which lie in at least `depth` brackets, fed by the node `start`."""
    graph = wiring.graph
    items: list[int | Bracket] = []
    inputs: dict[int, list[int]] = {}
    owner = {start: ENTRY}
    for key, run in groupby(shown(graph, ids), lambda i: _key(graph.nodes[i], depth)):
        members = list(run)
        if key is not None:
            first = entry(graph, members, _exit(items[-1]) if items else start)
            inputs[len(items)] = [owner[first]] if first in owner else []
            # Fed from elsewhere, every edge into it is a far one.
            items.append(_bracket(wiring, members, depth, first if first in owner else -1))
            owner[_exit(items[-1])] = len(items) - 1
            continue
        for i in members:
            inputs[len(items)] = _known(wiring, sources(graph, i), i, owner)
            owner[i] = len(items)
            items.append(i)
    laid = _Layer(graph, items, inputs)
    laid.series(decompose(range(len(items)), inputs, [len(items) - 1]))
    return Body(*laid.body(), _exit(items[-1]))


def _exit(item: int | Bracket) -> int:
    return item if isinstance(item, int) else item.bodies[-1].exit


def _known(wiring: Wiring, feeds: Sequence[int], user: int, owner: dict[int, int]) -> list[int]:
    """Translate nodes into the items that they are the output of; note the others as far edges."""
    for source in feeds:
        if source not in owner:
            wiring.far(source, user)
    return [owner[source] for source in feeds if source in owner]


def _bracket(wiring: Wiring, members: Sequence[int], depth: int, first: int) -> Bracket:
    bodies: list[Body] = []
    nodes = wiring.graph.nodes
    for _, repeat in groupby(members, lambda i: frames(nodes[i])[depth].number):
        bodies.append(body(wiring, list(repeat), depth + 1, bodies[-1].exit if bodies else first))
    bracket = Bracket(tuple(bodies), frames(nodes[members[0]])[depth].name)
    inner = bodies[0].parts[0]
    if len(bodies) == 1 and len(bodies[0].parts) == 1 and isinstance(inner, Bracket):
        # A frame around nothing but another one says nothing.
        return inner._replace(name=inner.name or bracket.name)
    return bracket


def _key(node: Node, depth: int) -> tuple[int, ...] | None:
    around = frames(node)
    return around[depth].key if len(around) > depth else None


def frames(node: Node) -> list[_Frame]:
    """Return the frames that are drawn around a node: blocks that stand once inside others melt into them."""
    drawn: list[_Frame] = []
    path: tuple[int, ...] = ()
    for depth, frame in enumerate(node.frames):
        path = (*path, frame.template)
        if depth == 0 or frame.count > 1:
            drawn.append(_Frame(path, frame.index, frame.name))
            path = ()
        else:
            path = (*path, frame.index)
    return drawn


class _Layer:
    """Lays the pieces of a region out as parts and paths."""

    def __init__(self, graph: Graph, items: Sequence[int | Bracket], inputs: dict[int, list[int]]) -> None:
        self.graph = graph
        self.items = items
        self.inputs = inputs
        self.parts: list[Part] = []
        self.paths: list[Path] = []

    def series(self, pieces: Series, before: int = ENTRY, end: int = EXIT, *, open_end: bool = True) -> None:
        """Lay out pieces between two items; an open end is one that this series does not lead into itself."""
        for place, piece in enumerate(pieces, 1):
            following = pieces[place] if place < len(pieces) else end
            after = following if isinstance(following, int) else EXIT
            join = after if self._joins(after) and not (open_end and place == len(pieces)) else None
            if isinstance(piece, Parallel):
                self._parallel(piece, before, after, join)
            elif isinstance(piece, Tangle):
                self._tangle(piece, before, after, join)
            else:
                self.parts.append(self.items[piece])
                before = piece

    def body(self) -> tuple[tuple[Part, ...], tuple[Path, ...]]:
        """Return what was laid out."""
        return tuple(self.parts), tuple(sorted(self.paths, key=lambda path: path.end))

    def _joins(self, item: int) -> bool:
        node = self.items[item] if item >= 0 else None
        return isinstance(node, int) and merges(self.graph.nodes[node])

    def _parallel(self, piece: Parallel, before: int, after: int, join: int | None) -> None:
        direct = piece.branches.count(())
        scaled = join is not None and direct == 1 and len(piece.branches) == 2 and self._scales(join)
        sides = [branch for branch in piece.branches if branch and self._beside(branch, scales=scaled)]
        main = [branch for branch in piece.branches if branch and branch not in sides]
        if join is None or len(main) > 1 or not (main or direct):
            self.parts.append(Fork(tuple(self._branch(branch, before, after) for branch in piece.branches)))
            return
        start = len(self.parts) - 1
        if main:
            self.series(main[0], before, after, open_end=False)
        else:
            direct -= 1  # the trunk itself
        paths = [Path(start, len(self.parts), self._nodes(branch)) for branch in sides]
        self.paths += paths + [Path(start, len(self.parts), ())] * direct

    def _scales(self, join: int) -> bool:
        """Return whether a join multiplies: what is beside its input there is a gate, wherever it was
        written."""
        node = self.items[join]
        return isinstance(node, int) and self.graph.nodes[node].op == "multiply"

    def _beside(self, branch: Series, *, scales: bool) -> bool:
        nodes = self._nodes(branch)
        return len(nodes) == len(branch) and (
            scales or all(self.graph.nodes[node].branch in _SIDES for node in nodes)
        )

    def _nodes(self, branch: Series) -> tuple[int, ...]:
        return tuple(
            node for piece in branch if isinstance(piece, int) and isinstance(node := self.items[piece], int)
        )

    def _branch(self, branch: Series, before: int, after: int) -> Body:
        laid = _Layer(self.graph, self.items, self.inputs)
        laid.series(branch, before, after)
        return Body(*laid.body(), -1)

    def _tangle(self, piece: Tangle, before: int, after: int, join: int | None) -> None:
        """Draw a chain with a few arcs past it as such, anything else edge by edge."""
        count = len(piece.vertices)
        inner = {before: -1} | {vertex: place for place, vertex in enumerate(piece.vertices)}
        edges = [
            (inner[tail], inner[head])
            for head in piece.vertices
            for tail in self.inputs[head]
            if tail in inner
        ]
        ends = [len(self.items) - 1] if after == EXIT else self.inputs[after]
        edges += [(inner[tail], count) for tail in ends if tail in inner and tail != before]
        arcs = list(edges)
        for step in [(place - 1, place) for place in range(count + 1)]:
            if step not in arcs:
                break
            arcs.remove(step)
        else:
            if len(arcs) <= _ARCS and all(
                join is not None if head == count else self._joins(piece.vertices[head]) for _, head in arcs
            ):
                start = len(self.parts)
                self.parts += [self.items[vertex] for vertex in piece.vertices]
                self.paths += [Path(start + tail, start + head, ()) for tail, head in arcs]
                return
        self.parts.append(Web(tuple(self.items[vertex] for vertex in piece.vertices), tuple(edges)))
