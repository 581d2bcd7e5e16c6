"""Graph -> the figure of a network whose blocks, each drawn once, stand beside a trunk of cards.

Where blocks in the trunk would have to be shrunk too far to fit a page, each row is a card that names its
blocks by letters. A block that reads what a block before it has read names both inputs, and the card says
where that comes from.
"""

from collections.abc import Iterator, Mapping, Sequence

from archdsl.figure.attention import joined
from archdsl.figure.collapse import Wiring
from archdsl.figure.extent import RANK, Size
from archdsl.figure.inscribed import unit_group
from archdsl.figure.ladder.room import extent
from archdsl.figure.ladder.skips import encodes_and_decodes
from archdsl.figure.model import figure
from archdsl.figure.paper import insets_of
from archdsl.figure.parts import Capsule, Figure, Group, Join, Split, Step, Web, marked
from archdsl.figure.pills import Pill
from archdsl.figure.trunk import Row, Trunk, trunk
from archdsl.figure.units import folded, units
from archdsl.figure.wrap import PAGE, arranged
from archdsl.graph.graph import Graph

_MOST = 4  # columns of blocks
_ROOM = 4 * RANK  # between the blocks of a column
_FIRST, _SECOND = Capsule("input"), Capsule("previous")


def once(graph: Graph, file: str = "", page: Size = PAGE) -> Figure | None:
    """Model a figure with each block drawn once, in columns that fit a page; none where no row has blocks,
    or where an edge could not be told in words."""
    if encodes_and_decodes(graph) or len(graph.outputs) > 1 or len(graph.inputs) > 1:
        return None
    whole = joined(graph)
    found = units(whole)
    placed = trunk(folded(whole, found))
    insets, marks = insets_of(placed, 0)
    if not insets or not _told_in_words(placed, marks):
        return None
    blocks = [
        *(_two_inputs(placed.wiring, group) for group in insets),
        *(unit_group(whole, one) for one in found),
    ]
    model = figure(graph, file, "stage")
    lines = {graph.nodes[row.ids[0]].stage: _lines(placed, row, marks) for row in placed.rows}
    steps = [
        (_lettered(step, lines), shape)
        for step, shape in zip(model.steps, model.shapes, strict=True)
        if not isinstance(step, Split)
    ]
    plain = model._replace(
        steps=tuple(step for step, _ in steps), shapes=tuple(shape for _, shape in steps), far=()
    )
    return arranged(plain, list(_columns(blocks)), page)


def _told_in_words(placed: Trunk, marks: Mapping[int, Sequence[str]]) -> bool:
    """Return whether every edge past others leads into a block."""
    inside = {i for row in placed.rows if marks.get(row.ids[0]) for i in row.ids}
    fed = not any(placed.loose(at) for at in range(len(placed.rows) + 1))
    return fed and inside.issuperset(placed.wiring.sources)


def _lines(placed: Trunk, row: Row, marks: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    """Return what a card says: the letters of its blocks, and what they read beside the row before."""
    letters = marked(marks.get(row.ids[0], ()))
    sources = [source for i in row.ids for source in placed.wiring.sources.get(i, ())]
    names = [
        other.stage.label or other.stage.name
        for other in placed.rows
        if other is not row and set(sources) & set(other.ids)
    ]
    names += ["its blocks"] * bool(set(sources) & set(row.ids))
    also = f"previous: {', '.join(names)}" if names else ""
    return tuple(filter(None, (letters, also)))


def _lettered(step: Step, lines: Mapping[int, tuple[str, ...]]) -> Step:
    if not isinstance(step, Group) or not lines.get(step.rows[0]):
        return step
    return step._replace(lines=lines[step.rows[0]], kind="")


def _two_inputs(wiring: Wiring, group: Group) -> Group:
    """Name both inputs of a block that reads one from afar; any other block stays as it is."""
    steps = [_named(wiring, step) if isinstance(step, Web) else step for step in group.steps]
    if list(group.steps) == steps:
        return group
    return group._replace(steps=tuple(step for step in steps if not isinstance(step, Split)))


def _named(wiring: Wiring, web: Web) -> Web:
    afar = [at for at, step in enumerate(web.steps) if _first(step) in wiring.sources]
    if not afar:
        return web
    edges = [(tail + 2 if tail >= 0 else 0, head + 2) for tail, head in web.edges]
    return Web((_FIRST, _SECOND, *web.steps), (*edges, *((1, at + 2) for at in afar)))


def _first(step: Step) -> int:
    """Return the node that a step of a web begins with, as far as it can read from afar."""
    return step.layers[0][0] if isinstance(step, Pill | Join) and step.layers else -1


def _columns(blocks: Sequence[Group]) -> Iterator[tuple[tuple[tuple[Group, ...], ...], Size]]:
    """Give the ways to stand blocks below each other in a few columns, with the size of each."""
    sizes = [extent(group) for group in blocks]
    for count in range(1, min(_MOST, len(blocks)) + 1):
        columns: list[list[int]] = [[] for _ in range(count)]
        heights = [0.0] * count
        for at in sorted(range(len(blocks)), key=lambda at: -sizes[at].height):
            lowest = heights.index(min(heights))
            columns[lowest].append(at)
            heights[lowest] += sizes[at].height + _ROOM
        columns = sorted(sorted(column) for column in columns)
        width = sum(max(sizes[at].left + sizes[at].right for at in column) + 2 * RANK for column in columns)
        yield tuple(tuple(blocks[at] for at in column) for column in columns), (width, max(heights))
