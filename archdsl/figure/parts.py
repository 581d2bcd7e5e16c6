"""What a figure is made of, as plain data: steps on a trunk from top to bottom, and arcs past them."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from archdsl.figure.pills import Layer, Pill


class Capsule(NamedTuple):
    """The network's input or output."""

    text: str


class Split(NamedTuple):
    """The dot where branches leave the trunk; `mark` is the node that an arc to afar starts from, or -1."""

    mark: int = -1


class Join(NamedTuple):
    """The circle where branches come together; `symbol` says how, `mark` is the node that an arc from afar
    leads to, `layers` are the nodes behind it."""

    symbol: str
    mark: int = -1
    layers: tuple[Layer, ...] = ()


class Arc(NamedTuple):
    """A path from the step `start` to the step `end` past those between; an identity has no pills.

    `kind` is `shortcut`, or `gate` for what scales the trunk.
    """

    start: int
    end: int
    label: tuple[str, ...]
    pills: tuple[Pill, ...]
    kind: str = "shortcut"


class Column(NamedTuple):
    """Steps one below the other, with their arcs."""

    steps: "tuple[Step, ...]"
    arcs: tuple[Arc, ...]


class Fork(NamedTuple):
    """Branches side by side, from the step before to the step after; one without steps passes its input
    on."""

    branches: tuple[Column, ...]


class Web(NamedTuple):
    """Steps with the edges between them, by position; -1 is the step before the web, `len(steps)` the step
    after it."""

    steps: "tuple[Step, ...]"
    edges: tuple[tuple[int, int], ...]


class Meter(NamedTuple):
    """A count and its share of the network's total, from 0 to 1."""

    text: str
    share: float


class Group(NamedTuple):
    """A rounded frame around steps, drawn once for `repeats` blocks; without steps it is a card with a head
    alone.

    `kind` names the block that is repeated, `lines` are texts below the head, `faulty` paints it red;
    `family` is that of the layer that stands for a card without steps; `rows` are the indices of the table's
    rows that the group stands for, `nodes` the layers of a card.
    """

    title: str
    repeats: int
    detail: str
    meters: tuple[Meter, ...]
    steps: "tuple[Step, ...]"
    arcs: tuple[Arc, ...]
    tooltip: str
    kind: str = ""
    lines: tuple[str, ...] = ()
    faulty: bool = False
    family: str = ""
    rows: tuple[int, ...] = ()
    nodes: tuple[int, ...] = ()


Step = Capsule | Pill | Split | Join | Group | Fork | Web


class Far(NamedTuple):
    """An edge past other steps of the trunk: from the split marked `start` to the step marked `end`.

    Where `step` is not -1, it is the step of the trunk that the edge leads to instead.
    """

    start: int
    end: int
    step: int
    label: str


class Side(NamedTuple):
    """Steps that leave the trunk at the split marked `start` and do not come back, such as an auxiliary
    head."""

    start: int
    steps: tuple[Step, ...]


class Cell(NamedTuple):
    """Steps that stand below each other in a U, by their places on the trunk, or in the side chain `side`
    where that is not -1; dots that one edge alone leaves are not drawn there.

    `level` counts sizes of the map from the finest (0), `column` from the left; what `rises` is drawn from
    the bottom to the top.
    """

    steps: tuple[int, ...]
    level: int
    column: int
    rises: bool
    side: int = -1


class Figure(NamedTuple):
    """A whole figure; `shapes[i]` stands on the edge into `steps[i]` and is empty where nothing changed.

    `loose` are the steps that the step before does not feed; `breaks` are those that begin another column.
    `cells` are the places of the steps in a U, where the network is an encoder-decoder. `insets` are
    blocks that are drawn once beside the trunk, whose cards name them by letters, on a figure that is `room`
    points wide.
    """

    title: str
    subtitle: str
    steps: tuple[Step, ...]
    shapes: tuple[str, ...]
    far: tuple[Far, ...] = ()
    sides: tuple[Side, ...] = ()
    loose: frozenset[int] = frozenset()
    fault: str = ""
    breaks: tuple[int, ...] = ()
    cells: tuple[Cell, ...] = ()
    insets: tuple[Group, ...] = ()
    room: float = 0.0


def marked(blocks: Sequence[str]) -> str:
    """Write the marks of blocks in order: `A, B×3`."""
    runs = [(mark, len(list(run))) for mark, run in groupby(blocks)]
    return ", ".join(mark + f"×{count}" * (count > 1) for mark, count in runs)


class Glyph(NamedTuple):
    """A row in the strip of a paper's figure: a box as high as the resolution, as wide as the channels (in
    points); `rows` are the indices of the table's rows in it.

    `layers` names those outside of blocks; `several` are the repeats of a row with more than one block that
    is repeated; `nodes` are the layers that the box stands for, `blocks` the marks of its blocks in order, by
    which they are found below the strip.
    """

    name: str
    repeats: int
    shape: str
    family: str
    width: int
    height: int
    tooltip: str
    rows: tuple[int, ...] = ()
    layers: str = ""
    several: tuple[int, ...] = ()
    nodes: tuple[int, ...] = ()
    blocks: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """Return what stands below the shape: the layers outside of blocks, and the blocks: `A, B×3`."""
        return " · ".join(filter(None, (self.layers, marked(self.blocks))))

    @property
    def badge(self) -> str:
        """Return how often the blocks of the row are repeated: `×3`, `×2, ×4`."""
        repeats = self.several or ((self.repeats,) if self.repeats > 1 else ())
        return ", ".join(f"×{count}" for count in repeats)


class Paper(NamedTuple):
    """The figure of a paper: a strip of glyphs, and the distinct blocks below it.

    `strides[i]` stands on the edge into `glyphs[i]`; `loose` are glyphs not fed by the one before; `far` are
    edges between glyphs that do not follow each other. `room` is the width to be kept to, in points; `sides`
    are strips that leave the trunk at a glyph of the name given, such as an auxiliary head. `cells` are the
    places of the glyphs in a U, where the network is an encoder-decoder.
    """

    title: str
    subtitle: str
    glyphs: tuple[Glyph, ...]
    strides: tuple[str, ...]
    insets: tuple[Group, ...]
    loose: frozenset[int]
    far: tuple[tuple[int, int], ...]
    room: float
    sides: "tuple[SideStrip, ...]" = ()
    cells: tuple[Cell, ...] = ()


class SideStrip(NamedTuple):
    """Glyphs beside a strip, from a glyph of the name `start` on."""

    start: str
    glyphs: tuple[Glyph, ...]
