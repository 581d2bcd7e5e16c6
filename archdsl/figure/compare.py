"""Comparison -> figure: the stages of two networks as boxes in two strips, what belongs together in one
column.

A box is as high as its map is large and as wide as it has channels, on one scale (logarithmic) for both
networks.
"""

from collections.abc import Sequence
from itertools import groupby
from math import log2, prod
from typing import NamedTuple

from archdsl.compare.result import Change, Comparison, Side, StagePair
from archdsl.figure.metrics import shorten
from archdsl.figure.pills import amount, shape_label
from archdsl.figure.wires import Wire, moved, wires
from archdsl.graph.graph import Graph, Node, Shape
from archdsl.graph.measure import node_counts
from archdsl.network import Network
from archdsl.ops import OPS

_NAME_LIMIT, _TITLE_LIMIT, _NOTE_LIMIT, _NOTES = 44, 40, 44, 10
_MANY, _RUN = 14, 4  # of more columns than that, runs of more equal stages than that are shortened
_LOW, _HIGH = 44.0, 132.0  # of a map of one position, and of the largest map
_THIN, _NARROW, _WIDE = 28.0, 44.0, 116.0  # a vector; the map with the fewest channels, and with the most


class Text(NamedTuple):
    """A line under a box; `differs` sets it in the colour of differences."""

    text: str
    differs: bool


NONE = Text("", False)


class Box(NamedTuple):
    """A stage of one network; `family` is empty where several that are the same stand there, or where it is
    `missing` in this network."""

    name: str
    family: str
    badge: Text
    width: float
    height: float
    differs: bool
    lines: tuple[Text, ...]
    tooltip: str
    missing: bool = False


class CompareFigure(NamedTuple):
    """Two strips of boxes; `columns` pair them from left to right, `rows` name the strips and count them,
    `wires` are the edges between the boxes of each strip."""

    title: str
    subtitle: str
    rows: tuple[tuple[str, str], tuple[str, str]]
    columns: tuple[tuple[Box, Box], ...]
    wires: tuple[tuple[Wire, ...], tuple[Wire, ...]]


class _Scale:
    """Sizes of boxes, from the shapes of both networks."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        maps = [shape for shape in shapes if len(shape) > 1]
        self.longest = max((_side_length(shape) for shape in maps), default=1.0)
        channels = [shape[-1] for shape in maps] or [1]
        self.fewest, self.most = min(channels), max(channels)

    def size(self, shape: Shape) -> tuple[float, float]:
        """Return width and height of a box."""
        if len(shape) < 2:
            return _THIN, _LOW + 0.3 * (_HIGH - _LOW)
        high = log2(_side_length(shape)) / log2(self.longest) if self.longest > 1 else 1
        wide = (
            log2(shape[-1] / self.fewest) / log2(self.most / self.fewest) if self.most > self.fewest else 0.5
        )
        return _NARROW + (_WIDE - _NARROW) * wide, _LOW + (_HIGH - _LOW) * high


def _side_length(shape: Shape) -> float:
    return float(prod(shape[:-1]) ** (1 / (len(shape) - 1)))


def compare_figure(comparison: Comparison) -> CompareFigure:
    """Arrange a comparison as a figure."""
    a, b = comparison.a, comparison.b
    scale = _Scale([a.input, b.input, *(side.computed for pair in comparison.stages for side in pair.sides)])
    names = [shorten(name, _TITLE_LIMIT) for name in comparison.names]
    columns = [
        (_input(a, b, scale), _input(b, a, scale)),
        *(_column(comparison, pair, scale) for pair in comparison.stages),
    ]
    places = list(range(len(columns)))
    if len(columns) > _MANY:
        columns, places = _elided(columns, comparison)
    lines = [[0, *(side.line if side else 0 for side in sides)] for sides in _sides(comparison)]
    wired = [moved(wires(network.graph, own), places) for network, own in zip((a, b), lines, strict=True)]
    told = "the same network" if comparison.same else "matched stages in one column; outlined = differs"
    counts = [
        f"{amount(network.params.trainable)} params · {amount(network.macs)} MACs" for network in (a, b)
    ]
    return CompareFigure(
        f"{names[0]} vs {names[1]}",
        told,
        ((names[0], counts[0]), (names[1], counts[1])),
        tuple(columns),
        (wired[0], wired[1]),
    )


def _sides(comparison: Comparison) -> tuple[list[Side | None], list[Side | None]]:
    return [pair.a for pair in comparison.stages], [pair.b for pair in comparison.stages]


def _elided(
    columns: list[tuple[Box, Box]], comparison: Comparison
) -> tuple[list[tuple[Box, Box]], list[int]]:
    """Leave out the middle of long runs of stages that are the same; say where each column went."""
    statuses = [
        "same" if comparison.a.input == comparison.b.input else "changed",
        *(pair.status for pair in comparison.stages),
    ]
    kept: list[tuple[Box, Box]] = []
    places: list[int] = []
    for same, run in groupby(zip(columns, statuses, strict=True), lambda column: column[1] == "same"):
        members = [column for column, _ in run]
        if same and len(members) > _RUN:
            gap = Box(
                f"{len(members) - 2} the same",
                "",
                NONE,
                0,
                30,
                False,
                (),
                f"{len(members) - 2} stages are the same",
            )
            places += [len(kept), *[len(kept) + 1] * (len(members) - 2), len(kept) + 2]
            members = [members[0], (gap, gap), members[-1]]
        else:
            places += range(len(kept), len(kept) + len(members))
        kept += members
    return kept, places


def _input(network: Network, other: Network, scale: _Scale) -> Box:
    width, height = scale.size(network.input)
    differs = network.input != other.input
    lines = (Text(shape_label(network.input), differs),)
    return Box(
        "input", "input", NONE, min(width, 16), height, differs, lines, f"input {shape_label(network.input)}"
    )


def _column(comparison: Comparison, pair: StagePair, scale: _Scale) -> tuple[Box, Box]:
    return (
        _box(comparison.a, pair, pair.a, pair.b, scale, ()),
        _box(comparison.b, pair, pair.b, pair.a, scale, _notes(pair.changes)),
    )


def _box(
    network: Network,
    pair: StagePair,
    side: Side | None,
    other: Side | None,
    scale: _Scale,
    notes: Sequence[str],
) -> Box:
    if side is None:
        assert other is not None
        name = shorten(f"no {other.name}", _NAME_LIMIT)
        return Box(name, "", NONE, scale.size(other.computed)[0], 56, True, (), name, missing=True)
    lines = [
        Text(shape_label(side.computed), bool(other and side.computed != other.computed)),
        Text(f"{amount(side.trainable)} params", bool(other and side.trainable != other.trainable)),
        *(Text(note, True) for note in notes),
    ]
    tooltip = (
        f"{shorten(side.name, 80)}, line {side.line}: {side.trainable:,} trainable params, {side.macs:,} MACs"
    )
    badge = Text(f"×{side.blocks}" if side.blocks else "", bool(other and side.blocks != other.blocks))
    family = _family(network.graph, side)
    return Box(
        shorten(side.name, _NAME_LIMIT),
        family,
        badge,
        *scale.size(side.computed),
        pair.status != "same",
        tuple(lines),
        tooltip,
    )


def _family(graph: Graph, side: Side) -> str:
    """Return the family of the op that does most of the work of a stage, or the first one where none has
    weights."""
    stage = next((stage for stage in graph.stages if stage.line == side.line), None)
    nodes = graph.nodes[stage.start : stage.stop] if stage else ()
    heaviest = max(nodes, key=lambda node: _weight(graph, node), default=None)
    return OPS[heaviest.op].family if heaviest else "shape"


def _weight(graph: Graph, node: Node) -> tuple[bool, int, bool]:
    """Return how much a layer stands for its stage: a pool more than the zeros before it."""
    op = OPS[node.op]
    return op.weighted, node_counts(graph, node).macs, op.family == "pool"


def _notes(changes: Sequence[Change]) -> list[str]:
    """Return the most telling differences in a few words each."""
    notes = [
        _note(change)
        for change in changes
        if not change.convention and change.what not in ("repeats", "input")
    ]
    conventions = dict.fromkeys(change.convention for change in changes if change.convention)
    notes = list(dict.fromkeys(note for note in notes if note))
    if conventions:
        notes.append(
            f"by {next(iter(conventions))}" if len(conventions) == 1 else f"by {len(conventions)} conventions"
        )
    if len(notes) > _NOTES:
        notes[_NOTES - 1 :] = [f"and {len(notes) - _NOTES + 1} more"]
    return [shorten(note, _NOTE_LIMIT) for note in notes]


def _note(change: Change) -> str:
    if change.what == "layer" and not (change.a and change.b):
        return f"+ {_word(change.b)}" if change.b else f"− {_word(change.a)}"
    if change.what in ("layer", "shortcut"):
        return f"{_word(change.a)} → {_word(change.b)}"
    return f"{change.what} {change.a} → {change.b}" if change.what != "wiring" else "wired differently"


def _word(text: str) -> str:
    """Return the op of a layer and its channels."""
    op, _, rest = text.partition(", ")
    channels = rest.partition(",")[0]
    return f"{op}, {channels}" if channels.isdigit() else op
