"""What a figure is drawn on: its width in print and the least type there, its title, its ground."""

import re
from typing import NamedTuple

# The text block of a page is this high, in points (9.5 inches).
HIGH = 684.0
# Inches of ground around a figure; around one that is laid out for a width, since the page has margins.
PAD, NARROW_PAD = 0.3, 0.05
_UNITS = {"in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1.0}
_LENGTH = re.compile(r"\s*(\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})\s*(in|cm|mm|pt)\s*")
_SCALE = re.compile(r'<g id="[^"]*graph0"[^>]* transform="scale\(([\d.]+)')
_TYPE = re.compile(r'<text [^>]*font-size="([\d.]+)"')


class Sheet(NamedTuple):
    """How a figure stands in print.

    `width` is in points (None: the figure's own), `least` the smallest type that may come of it, in points.
    `title` stands above the figure in place of the network's name; an empty one leaves the head out. `clear`
    leaves the ground transparent. `dpi` is that of a PNG.
    """

    width: float | None = None
    least: float = 7.0
    title: str | None = None
    clear: bool = False
    dpi: int = 144

    @property
    def page(self) -> tuple[float, float] | None:
        """Return width and height that the figure has to fit, in points."""
        return None if self.width is None else (self.width, HIGH)

    def applied(self, dot: str) -> str:
        """Write into a DOT text what Graphviz has to know of this."""
        said = []
        if self.width is not None:
            said += [f'size="{self.width / 72:.4f},{HIGH / 72:.4f}" pad={NARROW_PAD}']
        said += ["bgcolor=transparent"] if self.clear else []
        return dot.replace("\n  node [", f"\n  graph [{' '.join(said)}]\n  node [", 1) if said else dot


class TypeTooSmallError(ValueError):
    """A figure whose type would be too small at the width; the message says which width works."""


def length(text: str) -> float:
    """Return a printed length (`3.5in`, `89mm`, `7pt`) in points; raise ValueError where it is none."""
    match = _LENGTH.fullmatch(text)
    if match is None or not float(match[1]):
        raise ValueError(f"`{text}` is no length such as 3.5in, 89mm, 8.9cm or 252pt")
    return float(match[1]) * _UNITS[match[2]]


def smallest_type(svg: str) -> float:
    """Return the size of the smallest type of a figure as Graphviz gave it, in points of print."""
    scale = _SCALE.search(svg)
    sizes = [float(size) for size in _TYPE.findall(svg)]
    return min(sizes, default=0.0) * (float(scale[1]) if scale else 1.0)
