"""Comparison -> DOT with every box at its place, and the figure that Graphviz makes of it.

Two strips must line up column by column however different their boxes are, so places are computed here and
Graphviz draws them as they stand. Strips too long for a page go on in a band below. Each line is an edge of
one of the networks: straight from box to box, or past others above them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from archdsl.compare.result import Comparison
from archdsl.figure.boxes import turn_box
from archdsl.figure.compare import Box, CompareFigure, Text, compare_figure
from archdsl.figure.draw import FigureFormatError, output_format
from archdsl.figure.engine import run_graphviz
from archdsl.figure.labels import html, quoted
from archdsl.figure.ladder.board import Board, Point, Spot
from archdsl.figure.metrics import text_width
from archdsl.figure.svg import finish
from archdsl.figure.theme import THEMES, Palette, palette
from archdsl.figure.wires import Wire
from archdsl.writing import write_whole

FORMATS = ("svg", "png", "pdf", "dot")
_TITLE, _HEADING, _NAME, _BADGE, _LINE, _SMALL = 22.0, 15.0, 13.0, 17.0, 11.0, 10.0
_PAGE = 1240.0  # the width at which a strip goes on below
_GAP = 30.0  # between columns, long enough for an arrow
_LEADING = 15.0
_BAND = 34.0  # between bands
_LANE = 12.0  # between lines above the boxes
_OUT = 9.0  # between a column and a line that leads upwards beside it
_TURN = 26.0  # from the end of a band to such a circle


def draw_comparison(comparison: Comparison, out: str, theme: str = "light") -> None:
    """Draw a comparison into a file, in the format its name ends in; raises as `archdsl.figure.draw.draw`
    does."""
    kind = output_format(out, FORMATS)
    if theme not in THEMES:
        raise FigureFormatError(f"unknown theme `{theme}`; there are {', '.join(THEMES)}")
    write_whole(out, _rendered(comparison, kind, theme))


def svg(comparison: Comparison, theme: str = "auto") -> str:
    """Return the figure of a comparison as an SVG element, to stand in HTML (a notebook)."""
    text = _rendered(comparison, "svg", theme).decode()
    return text[text.index("<svg") :]


def _rendered(comparison: Comparison, kind: str, theme: str) -> bytes:
    model = compare_figure(comparison)
    dot = compare_dot(model, theme)
    if kind == "dot":
        return dot.encode()
    data = run_graphviz(dot, kind)
    if kind != "svg":
        return data
    return finish(data.decode(), model.title, f"{model.title}: {model.subtitle}", theme).encode()


def compare_dot(model: CompareFigure, theme: str = "light") -> str:
    """Write a comparison figure as DOT."""
    board = Board(palette(theme))
    board.begin(model.title, "edgesfirst")
    _Writer(model, board).figure()
    board.lines.append("}")
    return board.text()


class _Band(NamedTuple):
    """Some columns of both strips that stand beside each other, from the one numbered `low` on, with their
    widths."""

    low: int
    columns: Sequence[tuple[Box, Box]]
    widths: Sequence[float]

    @property
    def high(self) -> int:
        """Return the first column that stands below."""
        return self.low + len(self.columns)


class _Strip(NamedTuple):
    """The boxes of one network in a band: where each column begins, and the middle of the boxes."""

    row: int
    band: _Band
    lefts: Sequence[float]
    middle: float
    boxes: Mapping[int, Spot]

    def gap(self, column: int) -> float:
        """Return where a way upwards runs to the right of a column."""
        at = column - self.band.low
        return self.lefts[at] + self.band.widths[at] + _OUT


class _Writer:
    """Writes band below band; what goes on in another one leads to a numbered circle, as in other figures."""

    def __init__(self, model: CompareFigure, board: Board) -> None:
        self.model = model
        self.board = board
        self.colours = board.colours
        names = [
            max(text_width(name, _HEADING, bold=True), text_width(counts, _LINE))
            for name, counts in model.rows
        ]
        self.indent = max(names) + 24
        self.numbers: dict[tuple[int, Wire], int] = {}

    def figure(self) -> None:
        """Write the whole figure: title, then band after band."""
        model, c = self.model, self.colours
        self._left(model.title, 0, 14, _TITLE, c.ink, bold=True)
        self._left(model.subtitle, 0, 38, _LINE + 1, c.muted)
        bands = list(_bands(model.columns, _PAGE - self.indent))
        turns = _TURN * (len(bands) > 1)
        top = 66.0
        for band in bands:
            top = self._band(band, self.indent + turns, top) + _BAND

    def _band(self, band: _Band, left: float, top: float) -> float:
        """Write one band of both strips and return where it ends."""
        lefts = [left]
        for width in band.widths:
            lefts.append(lefts[-1] + width + _GAP)
        for row, (name, counts) in enumerate(self.model.rows):
            boxes = [column[row] for column in band.columns]
            lanes = self._lanes(row, band)
            middle = (
                top
                + 20
                + _LANE * (max(lanes.values(), default=-1) + 2)
                + max(box.height for box in boxes) / 2
            )
            self._left(name, 0, middle - 9, _HEADING, self.colours.ink, bold=True)
            self._left(counts, 0, middle + 9, _LINE, self.colours.muted)
            spots = {
                at: self._box(box, x + width / 2, middle)
                for at, (box, x, width) in enumerate(zip(boxes, lefts, band.widths, strict=False), band.low)
            }
            strip = _Strip(row, band, lefts, middle, spots)
            for wire in self.model.wires[row]:
                self._wire(strip, wire, lanes.get(wire, 0))
            below = max(box.height / 2 + _LEADING * len(box.lines) for box in boxes)
            top = middle + below + _BAND * 0.7
        return top

    def _lanes(self, row: int, band: _Band) -> dict[Wire, int]:
        """Give every edge of a band that leads past boxes a lane above them, the shortest the lowest."""
        taken: list[list[tuple[int, int]]] = []
        lanes: dict[Wire, int] = {}
        spans = {wire: span for wire in self.model.wires[row] if (span := self._span(row, band, wire))}
        for wire, (low, high) in sorted(spans.items(), key=lambda item: item[1][1] - item[1][0]):
            free = (
                at for at, spots in enumerate(taken) if all(high < one or other < low for one, other in spots)
            )
            lane = next(free, len(taken))
            taken += [[]] * (lane == len(taken))
            taken[lane] = [*taken[lane], (low, high)]
            lanes[wire] = lane
        return lanes

    def _span(self, row: int, band: _Band, wire: Wire) -> tuple[int, int] | None:
        """Return the columns above which an edge leads in a band; None where it leads straight on or is not
        there."""
        begins, ends = (band.low <= end < band.high for end in wire)
        if not (begins or ends) or self._straight(row, wire):
            return None
        return (wire.tail if begins else wire.head, wire.head if ends else wire.tail)

    def _straight(self, row: int, wire: Wire) -> bool:
        """Return whether no box of the strip stands between the ends of an edge."""
        return all(self.model.columns[at][row].missing for at in range(wire.tail + 1, wire.head))

    def _wire(self, strip: _Strip, wire: Wire, lane: int) -> None:
        """Write what a band shows of an edge: all of it, or up to a numbered circle, or from there on."""
        begins, ends = (end in strip.boxes for end in wire)
        straight = self._straight(strip.row, wire)
        highest = max(spot.bottom - spot.top for spot in strip.boxes.values())
        y = strip.middle - highest / 2 - 24 - _LANE * (lane + 1)
        if begins and ends:
            tail, head = strip.boxes[wire.tail], strip.boxes[wire.head]
            if straight:
                self._line(tail, head, [(tail.right, strip.middle), (head.left, strip.middle)], far=False)
            else:
                self._line(
                    tail, head, [*self._out(strip, wire.tail, y), *self._in(strip, wire.head, y)], far=True
                )
        elif begins:
            tail = strip.boxes[wire.tail]
            number = self.numbers.setdefault(
                (strip.row, wire), 1 + sum(row == strip.row for row, _ in self.numbers)
            )
            if straight:
                circle = self._turn(number, strip.lefts[-1] - _GAP + _TURN, strip.middle)
                self._line(tail, circle, [(tail.right, strip.middle), (circle.left, strip.middle)], far=False)
            else:
                circle = self._turn(number, strip.gap(wire.tail), y)
                way = self._out(strip, wire.tail, circle.bottom)
                self._line(tail, circle, way, far=True)
        elif ends:
            head, number = strip.boxes[wire.head], self.numbers[strip.row, wire]
            if straight:
                circle = self._turn(number, strip.lefts[0] - _TURN, strip.middle)
                self._line(circle, head, [(circle.right, strip.middle), (head.left, strip.middle)], far=False)
            else:
                x = self._before(strip, wire.head)
                circle = self._turn(number, x, y)
                self._line(circle, head, self._in(strip, wire.head, circle.bottom), far=True)

    def _out(self, strip: _Strip, column: int, y: float) -> list[Point]:
        """Return the way from the right side of a box up to a height."""
        box, x = strip.boxes[column], strip.gap(column)
        side = (box.top + strip.middle) / 2
        return [(box.right, side), (x, side), (x, y)]

    def _in(self, strip: _Strip, column: int, y: float) -> list[Point]:
        """Return the way from a height down to the left side of a box."""
        box, x = strip.boxes[column], self._before(strip, column)
        side = (box.top + strip.middle) / 2
        return [(x, y), (x, side), (box.left, side)]

    def _before(self, strip: _Strip, column: int) -> float:
        return strip.lefts[column - strip.band.low] - _OUT

    def _line(self, tail: Spot, head: Spot, way: Sequence[Point], *, far: bool) -> None:
        self.board.line(tail, head, way, f'color="{self.colours.accent}" penwidth=1.4' if far else "")

    def _turn(self, number: int, x: float, y: float) -> Spot:
        """Write the circle at which an edge goes on in another band."""
        width, height, box = turn_box(str(number), self.colours)
        return self.board.put((width, height, box), x, y - height / 2)

    def _box(self, box: Box, x: float, middle: float) -> Spot:
        c = self.colours
        if not box.family:
            label = f"<{_font(box.name, _LINE, c.muted)}>"
            width = max(box.width, text_width(box.name, _LINE) + 16)
            look = {
                "shape": "box",
                "style": '"dashed,filled"',
                "fillcolor": f'"{c.paper}"',
                "color": f'"{c.muted}"',
            }
            return self._put(x, middle, width, box.height, **look, label=label, tooltip=quoted(box.tooltip))
        outline = f'"{c.differs}"' if box.differs else f'"{c.fill(box.family)}"'
        look = {
            "shape": "box",
            "style": "filled",
            "fillcolor": f'"{c.fill(box.family)}"',
            "color": outline,
            "penwidth": "4" if box.differs else "1",
        }
        label = f"<{_badge(box.badge, c)}>" if box.badge.text else '""'
        spot = self._put(x, middle, box.width, box.height, **look, label=label, tooltip=quoted(box.tooltip))
        self._centred(box.name, x, spot.top - 12, _NAME, c.ink, bold=True)
        for number, line in enumerate(box.lines):
            size, colour = _look(number, line, c)
            self._centred(line.text, x, spot.bottom + 11 + _LEADING * number, size, colour)
        return spot

    def _left(self, text: str, x: float, y: float, size: float, colour: str, *, bold: bool = False) -> None:
        self._centred(text, x + text_width(text, size, bold=bold) / 2, y, size, colour, bold=bold)

    def _centred(
        self, text: str, x: float, y: float, size: float, colour: str, *, bold: bool = False
    ) -> None:
        width = text_width(text, size, bold=bold) + 4
        label = f"<{_font(text, size, colour, bold=bold)}>"
        self._put(x, y, width, size + 4, label=label, tooltip=quoted(text))

    def _put(self, x: float, y: float, width: float, height: float, **attributes: str) -> Spot:
        return self.board.put((width, height, attributes), x, y - height / 2)


def _badge(badge: Text, colours: Palette) -> str:
    """Write the repeats in a box; where they differ, on a ground of their own, since the box has a colour."""
    if not badge.differs:
        return _font(badge.text, _BADGE, colours.ink, bold=True)
    text = _font(badge.text, _BADGE, colours.differs, bold=True)
    look = f'border="0" cellborder="0" cellpadding="1" style="rounded" bgcolor="{colours.paper}"'
    return f"<table {look}><tr><td>{text}</td></tr></table>"


def _look(number: int, line: Text, colours: Palette) -> tuple[float, str]:
    return _LINE if number == 0 else _SMALL, colours.differs if line.differs else colours.muted


def _font(text: str, size: float, colour: str, *, bold: bool = False) -> str:
    inner = f"<b>{html(text)}</b>" if bold else html(text)
    return f'<font point-size="{size:g}" color="{colour}">{inner}</font>'


def _box_width(box: Box) -> float:
    """Return the width a box needs with the texts above and below it."""
    texts = [
        text_width(line.text, _look(number, line, palette("light"))[0])
        for number, line in enumerate(box.lines)
    ]
    name = text_width(box.name, _NAME, bold=True) if box.family else text_width(box.name, _LINE) + 16
    return max(box.width, name, *texts) if texts else max(box.width, name)


def _bands(columns: Sequence[tuple[Box, Box]], width: float) -> Iterator[_Band]:
    """Split the columns into bands that are no wider than a page; a band holds at least one column."""
    widths = [max(map(_box_width, column)) for column in columns]
    low, used = 0, 0.0
    for at, own in enumerate(widths):
        if at > low and used + own + _GAP > width:
            yield _Band(low, columns[low:at], widths[low:at])
            low, used = at, 0.0
        used += own + _GAP
    yield _Band(low, columns[low:], widths[low:])
