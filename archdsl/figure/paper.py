"""Graph -> the figure of a paper: a strip of glyphs for the rows, and one inset for each distinct block."""

import re
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from archdsl.figure.attention import joined, parts
from archdsl.figure.collapse import Body, Bracket, Wiring
from archdsl.figure.collapse import Web as WebOf
from archdsl.figure.extent import step_size
from archdsl.figure.inside import contents
from archdsl.figure.ladder.glyphs import glyph_cells
from archdsl.figure.ladder.skips import coarseness, encodes_and_decodes
from archdsl.figure.merge import body_key, merge_group
from archdsl.figure.metrics import shorten
from archdsl.figure.model import subtitle, title
from archdsl.figure.names import NAME_LIMIT
from archdsl.figure.parts import Arc, Column, Fork, Glyph, Group, Paper, Step, Web
from archdsl.figure.pills import Pill
from archdsl.figure.strip import Marks, side_strips, strip
from archdsl.figure.trunk import Row, Trunk, trunk
from archdsl.graph.graph import Graph
from archdsl.graph.measure import network_counts, node_counts

__all__ = ["Paper", "paper"]

ROOM = 780.0  # points: at 7 inches the smallest type is then 7 points

_LETTERS = "ABDEFGHIJKLMNOPQRSTUVWXYZ"
_SIZES = ("channels", "heads", "rate")
_HEADS = re.compile(r", \d+ heads?\b")
_DISTINCT = 4  # the most insets that differ in nothing but channels
_BAND, _PAGE_FORM = 200, 1.2  # the height of a band of a strip in points; height by width
_WIDEST = 1100  # points; level `block` draws wider ones


class _Use(NamedTuple):
    """One repeat of a block, and the first node of its row."""

    row: int
    name: str
    body: Body


def paper(graph: Graph, file: str = "", room: float = ROOM) -> Paper:
    """Model the figure of a paper, for a width in points; that of an encoder-decoder is arranged as a U where
    that can be done."""
    if encodes_and_decodes(graph):
        bent = _modelled(graph, file, room, bent=True)
        if bent.cells:
            return bent
    return _modelled(graph, file, room, bent=False)


def _modelled(graph: Graph, file: str, room: float, *, bent: bool) -> Paper:
    placed = trunk(joined(graph), bent=bent)
    insets, marks = insets_of(placed)
    lined = strip(placed, marks)
    counts = network_counts(graph, [node_counts(graph, node) for node in graph.nodes])
    sides = side_strips(placed, lined.glyphs, marks)
    head = title(graph), subtitle(counts, file)
    room = max(room, _room(lined.glyphs, insets))
    cells = glyph_cells(lined, coarseness(graph)) if bent else ()
    return Paper(*head, lined.glyphs, lined.strides, insets, lined.loose, lined.far, room, sides, cells)


def _room(glyphs: Sequence[Glyph], insets: Sequence[Group]) -> float:
    """Return the width at which a figure with much in it has the form of a page, in points."""
    sizes = [step_size(group) for group in insets]
    area = sum(width * height for width, height in sizes) + sum(_BAND * 2 * glyph.width for glyph in glyphs)
    return sqrt(area / _PAGE_FORM)


def insets_of(placed: Trunk, distinct: int = _DISTINCT) -> tuple[tuple[Group, ...], Marks]:
    """Draw each block once that differs from the others in more than its size; give each a mark, and the
    marks of every row."""
    rows = [*placed.rows, *(row for chain in placed.sides for row in chain)]
    uses = [use for row in rows for use in uses_of(row)]
    bare = placed.wiring._replace(graph=_bare(placed.wiring.graph), sources={}, users={}, taps=set())
    plain = placed.wiring._replace(sources={}, users={}, taps=set())
    keys = [body_key(bare, use.body, strict=True) for use in uses]
    ratios = [_ratios(placed.wiring.graph, use.body) for use in uses]
    groups: dict[object, list[_Use]] = {}
    for use, key, ratio in zip(uses, keys, ratios, strict=True):
        groups.setdefault((key, ratio), []).append(use)
    if len(groups) > distinct:
        groups = {}
        for use, key in zip(uses, keys, strict=True):
            groups.setdefault(key, []).append(use)
    marks: dict[int, tuple[str, ...]] = {}
    letters = {id(use): _letter(at) for at, members in enumerate(groups.values()) for use in members}
    for use in uses:
        marks[use.row] = (*marks.get(use.row, ()), letters[id(use)])
    insets = (_inset(plain, bare, members, _letter(at)) for at, members in enumerate(groups.values()))
    return tuple(insets), marks


def _letter(number: int) -> str:
    """Return the mark of an inset: A, B, D to Z, then A1 and so on; C stands for channels."""
    again, place = divmod(number, len(_LETTERS))
    return _LETTERS[place] + str(again or "")


def uses_of(row: Row) -> Iterable[_Use]:
    """Give the blocks of a row in order."""
    brackets = [part for part in row.body.parts if isinstance(part, Bracket)]
    for bracket in brackets:
        for body in bracket.bodies:
            yield _Use(row.ids[0], bracket.name, body)


def _bare(graph: Graph) -> Graph:
    """Leave out the channels and heads of every layer, and rates: a layer says from what to what they
    rise."""
    nodes = (
        node._replace(params={k: v for k, v in node.params.items() if k not in _SIZES})
        for node in graph.nodes
    )
    return graph._replace(nodes=tuple(nodes))


def _nodes(body: Body) -> Iterable[int]:
    for part in body.parts:
        if isinstance(part, int):
            yield part
        elif isinstance(part, Bracket):
            for inner in part.bodies:
                yield from _nodes(inner)
        elif isinstance(part, WebOf):
            yield from _nodes(Body(part.parts, (), -1))
        else:
            for branch in part.branches:
                yield from _nodes(branch)
    for path in body.paths:
        yield from path.nodes


def channels_of(graph: Graph, body: Body) -> list[int]:
    """List the channels of the layers of a block in order."""
    return [
        graph.nodes[i].params["channels"]
        for i in sorted(_nodes(body))
        if graph.nodes[i].params.get("channels")
    ]


def _heads(graph: Graph, body: Body) -> tuple[int, ...]:
    inner = (one for i in _nodes(body) for one in parts(graph, i))
    return tuple(graph.nodes[i].params["heads"] for i in inner if "heads" in graph.nodes[i].params)


def _ratios(graph: Graph, body: Body) -> tuple[str, ...]:
    channels = channels_of(graph, body)
    base = min(channels, default=1)
    return tuple(_multiple(count, base) for count in channels)


def _multiple(count: int, base: int) -> str:
    if count % base:
        return f"{count / base:g}C"
    return "C" if count == base else f"{count // base}C"


def _inset(wiring: Wiring, bare: Wiring, members: Sequence[_Use], mark: str) -> Group:
    merged = merge_group(bare, [use.body for use in members])
    inside = contents(wiring, merged)
    sizes = {tuple(channels_of(wiring.graph, use.body)) for use in members}
    ratios = {_ratios(wiring.graph, use.body) for use in members}
    steps, arcs = inside.steps, inside.arcs
    if len(sizes) > 1:
        base = (
            min(next(iter(sizes)), default=1)
            if len(ratios) > 1
            else min(channels_of(wiring.graph, members[0].body), default=1)
        )
        steps, arcs = _renamed(Column(steps, arcs), 0 if len(ratios) > 1 else base)
    if len({_heads(wiring.graph, use.body) for use in members}) > 1:
        steps = _renamed(Column(steps, ()), -1).steps
    name = members[0].name or "block"
    heading = f"{name} (C)" if len(sizes) > 1 and len(ratios) == 1 else name
    said = shorten(heading, NAME_LIMIT)
    drawn = Group(mark, 1, "", (), steps, arcs, f"{mark}: {shorten(name, 80)}", said)
    return (
        drawn
        if step_size(drawn)[0] <= _WIDEST
        else drawn._replace(steps=(), arcs=(), lines=(*drawn.lines, "too wide to be drawn here"))
    )


def _renamed(column: Column, base: int) -> Column:
    """Write channels as multiples of C (`base` of them), or leave them out (0); or leave out heads (-1)."""
    return Column(
        tuple(_step(step, base) for step in column.steps), tuple(_arc(arc, base) for arc in column.arcs)
    )


def _step(step: Step, base: int) -> Step:
    match step:
        case Pill():
            return _pill(step, base)
        case Group():
            steps, arcs = _renamed(Column(step.steps, step.arcs), base)
            return step._replace(steps=steps, arcs=arcs)
        case Fork(branches):
            return Fork(tuple(_renamed(branch, base) for branch in branches))
        case Web(steps):
            return step._replace(steps=tuple(_step(inner, base) for inner in steps))
    return step


def _arc(arc: Arc, base: int) -> Arc:
    return arc._replace(pills=tuple(_pill(pill, base) for pill in arc.pills))


def _pill(pill: Pill, base: int) -> Pill:
    if base < 0:
        cells = [cell._replace(text=_HEADS.sub("", cell.text)) for cell in pill.cells]
        return pill._replace(cells=tuple(cells))
    cells = []
    for cell in pill.cells:
        count = cell.detail.removeprefix(", ")
        said = f", {_multiple(int(count), base)}" if base and count.isdigit() else ""
        cells.append(cell._replace(detail=said if count.isdigit() else cell.detail))
    return pill._replace(cells=tuple(cells))
