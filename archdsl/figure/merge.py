"""Bodies -> what is drawn once: repeats merged where they agree, never hiding a difference.

Two repeats are drawn as one where their main paths are equal but for strides and rates; the strides and
shortcuts that only some of them have are kept with the numbers of those blocks, and a rate that rises with
both its ends. Repeats that differ in more stand apart. How many channels arrive is no difference: it grows
where every repeat is joined to its input, and the card says the range.
"""

from collections.abc import Sequence
from itertools import cycle, groupby
from typing import Any, NamedTuple

from archdsl.figure.attention import parts
from archdsl.figure.collapse import Body, Bracket, Fork, Part, Path, Web, Wiring, padding

Key = tuple[Any, ...]
# The nodes of one layer, one for each block drawn; inside a bracket in a bracket, one for each block of the
# first outer repeat, then of the second.
Layer = tuple[int, ...]

_TURN = 4  # the most blocks that take turns


class Drawn(NamedTuple):
    """A layer that is drawn once."""

    nodes: Layer


class MergedPath(NamedTuple):
    """A path that the blocks `blocks` (counted from 1) take; `layers` are its nodes, each in every such
    block."""

    start: int
    end: int
    layers: tuple[Layer, ...]
    blocks: tuple[int, ...]


class Merged(NamedTuple):
    """Blocks drawn as one; `exits` are the nodes that their outputs come from."""

    blocks: tuple[int, ...]
    parts: "tuple[MergedPart, ...]"
    paths: tuple[MergedPath, ...]
    exits: tuple[int, ...]


class Repeats(NamedTuple):
    """A bracket or named block: its repeats, merged where they agree."""

    groups: tuple[Merged, ...]
    name: str


class MergedFork(NamedTuple):
    """Branches side by side."""

    branches: tuple[Merged, ...]


class MergedWeb(NamedTuple):
    """Parts with the edges between them, as in `Web`."""

    parts: "tuple[Drawn | Repeats, ...]"
    edges: tuple[tuple[int, int], ...]


MergedPart = Drawn | Repeats | MergedFork | MergedWeb


def merge(wiring: Wiring, bracket: Bracket, *, apart: bool = False, again: Sequence[Bracket] = ()) -> Repeats:
    """Draw consecutive repeats as one where only strides and shortcuts differ, and those that take turns as
    one turn; number blocks from 1.

    `apart` keeps every repeat by itself; `again` is the same bracket in further repeats of what is around it.
    """
    keys = [
        (i,) if apart else body_key(wiring, repeat, strict=False) for i, repeat in enumerate(bracket.bodies)
    ]
    groups = _turns(keys) or [list(run) for _, run in groupby(range(len(keys)), keys.__getitem__)]
    merged = (
        merge_group(
            wiring,
            [one.bodies[i] for one in (bracket, *again) for i in group],
            [i + 1 for i in group],
            apart=apart,
        )
        for group in groups
    )
    return Repeats(tuple(merged), bracket.name)


def _turns(keys: Sequence[Key]) -> list[list[int]]:
    """Give the places of each of several repeats that take turns (windows and shifted windows); none where
    they do not."""
    for turn in range(2, min(_TURN, len(keys) // 2) + 1):
        if (
            len(keys) % turn == 0
            and len(set(keys)) == turn
            and keys == list(keys[:turn]) * (len(keys) // turn)
        ):
            return [list(range(first, len(keys), turn)) for first in range(turn)]
    return []


def merge_group(
    wiring: Wiring, bodies: Sequence[Body], blocks: Sequence[int] = (), *, apart: bool = False
) -> Merged:
    """Merge bodies whose main paths agree; `blocks` are their numbers, from 1 where none are given; they
    begin anew where there are more bodies."""
    blocks = tuple(blocks or range(1, 1 + len(bodies)))
    columns = zip(*(repeat.parts for repeat in bodies), strict=True)
    merged = tuple(_merge_part(wiring, column, blocks, apart) for column in columns)
    return Merged(
        blocks, merged, tuple(_merge_paths(wiring, bodies, blocks)), tuple(repeat.exit for repeat in bodies)
    )


def _merge_part(wiring: Wiring, column: Sequence[Part], blocks: Sequence[int], apart: bool) -> MergedPart:
    head = column[0]
    if isinstance(head, Fork):
        forks = [part.branches for part in column if isinstance(part, Fork)]
        return MergedFork(
            tuple(merge_group(wiring, branch, blocks, apart=apart) for branch in zip(*forks, strict=True))
        )
    if isinstance(head, Web):
        inner = zip(*(part.parts for part in column if isinstance(part, Web)), strict=True)
        merged = (_merge_part(wiring, parts, blocks, apart) for parts in inner)
        return MergedWeb(
            tuple(part for part in merged if not isinstance(part, MergedFork | MergedWeb)), head.edges
        )
    if isinstance(head, Bracket):
        # Only merged across outer repeats where it is the same throughout.
        again = [part for part in column[1:] if isinstance(part, Bracket)]
        return merge(wiring, head, apart=apart, again=again)
    return Drawn(tuple(part for part in column if isinstance(part, int)))


def _merge_paths(wiring: Wiring, bodies: Sequence[Body], blocks: Sequence[int]) -> list[MergedPath]:
    takers: dict[Key, list[tuple[int, Path]]] = {}
    for block, repeat in zip(cycle(blocks), bodies, strict=False):
        for number, path in enumerate(repeat.paths):
            nodes = tuple(_node_key(wiring, i, strict=False) for i in path.nodes)
            again = repeat.paths[:number].count(path) if not path.nodes else 0
            takers.setdefault((path.start, path.end, nodes, again), []).append((block, path))
    merged = []
    for (start, end, *_), taken in takers.items():
        layers = tuple(zip(*(path.nodes for _, path in taken), strict=True))
        merged.append(MergedPath(start, end, layers, tuple(dict.fromkeys(block for block, _ in taken))))
    return merged


def _node_key(wiring: Wiring, i: int, *, strict: bool) -> Key:
    node = wiring.graph.nodes[i]
    # A rate that rises from block to block: its label says from what to what.
    ignored = ("padding",) if strict else ("padding", "stride", "rate")
    params = ((name, repr(value)) for name, value in sorted(node.params.items()) if name not in ignored)
    # Padding that was inserted and padding inside the op are one thing; how much of it goes with the stride.
    padded = node.params.get("padding") == "same" or padding(wiring.graph, i) is not None
    # A layer that an arc leaves is drawn by itself; layers that take the same from afar may be drawn as one.
    far = (tuple(wiring.sources.get(i, ())), i if i in wiring.taps else -1)
    inner = tuple(_node_key(wiring, one, strict=strict) for one in parts(wiring.graph, i) if one != i)
    return (node.op, padded, far, node.shares >= 0, *inner, *params)


def _part_key(wiring: Wiring, part: Part, *, strict: bool) -> Key:
    if isinstance(part, int):
        return _node_key(wiring, part, strict=strict)
    if isinstance(part, Bracket):
        return tuple(body_key(wiring, repeat, strict=True) for repeat in part.bodies)
    if isinstance(part, Fork):
        return ("fork", *(body_key(wiring, branch, strict=strict) for branch in part.branches))
    return ("web", part.edges, *(_part_key(wiring, inner, strict=strict) for inner in part.parts))


def body_key(wiring: Wiring, repeat: Body, *, strict: bool) -> Key:
    """Describe a body; where it is not strict, without strides and paths."""
    keys = tuple(_part_key(wiring, part, strict=strict) for part in repeat.parts)
    if not strict:
        return keys
    return keys, tuple(
        (path.start, path.end, tuple(_node_key(wiring, i, strict=True) for i in path.nodes))
        for path in repeat.paths
    )
