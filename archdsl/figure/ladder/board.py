"""Nodes and lines at places -> DOT that Graphviz draws as it stands (its engine `nop2`).

Places are in points from the top left, y downwards. A line is a way along corners, which are rounded.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import NamedTuple

from archdsl.figure import labels
from archdsl.figure.boxes import Box
from archdsl.figure.canvas import Canvas
from archdsl.figure.labels import POINTS, quoted
from archdsl.figure.parts import Figure, Paper
from archdsl.figure.sheet import PAD
from archdsl.figure.tags import Tagged
from archdsl.figure.theme import FONT

Point = tuple[float, float]
_RADIUS = 8.0  # of a corner
_HEAD = 7.0  # length of the head of an arrow


class Spot(NamedTuple):
    """A node and its box, at which lines begin and end; `x` is where the trunk runs through it."""

    name: str
    x: float
    left: float
    top: float
    right: float
    bottom: float
    bare: bool = False  # whether a line ends here without the head of an arrow

    @property
    def y(self) -> float:
        """Return the height of the middle."""
        return (self.top + self.bottom) / 2


class Board(Canvas):
    """Collects nodes and lines; `taps` are the spots that lines to afar start from, by their nodes,
    `heads` those that lines from afar lead to."""

    taps: dict[int, Spot]
    heads: dict[int, Spot]

    def begin(self, title: str, order: str = "nodesfirst") -> None:
        """Write the head of the text; `order` says whether nodes or edges are drawn first."""
        c = self.colours
        self.taps, self.heads = {}, {}
        self.lines += [
            f"digraph {quoted(title)} {{",
            (
                f'  graph [layout=nop2 bgcolor="{c.paper}" pad={PAD} margin=0 outputorder={order} '
                f"fontname={FONT}]"
            ),
            (
                f'  node [shape=none fixedsize=true margin=0 fontname={FONT} fontsize=12 fontcolor="{c.ink}" '
                f'color="{c.muted}" label=""]'
            ),
            f'  edge [color="{c.muted}" arrowsize=0.7]',
        ]

    def title(self, model: Figure | Paper) -> float:
        """Write the title at the top left and return how high it is."""
        width, height = labels.title_size(model)
        box = (
            width,
            height,
            {"label": f"<{labels.title(model, self.colours)}>", "tooltip": quoted(model.title)},
        )
        self.put(box, width / 2, 0)
        return height

    def put(self, box: Box, x: float, top: float, part: Tagged | None = None) -> Spot:
        """Write a node whose middle is at `x`."""
        width, height, attributes = box
        tags = self.tag(part) if part else {}
        name = self.node(
            "  ",
            pos=f'"{x:.1f},{-(top + height / 2):.1f}"',
            width=f"{width / POINTS:.3f}",
            height=f"{height / POINTS:.3f}",
            **(attributes | tags),
        )
        return Spot(name, x, x - width / 2, top, x + width / 2, top + height)

    def line(self, tail: Spot, head: Spot, way: Sequence[Point], style: str = "") -> None:
        """Write an edge along a way, with the head of an arrow where its end is not bare."""
        way = [*_distinct(way)]
        end = "" if head.bare else f"e,{_at(way[-1])} "
        curve = " ".join(map(_at, _curve(way if head.bare else _shortened(way))))
        arrow = " arrowhead=none" if head.bare else ""
        self.lines.append(
            f'  {tail.name} -> {head.name} [pos="{end}{curve}"{arrow}{" " * bool(style)}{style}]'
        )


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{-point[1]:.1f}"


def _distinct(way: Sequence[Point]) -> Iterator[Point]:
    """Leave out points that change nothing: those met twice, and those in the middle of a straight line."""
    kept: list[Point] = []
    for point in way:
        if kept and hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) < 0.5:
            continue
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return iter(kept if len(kept) > 1 else [way[0], way[-1]])


def _straight(one: Point, two: Point, three: Point) -> bool:
    return any(abs(one[axis] - two[axis]) < 0.05 > abs(two[axis] - three[axis]) for axis in (0, 1))


def _shortened(way: Sequence[Point]) -> list[Point]:
    """Leave room for the head of an arrow at the end."""
    return [*way[:-1], _towards(way[-1], way[-2], _HEAD)]


def _towards(point: Point, other: Point, far: float) -> Point:
    """Return the point that lies `far` from one on the way to another."""
    length = hypot(other[0] - point[0], other[1] - point[1]) or 1.0
    share = min(1.0, far / length)
    return point[0] + (other[0] - point[0]) * share, point[1] + (other[1] - point[1]) * share


def _curve(way: Sequence[Point]) -> list[Point]:
    """Return the points of cubic curves along a way, four for the first and three for each other one."""
    points = [way[0]]
    for before, corner, after in zip(way, way[1:], way[2:], strict=False):
        reach = min(
            _RADIUS, *(hypot(a[0] - b[0], a[1] - b[1]) / 2 for a, b in pairwise((before, corner, after)))
        )
        start, end = _towards(corner, before, reach), _towards(corner, after, reach)
        points += [
            points[-1],
            start,
            start,
            _towards(start, corner, reach * 0.55),
            _towards(end, corner, reach * 0.55),
            end,
        ]
    return [*points, points[-1], way[-1], way[-1]]
