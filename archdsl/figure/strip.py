"""Graph -> the strip of a paper's figure: a glyph for each row, those that follow each other and look alike
as one."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log2
from typing import NamedTuple

from archdsl.figure.collapse import Bracket
from archdsl.figure.metrics import folded, shorten
from archdsl.figure.names import NAME_LIMIT, layer_name, row_name
from archdsl.figure.parts import Glyph, SideStrip
from archdsl.figure.pills import layers_told, main_layer, shape_label
from archdsl.figure.trunk import Row, Trunk, far_stages
from archdsl.graph.graph import Graph, Shape
from archdsl.graph.measure import node_counts, total
from archdsl.ops import OPS

_SAID = 32  # characters of a line that names the layers of a row outside its blocks
_FLAT = 40  # height of a glyph without spatial axes


class Strip(NamedTuple):
    """Glyphs, the strides on the edges into them, those that the one before does not feed, edges past others,
    and the nodes that the glyphs end in."""

    glyphs: tuple[Glyph, ...]
    strides: tuple[str, ...]
    loose: frozenset[int]
    far: tuple[tuple[int, int], ...]
    ends: tuple[int, ...]


Marks = Mapping[int, tuple[str, ...]]  # the marks of the blocks of a row, by the first node of the row


def strip(placed: Trunk, marks: Marks) -> Strip:
    """Line up the rows of the trunk."""
    graph = placed.wiring.graph
    glyphs = [_image(graph, i) for i in (*graph.inputs[1:], graph.inputs[0])]
    first = len(glyphs)
    ends = [graph.inputs[0]]
    starts: list[int] = []
    for row in placed.rows:
        starts.append(len(glyphs))
        for name, ids in _boxes(graph, row):
            glyphs.append(_glyph(graph, row, name, ids)._replace(blocks=marks.get(row.ids[0], ())))
            ends.append(ids[-1])
    strides = [""] * first + [_stride(graph.nodes[a].shape, graph.nodes[b].shape) for a, b in pairwise(ends)]
    loose = {starts[at] for at in range(len(placed.rows)) if placed.loose(at)} | set(range(1, first))
    inputs = (*graph.inputs[1:], *ends)
    return _alike(Strip(tuple(glyphs), tuple(strides), frozenset(loose), _far(placed, starts, first), inputs))


def side_strips(placed: Trunk, glyphs: Sequence[Glyph], marks: Marks) -> tuple[SideStrip, ...]:
    """Line up the rows beside the trunk; of each strip the name of the glyph that it leaves."""
    graph = placed.wiring.graph
    strips = []
    for chain in placed.sides:
        start = next((glyph.name for glyph in glyphs if chain[0].start in glyph.nodes), "")
        side = [
            _glyph(graph, row, name, ids)._replace(blocks=marks.get(row.ids[0], ()))
            for row in chain
            for name, ids in _boxes(graph, row)
        ]
        strips.append(SideStrip(start, tuple(side)))
    return tuple(strips)


def _alike(strip: Strip) -> Strip:
    """Draw rows of one name and shape that follow each other once: `3×3 conv`, ×4."""
    glyphs: list[Glyph] = []
    moved: list[int] = []  # where each glyph went
    kept: list[int] = []
    last: list[int] = []  # of the rows in each glyph
    for at, glyph in enumerate(strip.glyphs):
        same = glyphs and _look(glyphs[-1]) == _look(glyph)
        tied = at in strip.loose or any(
            low in (at - 1, at) or high in (at - 1, at) for low, high in strip.far
        )
        if same and glyph.family and not tied:
            before = glyphs[-1]
            glyphs[-1] = glyph._replace(
                repeats=before.repeats + glyph.repeats,
                tooltip=f"{before.tooltip}\n{glyph.tooltip}",
                rows=(*before.rows, *glyph.rows),
                nodes=(*before.nodes, *glyph.nodes),
                blocks=(*before.blocks, *glyph.blocks),
            )
            last[-1] = at
        else:
            glyphs.append(glyph)
            kept.append(at)
            last.append(at)
        moved.append(len(glyphs) - 1)
    far = tuple((moved[low], moved[high]) for low, high in strip.far)
    return Strip(
        tuple(glyphs),
        tuple(strip.strides[at] for at in kept),
        frozenset(moved[at] for at in strip.loose),
        far,
        tuple(strip.ends[at] for at in last),
    )


def _look(glyph: Glyph) -> Glyph:
    return glyph._replace(repeats=1, tooltip="", rows=(), nodes=(), blocks=())


def _far(placed: Trunk, starts: Sequence[int], first: int) -> tuple[tuple[int, int], ...]:
    """List the edges between glyphs that do not follow each other."""
    glyph_of = {
        row.exit: (starts[at + 1] if at + 1 < len(starts) else -1) - 1 for at, row in enumerate(placed.rows)
    }
    inputs = placed.wiring.graph.inputs
    glyph_of |= {node: number for number, node in enumerate((*inputs[1:], inputs[0]))}
    edges = far_stages(placed, range(len(placed.rows) + 1))
    return tuple((glyph_of[edge.start], starts[edge.step]) for edge in edges if edge.step < len(starts))


def _boxes(graph: Graph, row: Row) -> list[tuple[str, list[int]]]:
    """Split a row without a printed name, or a head, into its layers; any other row is one box."""
    heavy = [i for i in row.ids if OPS[graph.nodes[i].op].family in ("conv", "pool", "dense")]
    framed = any(graph.nodes[i].frames for i in row.ids)
    if framed or len(heavy) < 2 or (row.stage.label and row.stage.label != "head"):
        return [(row_name(graph, row), list(row.ids))]
    cuts = [row.ids[0], *heavy[1:], row.ids[-1] + 1]
    parts = [[i for i in row.ids if low <= i < high] for low, high in pairwise(cuts)]
    return [(layer_name(graph, part), part) for part in parts]


def _image(graph: Graph, i: int) -> Glyph:
    shape = graph.nodes[i].shape
    width, height = _size(shape)
    name = "image" if len(shape) == 3 else "input"
    return Glyph(name, 1, shape_label(shape), "", width, height, "input", nodes=(i,))


def _glyph(graph: Graph, row: Row, name: str, ids: Sequence[int]) -> Glyph:
    brackets = [part for part in row.body.parts if isinstance(part, Bracket)]
    shape = graph.nodes[ids[-1]].shape
    width, height = _size(shape)
    counts = total([node_counts(graph, graph.nodes[i]) for i in ids])
    tooltip = f"{shorten(name, 80)}, line {row.stage.line}: {counts.trainable:,} params, {counts.macs:,} MACs"
    repeated = [len(bracket.bodies) for bracket in brackets if len(bracket.bodies) > 1]
    layers = _layers(graph, row, ids)
    return Glyph(
        shorten(name, NAME_LIMIT),
        repeated[0] if len(repeated) == 1 else 1,
        shape_label(shape),
        OPS[main_layer(graph, ids).op].family,
        width,
        height,
        tooltip,
        (graph.nodes[ids[0]].stage,),
        "" if layers[:1] and layers[0].startswith(name) else "\n".join(folded(layers, _SAID)),
        tuple(repeated) if len(repeated) > 1 else (),
        tuple(ids),
    )


def _layers(graph: Graph, row: Row, ids: Sequence[int]) -> list[str]:
    """Name the layers of a box that are in no block: those in blocks are drawn below the strip."""
    alone = [part for part in row.body.parts if isinstance(part, int) and part in ids]
    return layers_told(graph, alone)


def _size(shape: Shape) -> tuple[int, int]:
    """Return width and height of a glyph: the logarithms of channels and resolution."""
    width = max(28, round(10 + 6 * log2(max(1, shape[-1]))))
    return (width, round(16 + 14 * log2(max(1, *shape[:-1])))) if len(shape) > 1 else (min(width, 32), _FLAT)


def _stride(before: Shape, after: Shape) -> str:
    if len(before) != len(after) or len(before) < 2 or not after[0] or round(before[0] / after[0]) < 2:
        return ""  # a map that only lost its border was not strided over
    return f"/{round(before[0] / after[0])}"
