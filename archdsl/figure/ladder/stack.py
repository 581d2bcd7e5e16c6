"""Steps below (or above) each other on a board.

A stack that rises is the same one upside down, with its boxes and texts upright.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from archdsl.figure import boxes, labels
from archdsl.figure.ladder.board import Board, Point, Spot
from archdsl.figure.ladder.room import (
    BRANCH,
    FAN,
    LAYER,
    MARGIN,
    PASSED,
    TIGHT,
    Extent,
    beside_height,
    beside_width,
    box_of,
    branch_extent,
    extent,
    flow,
    lanes,
    layer_size,
    slot_extent,
)
from archdsl.figure.ladder.web import Edge, layers
from archdsl.figure.parts import Arc, Column, Fork, Group, Join, Split, Step, Web
from archdsl.figure.pills import Pill


class Ends(NamedTuple):
    """The spots that lines reach and leave a step at: several where branches begin and end."""

    entries: tuple[Spot, ...]
    exits: tuple[Spot, ...]


def _framed(spot: Spot, frame: Spot, *, bare: bool) -> Spot:
    """Return a spot that lines reach at the border of a frame."""
    return Spot(spot.name, spot.x, frame.left, frame.top, frame.right, frame.bottom, bare)


class Stack:
    """Writes stacks of steps on a board."""

    def __init__(self, board: Board, card: float = 0.0) -> None:
        self.board = board
        self.card = card  # the least width of a card that has a head alone
        self.depth = 0  # of frames in frames

    def column(
        self,
        column: Column,
        x: float,
        top: float,
        *,
        rises: bool,
        shapes: Sequence[str] = (),
        stacked: bool = False,
    ) -> list[Ends]:
        """Write steps on the axis `x` from `top` on, and return the ends of each."""
        sizes = [extent(step, stacked=stacked) for step in column.steps]
        starts = flow(column, shapes, stacked=stacked)
        whole = starts[-1] + sizes[-1].height
        tops = [
            whole - start - size.height if rises else start for start, size in zip(starts, sizes, strict=True)
        ]
        ends = [
            self.step(step, x, top + at, rises=rises, stacked=stacked)
            for step, at in zip(column.steps, tops, strict=True)
        ]
        for at, (tail, head) in enumerate(pairwise(ends), 1):
            self.join(tail, head, rises=rises)
            if shapes and shapes[at]:
                self.said(shapes[at], x, (tail, head), rises=rises)
        self._arcs(column, ends, x, sizes, rises=rises)
        return ends

    def step(self, step: Step, x: float, top: float, *, rises: bool, stacked: bool = False) -> Ends:
        """Write a step; beside others, pills are `stacked`."""
        if isinstance(step, Group) and step.steps:
            return self._frame(step, x, top, rises=rises, stacked=stacked)
        if isinstance(step, Fork):
            return self._fork(step, x, top, rises=rises)
        if isinstance(step, Web):
            return self._web(step, x, top, rises=rises)
        c = self.board.colours
        box = (
            boxes.card_box(step, c, self.card)
            if isinstance(step, Group)
            else box_of(step, c, stacked=stacked)
        )
        spot = self.board.put(box, x, top, step)._replace(bare=isinstance(step, Split))
        if isinstance(step, Split):
            self.board.taps[step.mark] = spot
        elif isinstance(step, Join | Pill):
            self.board.heads[step.mark] = spot
        return Ends((spot,), (spot,))

    def _frame(self, group: Group, x: float, top: float, *, rises: bool, stacked: bool) -> Ends:
        c, size = self.board.colours, extent(group, stacked=stacked)
        fill = c.frame if self.depth else c.card
        look = {"shape": "box", "style": '"rounded,filled"', "fillcolor": f'"{fill}"'}
        look |= {"class": "frame", "color": f'"{c.border}"', "tooltip": labels.quoted(group.tooltip)}
        width = size.left + size.right
        left = x - size.left
        frame = self.board.put((width, size.height, look), left + width / 2, top, group)
        head, high = labels.header_width(group), labels.header_height(group)
        if head:
            said = {"label": f"<{labels.header(group, c)}>", "tooltip": labels.quoted(group.tooltip)}
            self.board.put((head, high, said), left + MARGIN + head / 2, top + MARGIN / 2)
        inner = Column(group.steps, group.arcs)
        self.depth += 1
        ends = self.column(inner, x, top + high + 1.5 * MARGIN, rises=rises, stacked=stacked)
        self.depth -= 1
        return Ends(
            tuple(_framed(spot, frame, bare=False) for spot in ends[0].entries),
            tuple(_framed(spot, frame, bare=spot.bare) for spot in ends[-1].exits),
        )

    def _fork(self, fork: Fork, x: float, top: float, *, rises: bool) -> Ends:
        size = extent(fork)
        entries: list[Spot] = []
        exits: list[Spot] = []
        left = x - size.left
        for branch in fork.branches:
            own = branch_extent(branch)
            middle = left + own.left
            low = top + FAN + (size.height - 2 * FAN - own.height) / 2
            if branch.steps:
                ends = self.column(branch, middle, low, rises=rises, stacked=True)
                entries += ends[0].entries
                exits += ends[-1].exits
            else:
                spot = self._beside(PASSED, middle, low)
                entries.append(spot._replace(bare=True))
                exits.append(spot)
            left += own.left + own.right + BRANCH
        return Ends(tuple(entries), tuple(exits))

    def _web(self, web: Web, x: float, top: float, *, rises: bool) -> Ends:
        """Write a web layer by layer, then its edges: straight from each layer to the next, upright in a
        layer."""
        placed, ways, bounds, bottom = self._layers(web, x, top, rises=rises)
        begin, stop = (bottom, top) if rises else (top, bottom)
        entries: list[Spot] = []
        exits: list[Spot] = []
        for tail, head in web.edges:
            way = ways.get((tail, head), [])
            tails = placed[tail].exits if tail >= 0 else self._corners(way[:1], begin)
            heads = placed[head].entries if head < len(web.steps) else self._corners(way[-1:], stop)
            entries += (tails or heads) if tail < 0 else ()
            exits += (heads or tails) if head == len(web.steps) else ()
            for one in tails:
                for other in heads:
                    start = one.x, one.top if rises else one.bottom
                    end = other.x, other.bottom if rises else other.top
                    leave = [(one.x, bounds[tail][not rises])] if tail in bounds else []
                    reach = [(other.x, bounds[head][rises])] if head in bounds else []
                    self.board.line(one, other, [start, *leave, *way, *reach, end])
        return Ends(tuple(entries), tuple(exits))

    def _layers(
        self, web: Web, x: float, top: float, *, rises: bool
    ) -> tuple[dict[int, Ends], dict[Edge, list[Point]], dict[int, Point], float]:
        """Write the steps of a web; return where each stands, the ways of edges past layers in the direction
        of the flow, where the layer of each step begins and ends, and where the web ends."""
        placed: dict[int, Ends] = {}
        ways: dict[Edge, list[Point]] = {}
        bounds: dict[int, Point] = {}
        y = top + FAN
        found = layers(web)
        for layer in reversed(found) if rises else found:
            width, height = layer_size(web, layer)
            left = x - width / 2
            for slot in layer:
                own = slot_extent(web, slot)
                middle = left + own.left
                if slot.step >= 0:
                    bounds[slot.step] = y, y + height
                    low, step = y + (height - own.height) / 2, web.steps[slot.step]
                    placed[slot.step] = self.step(step, middle, low, rises=rises, stacked=True)
                else:
                    way = ways.setdefault(slot.edge, [])
                    way += [(middle, y), (middle, y + height)]
                left += own.left + own.right + BRANCH
            y += height + LAYER
        if rises:
            ways = {edge: way[::-1] for edge, way in ways.items()}
        return placed, ways, bounds, y - LAYER + FAN

    def _corners(self, way: Sequence[Point], y: float) -> tuple[Spot, ...]:
        """Write the dot at the edge of a web where an edge comes in, or leaves, that passes layers."""
        box = 1.5, 1.5, {"shape": "point", "color": f'"{self.board.colours.muted}"', "tooltip": '"edge"'}
        return tuple(self.board.put(box, x, y - 0.75)._replace(bare=True) for x, _ in way)

    def join(self, tail: Ends, head: Ends, *, rises: bool) -> None:
        """Write the edges of the trunk between two steps."""
        for out in tail.exits:
            for into in head.entries:
                start = out.x, out.top if rises else out.bottom
                end = into.x, into.bottom if rises else into.top
                near = start[1] if len(tail.exits) == 1 else end[1]
                turn = near + (FAN / 2 + 2) * (-1 if (near == start[1]) == rises else 1)
                self.board.line(out, into, [start, (start[0], turn), (end[0], turn), end])

    def said(self, shape: str, x: float, between: tuple[Ends, Ends], *, rises: bool) -> None:
        """Write a shape to the right of the trunk."""
        tail, head = between[0].exits[0], between[1].entries[0]
        y = (tail.top + head.bottom) / 2 if rises else (tail.bottom + head.top) / 2
        self.text(shape, x + 5, y)

    def text(self, text: str, left: float, y: float, colour: str = "") -> None:
        """Write a small text from a place to the right, in the middle of a line."""
        c = self.board.colours
        width, label = labels.small(text, colour or c.muted)
        self.board.put(
            (width, 14, {"label": f"<{label}>", "tooltip": labels.quoted(text)}), left + width / 2, y - 7
        )

    def _arcs(
        self, column: Column, ends: Sequence[Ends], x: float, sizes: Sequence[Extent], *, rises: bool
    ) -> None:
        """Write arcs beside the trunk, the longest outside: identities on the left, others on the right."""
        left = x - max(one.left for one in sizes)
        right = x + max(one.right for one in sizes)
        for arc, far in lanes(column.arcs):
            middle = far - beside_width(arc) / 2
            lane = right + middle if arc.pills else left - middle
            self._arc(arc, ends[arc.start].exits[0], ends[arc.end].entries[0], lane, rises=rises)

    def _arc(self, arc: Arc, tail: Spot, head: Spot, lane: float, *, rises: bool) -> None:
        c = self.board.colours
        dashed = " style=dashed" if arc.pills and arc.kind != "gate" else ""
        style = f'color="{c.accent}" penwidth=1.4{dashed}'
        high = beside_height(arc)
        sign = -1 if rises else 1
        middle = (tail.y + head.y) / 2
        at = middle - sign * high / 2
        spots = []
        for pill in arc.pills[:-1]:
            box = boxes.step_box(pill, c, 0, stacked=False)
            spots.append(self.board.put(box, lane, at - (box[1] if rises else 0), pill))
            at += sign * (box[1] + TIGHT)
        last = labels.side_size(arc)[1]
        spots.append(self._beside(arc, lane, at - (last if rises else 0)))
        first, end = spots[0], spots[-1]
        out = tail.left if lane < tail.x else tail.right
        into = head.left if lane < head.x else head.right
        start = (lane, first.bottom if rises else first.top)
        self.board.line(tail, first._replace(bare=True), [(out, tail.y), (lane, tail.y), start], style)
        for one, other in pairwise(spots):
            self._between(one, other, style, rises=rises)
        leave: Point = (lane, end.top if rises else end.bottom)
        self.board.line(end, head, [leave, (lane, head.y), (into, head.y)], style)

    def _between(self, one: Spot, other: Spot, style: str, *, rises: bool) -> None:
        way = (one.x, one.top if rises else one.bottom), (other.x, other.bottom if rises else other.top)
        self.board.line(one, other, way, style)

    def _beside(self, arc: Arc, x: float, top: float) -> Spot:
        """Write what stands in an arc: its last pill, or the word `identity`."""
        width, height = labels.side_size(arc)
        pill = arc.pills[-1] if arc.pills else None
        told = pill.tooltip if pill else " ".join(arc.label)
        said = {"label": f"<{labels.side(arc, self.board.colours)}>", "tooltip": labels.quoted(told)}
        return self.board.put((width, height, said), x, top, pill)
