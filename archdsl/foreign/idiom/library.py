"""Which runs of a graph are blocks of the library: each block is compiled with arguments until its network
is that of the run.

What a block computes without numbers (its ops in order) is found by compiling it once for each way that its
guards can go. Where a run has such ops, the arguments are found by what each of them changes
(`arguments.py`); the network of the block must then be that of the run, number for number.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from archdsl.foreign.far import far
from archdsl.foreign.idiom.arguments import Arguments, solved
from archdsl.foreign.idiom.house import House
from archdsl.foreign.idiom.piece import compiled, cut, ops, run, same
from archdsl.foreign.idiom.ways import CHANNELS, Way, parts, use, ways
from archdsl.graph.graph import Graph
from archdsl.lower.rising import rises
from archdsl.ops import OPS

_ROUNDS = 3
VALUE = "@"  # stands before the node whose value an argument names, which its row is not called yet
_STRIDE = "s"  # the parameter that a row's stride goes to


class Match(NamedTuple):
    """Nodes `[start, stop)` of a graph, and what they are called; `bare` leaves its stride to the row,
    `rises` tells that the rate of its drop path rises from block to block."""

    start: int
    stop: int
    words: str
    bare: str = ""
    rises: bool = False


def matches(graph: Graph, house: House, least: int = 2) -> dict[int, Match]:
    """Find the blocks of a house in a graph, the longest first, by the node that each begins with.

    `least` layers are worth a name, with what belongs to each.
    """
    finder = _Finder(graph, house, least)
    found: dict[int, Match] = {}
    at = 1
    while at < len(graph.nodes):
        match = finder.at(at)
        if match:
            found[at] = match
        at = match.stop if match else at + 1
    return found


class _Finder:
    def __init__(self, graph: Graph, house: House, least: int) -> None:
        self.graph = graph
        self.least = least
        self.style = house.style
        self.lines = tuple(house.lines())
        self.readers = graph.readers()
        self.known = far(graph)
        self.solved: dict[Any, Arguments | None] = {}
        self.ops = [node.op for node in graph.nodes]

    def at(self, start: int) -> Match | None:
        """Return the longest block that begins with a node."""
        rank = len(self.graph.nodes[start - 1].shape)
        known = ways(self.style, self.lines, rank)
        stem = not any(OPS[op].is_filter for op in self.ops[:start])  # it is no block
        least = max(self.least, 2) if stem else self.least
        for sequence in sorted(known, key=len, reverse=True):
            if parts(sequence) < least:
                continue
            stop = self._end(start, sequence)
            one = run(self.graph, start, stop, self.readers, self.known) if stop else None
            if one is None:
                continue
            network = cut(self.graph, one)
            for way in known[sequence]:
                arguments = self._arguments(way, network)
                if arguments is not None:
                    names = (f"{VALUE}{i}" for i in one.others)
                    arguments = {**arguments, **dict(zip(way.values, names, strict=True))}
                    bare = {key: value for key, value in arguments.items() if key != _STRIDE}
                    full, short = use(way.block, arguments), use(way.block, bare)
                    return Match(start, stop, full, short, rises(way.block))
        return None

    def _end(self, start: int, sequence: Sequence[str]) -> int:
        """Return where ops in this order end, with drops of paths between them; 0 where they are others."""
        at = start
        for op in sequence:
            while at < len(self.ops) and self.ops[at] == "drop_path" and op != "drop_path":
                at += 1
            if at >= len(self.ops) or self.ops[at] != op:
                return 0
            at += 1
        return at

    def _arguments(self, way: Way, network: Graph) -> Arguments | None:
        key = (way.block.name, _key(network))
        if key not in self.solved:
            self.solved[key] = self._solve(way, network)
        return self.solved[key]

    def _solve(self, way: Way, network: Graph) -> Arguments | None:
        """Find the arguments with which a block is a network; None where there are none."""
        entering, *others = (network.nodes[i].shape for i in network.inputs)
        if len(others) != len(way.values):
            return None

        def made(arguments: Arguments) -> Graph | None:
            return compiled(self.lines, entering, f"piece  -  {use(way.block, arguments)}", tuple(others))

        arguments = _moved(way.arguments, entering[-1])
        for _ in range(_ROUNDS):
            graph = made(arguments)
            if graph is None or ops(graph) != ops(network):
                return None
            if same(graph, network):
                return arguments
            arguments = solved(arguments, graph, network, made)
        return None


def _key(network: Graph) -> Any:
    return tuple((node.op, repr(sorted(node.params.items())), node.inputs) for node in network.nodes)


def _moved(arguments: Arguments, entering: int) -> Arguments:
    """Return arguments for a map of other channels than those that blocks are tried on."""
    own = {str(CHANNELS): str(entering), str(2 * CHANNELS): str(2 * entering)}
    return {key: own.get(value, value) for key, value in arguments.items()}
