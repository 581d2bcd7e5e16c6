"""Lines of DOT in the making: nodes, edges, rows, and arcs whose lengths follow from all the others."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from archdsl.figure.labels import quoted
from archdsl.figure.ranks import Link, ranks
from archdsl.figure.tags import Tagged, class_names
from archdsl.figure.theme import Palette

_CORNER = {"shape": "point", "width": 0.02, "penwidth": 0}


class Side(NamedTuple):
    """The nodes that an arc runs through, from `first` to `last`; `stops` are those that keep it on its side
    of a row.

    In a mixed column, with more than a line on the trunk, the length of the arc is told in the end.
    """

    first: str
    last: str
    stops: list[str]
    mixed: bool


class _Arc(NamedTuple):
    ends: tuple[str, str]
    chain: tuple[str, ...]  # corner, label or pills, stops, corner
    lines: tuple[int, ...]  # where the lengths between those stand
    low: bool  # whether the label stands halfway, or at the beginning


class Canvas:
    """Collects lines, and numbers nodes in the order they are written."""

    def __init__(self, colours: Palette, *, tagged: bool = False) -> None:
        self.colours = colours
        self.tagged = tagged
        self.lines: list[str] = []
        self.nodes = 0
        self._links: list[Link] = []
        self._rows: list[Sequence[str]] = []
        self._arcs: list[_Arc] = []

    def node(self, pad: str, **attributes: object) -> str:
        """Write a node and give its name."""
        name = f"n{self.nodes}"
        self.nodes += 1
        self.lines.append(
            f"{pad}{name} [" + " ".join(f"{key}={value}" for key, value in attributes.items()) + "]"
        )
        return name

    def tag(self, part: Tagged) -> dict[str, str]:
        """Return the attribute that names a part's rows and layers in the SVG, where a page asks for it."""
        names = class_names(part) if self.tagged else ""
        return {"class": quoted(names)} if names else {}

    def link(self, pad: str, tail: str, head: str, attributes: Sequence[str] = (), length: int = 2) -> None:
        """Write an edge; `attributes` include the length where it is not the default."""
        said = f" [{' '.join(attributes)}]" if attributes else ""
        self.lines.append(f"{pad}{tail} -> {head}{said}")
        self._links.append((tail.partition(":")[0], head.partition(":")[0], length))

    def row(self, pad: str, names: Sequence[str]) -> None:
        """Put nodes on one rank from left to right."""
        if len(names) > 1:
            self.lines.append(f"{pad}{{ rank=same; {' -> '.join(names)} [style=invis weight=1] }}")
            self._rows.append(names)

    def dot(self, pad: str, colour: str, tooltip: str = "shortcut") -> str:
        """Write a dot as wide as a line: edges that meet there look like one."""
        return self.node(pad, **_CORNER, color=f'"{colour}"', tooltip=quoted(tooltip))

    def arc(self, pad: str, tail: str, side: Side, head: str, style: str, *, low: bool = True) -> None:
        """Write an arc through the nodes of its side; heavy edges keep the way down straight."""
        top, bottom = (self.dot(pad, self.colours.accent) for _ in range(2))
        chain = [top, side.last, *side.stops[1:], bottom]
        self.lines.append(f"{pad}{tail} -> {top}:n [{style} weight=1 arrowhead=none minlen=1]")
        start = len(self.lines)
        for at, (one, other) in enumerate(pairwise(chain)):
            clip = ("tailclip=false " if at != 1 else "") + ("headclip=false " if at else "")
            ports = (f"{one}:s" if at == 1 else one, f"{other}:n" if at == 0 else other)
            self.lines.append(
                f"{pad}{ports[0]} -> {ports[1]} [{style} weight=400 arrowhead=none {clip}minlen=@]"
            )
        self.lines.append(f"{pad}{bottom}:s -> {head} [{style} weight=1 minlen=1]")
        ends = (tail.partition(":")[0], head.partition(":")[0])
        self._arcs.append(_Arc(ends, tuple(chain), tuple(range(start, start + len(chain) - 1)), low))

    def text(self) -> str:
        """Return all lines, with the lengths of arcs filled in."""
        found = ranks(self._links, self._rows)
        for ends, chain, lines, low in self._arcs:
            first, last = found.get(ends[0], 0) + 1, found.get(ends[1], 0) - 1
            middle = found.get(chain[1], (first + last) // 2 if low else first + 1)
            places = [first, middle, *(found.get(name, first) for name in chain[2:-1]), last]
            for line, (one, other) in zip(lines, pairwise(places), strict=True):
                self.lines[line] = self.lines[line].replace("minlen=@", f"minlen={max(1, other - one)}")
        return "\n".join(self.lines) + "\n"
