"""Nodes of a stage -> what is drawn once: brackets with their repeats merged, never hiding a difference.

Two repeats are drawn as one where their main paths are equal but for strides; the strides and shortcuts that only
some of them have are kept with the numbers of those blocks. Repeats that differ in more stand apart.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from archdsl.ir.graph import Graph, Node

Key = tuple[Any, ...]


class Path(NamedTuple):
    """A way past part of the main path: from the output of one of its parts (-1: the block's input) into another."""

    start: int
    end: int
    nodes: tuple[int, ...]


class Body(NamedTuple):
    """One repeat as the graph has it: the parts of its main path (nodes, brackets) in order, and the paths past them."""

    parts: "tuple[int | Bracket, ...]"
    paths: tuple[Path, ...]


class Bracket(NamedTuple):
    """A bracket with all its repeats."""

    bodies: tuple[Body, ...]


class MergedPath(NamedTuple):
    """A path that the blocks `blocks` (counted from 1) take; `layers` are its nodes, each in every such block."""

    start: int
    end: int
    layers: tuple[tuple[int, ...], ...]
    blocks: tuple[int, ...]


class Merged(NamedTuple):
    """Blocks drawn as one. A part is one layer's nodes, block by block, or the merged repeats of an inner bracket."""

    blocks: tuple[int, ...]
    parts: "tuple[tuple[int, ...] | tuple[Merged, ...], ...]"
    paths: tuple[MergedPath, ...]


def body(graph: Graph, ids: Sequence[int], depth: int) -> Body:
    """Arrange the nodes of one repeat, which lie in at least `depth` brackets, along their main path."""
    parts: list[int | Bracket] = []
    owner: dict[int, int] = {}
    for template, run in groupby(shown(graph, ids), lambda i: _template(graph.nodes[i], depth)):
        members = list(run)
        if template < 0:
            for i in members:
                if graph.nodes[i].branch == "main":
                    owner[i] = len(parts)
                    parts.append(i)
            continue
        repeats = groupby(members, lambda i: graph.nodes[i].frames[depth].index)
        bracket = Bracket(tuple(body(graph, list(repeat), depth + 1) for _, repeat in repeats))
        owner[_last(bracket)] = len(parts)
        parts.append(bracket)
    return Body(tuple(parts), tuple(_paths(graph, parts, owner)))


def shown(graph: Graph, ids: Sequence[int]) -> list[int]:
    """Leave out zero padding that only prepares a window: it is part of the convolution or pooling that follows."""
    return [i for i in ids if not _prepares_window(graph, i)]


def _prepares_window(graph: Graph, i: int) -> bool:
    following = graph.nodes[i + 1 : i + 2]
    return graph.nodes[i].op == "pad" and bool(following) and following[0].inputs == (i,) and "kernel" in following[0].params


def padding(graph: Graph, i: int) -> Node | None:
    """Give the node that pads the input of a window, where there is one."""
    sources = graph.nodes[i].inputs
    return graph.nodes[sources[0]] if sources and _prepares_window(graph, sources[0]) else None


def _template(node: Node, depth: int) -> int:
    return node.frames[depth].template if len(node.frames) > depth else -1


def _last(part: int | Bracket) -> int:
    return part if isinstance(part, int) else _last(part.bodies[-1].parts[-1])


def _paths(graph: Graph, parts: list[int | Bracket], owner: dict[int, int]) -> list[Path]:
    paths = []
    for end, part in enumerate(parts):
        if isinstance(part, Bracket) or len(graph.nodes[part].inputs) < 2:
            continue
        side_inputs = list(graph.nodes[part].inputs)
        before = _last(parts[end - 1]) if end else -1
        side_inputs.remove(before if before in side_inputs else side_inputs[0])
        paths += [_trace(graph, source, owner, end) for source in side_inputs]
    return paths


def _trace(graph: Graph, source: int, owner: dict[int, int], end: int) -> Path:
    """Walk from a side input of a join back to the main path."""
    nodes: list[int] = []
    while source not in owner and graph.nodes[source].branch == "shortcut":
        if not _prepares_window(graph, source):
            nodes.append(source)
        source = graph.nodes[source].inputs[0]
    return Path(owner.get(source, -1), end, tuple(reversed(nodes)))


def merge(graph: Graph, bracket: Bracket) -> tuple[Merged, ...]:
    """Draw consecutive repeats as one where only strides and shortcuts differ; number blocks from 1."""
    keys = [_main_key(graph, repeat) for repeat in bracket.bodies]
    groups = [list(run) for _, run in groupby(range(len(keys)), keys.__getitem__)]
    return tuple(merge_group(graph, [bracket.bodies[i] for i in group], group[0] + 1) for group in groups)


def merge_group(graph: Graph, bodies: Sequence[Body], first: int = 1) -> Merged:
    """Merge bodies whose main paths agree; `first` is the number of the first one."""
    parts: list[tuple[int, ...] | tuple[Merged, ...]] = []
    for variants in zip(*(repeat.parts for repeat in bodies), strict=True):
        # Inner brackets are only merged across outer repeats where they are the same throughout.
        head = variants[0]
        parts.append(merge(graph, head) if isinstance(head, Bracket) else tuple(v for v in variants if isinstance(v, int)))
    return Merged(tuple(range(first, first + len(bodies))), tuple(parts), tuple(_merge_paths(graph, bodies, first)))


def _merge_paths(graph: Graph, bodies: Sequence[Body], first: int) -> list[MergedPath]:
    takers: dict[Key, list[tuple[int, Path]]] = {}
    for block, repeat in enumerate(bodies, first):
        for path in repeat.paths:
            key = (path.start, path.end, tuple(_node_key(graph, i, strides=False) for i in path.nodes))
            takers.setdefault(key, []).append((block, path))
    merged = []
    for (start, end, _), taken in takers.items():
        layers = tuple(zip(*(path.nodes for _, path in taken), strict=True))
        merged.append(MergedPath(start, end, layers, tuple(block for block, _ in taken)))
    return merged


def _node_key(graph: Graph, i: int, *, strides: bool) -> Key:
    node = graph.nodes[i]
    ignored = ("padding",) if strides else ("padding", "stride")
    params = ((name, repr(value)) for name, value in sorted(node.params.items()) if name not in ignored)
    # Padding that was inserted and padding inside the op are one thing; how much of it goes with the stride.
    return (node.op, node.params.get("padding") == "same" or padding(graph, i) is not None, *params)


def _main_key(graph: Graph, repeat: Body) -> Key:
    return tuple(_bracket_key(graph, part) if isinstance(part, Bracket) else _node_key(graph, part, strides=False) for part in repeat.parts)


def _bracket_key(graph: Graph, bracket: Bracket) -> Key:
    return tuple(_full_key(graph, repeat) for repeat in bracket.bodies)


def _full_key(graph: Graph, repeat: Body) -> Key:
    parts = tuple(_bracket_key(graph, part) if isinstance(part, Bracket) else _node_key(graph, part, strides=True) for part in repeat.parts)
    paths = tuple((path.start, path.end, tuple(_node_key(graph, i, strides=True) for i in path.nodes)) for path in repeat.paths)
    return parts, paths
