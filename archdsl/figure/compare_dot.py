"""Comparison -> DOT with every box at its place, and the figure that Graphviz makes of it.

Two strips must line up column by column however different their boxes are, so places are computed here and
Graphviz is asked to keep them (`layout=neato` with pinned nodes). Strips too long for a page go on in a band
below.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archdsl.compare.result import Comparison
from archdsl.figure.compare import Box, CompareFigure, Text, compare_figure
from archdsl.figure.draw import FigureFormatError, output_format
from archdsl.figure.engine import run_graphviz
from archdsl.figure.labels import POINTS, html, quoted
from archdsl.figure.metrics import text_width
from archdsl.figure.svg import finish
from archdsl.figure.theme import FONT, THEMES, Palette, palette
from archdsl.writing import write_whole

FORMATS = ("svg", "png", "pdf", "dot")
_TITLE, _HEADING, _NAME, _BADGE, _LINE, _SMALL = 22.0, 15.0, 13.0, 17.0, 11.0, 10.0
_PAGE = 1240.0  # the width at which a strip goes on below
_GAP = 30.0  # between columns, long enough for an arrow
_LEADING = 15.0
_BAND = 34.0  # between bands


class _Place(NamedTuple):
    """The middle of a node; y grows downwards."""

    x: float
    y: float


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
    writer = _Writer(palette(theme))
    writer.figure(model)
    return "\n".join(writer.lines) + "\n"


class _Writer:
    """Collects lines, and numbers nodes in the order they are written."""

    def __init__(self, colours: Palette) -> None:
        self.colours = colours
        self.lines: list[str] = []
        self.nodes = 0

    def figure(self, model: CompareFigure) -> None:
        """Write the whole figure: title, then band after band."""
        c = self.colours
        self.lines += [
            f"digraph {quoted(model.title)} {{",
            (
                f'  graph [layout=neato inputscale=72 splines=line bgcolor="{c.paper}" pad=0.3 margin=0 '
                f"fontname={FONT}]"
            ),
            (
                f"  node [shape=none fixedsize=true margin=0 fontname={FONT} fontsize={_LINE:g} "
                f'fontcolor="{c.ink}" label=""]'
            ),
            f'  edge [color="{c.muted}" arrowsize=0.7]',
        ]
        self._left(model.title, 0, 14, _TITLE, c.ink, bold=True)
        self._left(model.subtitle, 0, 38, _LINE + 1, c.muted)
        indent = (
            max(
                max(text_width(name, _HEADING, bold=True), text_width(counts, _LINE))
                for name, counts in model.rows
            )
            + 24
        )
        top = 66.0
        bands = list(_bands(model.columns, _PAGE - indent))
        for number, band in enumerate(bands):
            top = self._band(model, band, indent, top, last=number == len(bands) - 1) + _BAND
        self.lines.append("}")

    def _band(
        self, model: CompareFigure, band: Sequence[tuple[Box, Box]], indent: float, top: float, *, last: bool
    ) -> float:
        """Write one band of both strips and give where it ends."""
        widths = [max(map(_box_width, column)) for column in band]
        for row, (name, counts) in enumerate(model.rows):
            boxes = [column[row] for column in band]
            middle = top + 20 + max(box.height for box in boxes) / 2
            self._left(name, 0, middle - 9, _HEADING, self.colours.ink, bold=True)
            self._left(counts, 0, middle + 9, _LINE, self.colours.muted)
            self._strip(boxes, widths, _Place(indent, middle), last=last)
            below = max(box.height / 2 + _LEADING * len(box.lines) for box in boxes)
            top = middle + below + _BAND * 0.7
        return top

    def _strip(self, boxes: Sequence[Box], widths: Sequence[float], start: _Place, *, last: bool) -> None:
        x = start.x
        before: tuple[str, Box] | None = None
        for box, width in zip(boxes, widths, strict=True):
            name = self._box(box, _Place(x + width / 2, start.y))
            if before:
                self._edge(before[0], name, dashed=not (before[1].family and box.family))
            before = name, box
            x += width + _GAP
        if not last and before:
            end = self._node(_Place(x - _GAP / 2, start.y), 1, 1, shape="point", style="invis")
            self._edge(before[0], end, dashed=not before[1].family)

    def _box(self, box: Box, at: _Place) -> str:
        c = self.colours
        if not box.family:
            label = f"<{_font(box.name, _LINE, c.muted)}>"
            width = max(box.width, text_width(box.name, _LINE) + 16)
            return self._node(
                at,
                width,
                box.height,
                shape="box",
                style="dashed",
                color=f'"{c.muted}"',
                label=label,
                tooltip=quoted(box.tooltip),
            )
        outline = f'"{c.differs}"' if box.differs else f'"{c.fill(box.family)}"'
        look = {
            "shape": "box",
            "style": "filled",
            "fillcolor": f'"{c.fill(box.family)}"',
            "color": outline,
            "penwidth": 4 if box.differs else 1,
        }
        badge = _font(box.badge.text, _BADGE, c.differs if box.badge.differs else c.ink, bold=True)
        label = f"<{badge}>" if box.badge.text else '""'
        name = self._node(at, box.width, box.height, **look, label=label, tooltip=quoted(box.tooltip))
        self._centred(box.name, _Place(at.x, at.y - box.height / 2 - 12), _NAME, c.ink, bold=True)
        for number, line in enumerate(box.lines):
            size, colour = _look(number, line, c)
            self._centred(
                line.text, _Place(at.x, at.y + box.height / 2 + 11 + _LEADING * number), size, colour
            )
        return name

    def _edge(self, tail: str, head: str, *, dashed: bool) -> None:
        self.lines.append(f"  {tail} -> {head}{' [style=dashed]' if dashed else ''}")

    def _left(self, text: str, x: float, y: float, size: float, colour: str, *, bold: bool = False) -> None:
        self._centred(text, _Place(x + text_width(text, size, bold=bold) / 2, y), size, colour, bold=bold)

    def _centred(self, text: str, at: _Place, size: float, colour: str, *, bold: bool = False) -> None:
        width = text_width(text, size, bold=bold) + 4
        self._node(
            at, width, size + 4, label=f"<{_font(text, size, colour, bold=bold)}>", tooltip=quoted(text)
        )

    def _node(self, at: _Place, width: float, height: float, **attributes: object) -> str:
        name = f"n{self.nodes}"
        self.nodes += 1
        place = {
            "pos": f'"{at.x:.1f},{-at.y:.1f}!"',
            "width": f"{width / POINTS:.3f}",
            "height": f"{height / POINTS:.3f}",
        }
        self.lines.append(
            f"  {name} [" + " ".join(f"{key}={value}" for key, value in (place | attributes).items()) + "]"
        )
        return name


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


def _bands(columns: Sequence[tuple[Box, Box]], width: float) -> Iterator[list[tuple[Box, Box]]]:
    """Split the columns into bands that are no wider than a page; a band holds at least one column."""
    band: list[tuple[Box, Box]] = []
    used = 0.0
    for column in columns:
        own = max(map(_box_width, column)) + _GAP
        if band and used + own > width:
            yield band
            band, used = [], 0.0
        band.append(column)
        used += own
    yield band
