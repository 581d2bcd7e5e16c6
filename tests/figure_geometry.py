"""A figure's SVG, as Graphviz gave it -> boxes of what is drawn, and what is wrong with how they lie."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from archdsl.figure.metrics import text_width

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
ASCENT, DESCENT = 0.72, 0.18  # of Roboto, as parts of the font size; an overlap of blank lines is none
TOUCH = 1.0  # points by which boxes may share an edge
STEPS = 6  # points tried on each piece of a curve

Point = tuple[float, float]


class Box(NamedTuple):
    """What takes room: left, top, right, bottom; `text` where it is a text, `owner` is the node or cluster."""

    left: float
    top: float
    right: float
    bottom: float
    owner: str
    text: str = ""
    size: float = 0.0

    def overlap(self, other: "Box") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > TOUCH
            and min(self.bottom, other.bottom) - max(self.top, other.top) > TOUCH
        )

    def holds(self, other: "Box", slack: float = TOUCH) -> bool:
        across = self.left - slack <= other.left and other.right <= self.right + slack
        return across and self.top - slack <= other.top and other.bottom <= self.bottom + slack

    def inside(self, point: Point) -> bool:
        return (
            self.left + TOUCH < point[0] < self.right - TOUCH
            and self.top + TOUCH < point[1] < self.bottom - TOUCH
        )

    def about(self, point: Point) -> bool:
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom


class Edge(NamedTuple):
    """A line with its points in order."""

    points: tuple[Point, ...]


class Drawing(NamedTuple):
    """What a figure shows: texts, filled boxes of nodes, frames of clusters, lines; `canvas` is all of it, `scale` how far it is shrunk."""

    canvas: Box
    texts: tuple[Box, ...]
    boxes: tuple[Box, ...]
    frames: tuple[Box, ...]
    edges: tuple[Edge, ...]
    scale: float

    @property
    def smallest(self) -> float:
        """Return the size of the smallest type in print, in points."""
        return min(text.size for text in self.texts) * self.scale


def drawing(svg: str) -> Drawing:
    """Read a figure."""
    root = ElementTree.fromstring(svg)
    whole = root.find(f"{SVG}g")
    assert whole is not None
    transform = whole.get("transform") or ""
    scale, moved = (
        re.search(r"scale\(([\d.]+)", transform),
        re.search(r"translate\(([-\d.]+)[ ,]([-\d.]+)", transform),
    )
    assert scale and moved
    left, top, width, height = (float(part) for part in (root.get("viewBox") or "").split())
    shrunk, (x, y) = float(scale[1]), (float(moved[1]), float(moved[2]))
    canvas = Box(
        left / shrunk - x, top / shrunk - y, (left + width) / shrunk - x, (top + height) / shrunk - y, ""
    )
    texts, boxes, frames, edges = [], [], [], []
    for group in whole.iter(f"{SVG}g"):
        kind, name = group.get("class"), group.findtext(f"{SVG}title") or ""
        if kind == "edge":
            edges += [Edge(tuple(_curve(path.get("d") or ""))) for path in group.iter(f"{SVG}path")]
        elif kind in ("node", "cluster", "graph", "node frame"):
            members = list(group) if kind == "graph" else list(group.iter())
            texts += [
                _text(one, name) for one in members if one.tag == f"{SVG}text" and (one.text or "").strip()
            ]
            filled = [
                _bounds(one, name)
                for one in members
                if one.tag in (f"{SVG}polygon", f"{SVG}path") and _seen(one)
            ]
            if kind in ("cluster", "node frame"):
                frames += filled[:1]
                boxes += filled[1:]
            elif kind == "node":
                boxes += filled
    return Drawing(canvas, tuple(texts), tuple(boxes), tuple(frames), tuple(edges), shrunk)


def _seen(shape: ElementTree.Element) -> bool:
    return shape.get("fill") not in (None, "none", "transparent")


def _bounds(shape: ElementTree.Element, owner: str) -> Box:
    numbers = [float(number) for number in NUMBER.findall(shape.get("points") or shape.get("d") or "")]
    xs, ys = numbers[::2], numbers[1::2]
    return Box(min(xs), min(ys), max(xs), max(ys), owner)


def _text(element: ElementTree.Element, owner: str) -> Box:
    text, size = "".join(element.itertext()).replace("\u00a0", " "), float(element.get("font-size") or 0)
    width = text_width(text, size, bold=element.get("font-weight") == "bold")
    x, y = float(element.get("x") or 0), float(element.get("y") or 0)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor") or "start"]
    return Box(left, y - ASCENT * size, left + width, y + DESCENT * size, owner, text, size)


def _curve(path: str) -> Iterator[Point]:
    numbers = [float(number) for number in NUMBER.findall(path)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    yield points[0]
    for at in range(0, len(points) - 3, 3):
        for step in range(1, STEPS + 1):
            yield _bezier(points[at : at + 4], step / STEPS)


def _bezier(points: Sequence[Point], t: float) -> Point:
    parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return (
        sum(part * x for part, (x, _) in zip(parts, points, strict=True)),
        sum(part * y for part, (_, y) in zip(parts, points, strict=True)),
    )


def faults(found: Drawing) -> list[str]:
    """List what is wrong with a figure: what is cut off, what lies over something else, lines through texts and boxes."""
    return [*_cut(found), *_over(found), *_crossed(found)]


def _cut(found: Drawing) -> Iterator[str]:
    for box in (*found.texts, *found.boxes, *found.frames):
        if not found.canvas.holds(box):
            yield f"outside of the figure: {box.text or box.owner}"
    holders = (*found.boxes, *found.frames)
    for text in found.texts:
        middle = ((text.left + text.right) / 2, (text.top + text.bottom) / 2)
        around = [box for box in holders if box.about(middle)]
        least = min(around, key=lambda box: (box.right - box.left) * (box.bottom - box.top), default=None)
        if least and not least.holds(text):
            yield f"wider than its box: {text.text}"


def _over(found: Drawing) -> Iterator[str]:
    for one, other in _near(found.texts):
        if one.overlap(other):
            yield f"text over text: {one.text} / {other.text}"
    for one, other in _near((*found.boxes, *found.texts)):
        if one.owner != other.owner and one.overlap(other) and not (one.text and other.text):
            yield f"box over box: {_said(found, one)} / {_said(found, other)}"
    for one, other in _near(found.frames):
        if one.overlap(other) and not (one.holds(other) or other.holds(one)):
            yield f"card over card: {_said(found, one)} / {_said(found, other)}"
    for frame in found.frames:
        for box in (*found.boxes, *found.texts):
            if frame.overlap(box) and not frame.holds(box):
                yield f"across the border of a card: {_said(found, frame)} / {_said(found, box)}"


def _said(found: Drawing, box: Box) -> str:
    return (
        box.text or " ".join([text.text for text in found.texts if text.owner == box.owner][:3]) or box.owner
    )


def _near(boxes: Sequence[Box]) -> Iterator[tuple[Box, Box]]:
    """Give the pairs of boxes that share a height."""
    ordered = sorted(boxes, key=lambda box: box.top)
    open_: list[Box] = []
    for box in ordered:
        open_ = [other for other in open_ if other.bottom - TOUCH > box.top]
        yield from ((other, box) for other in open_)
        open_.append(box)


def _crossed(found: Drawing) -> Iterator[str]:
    for edge in found.edges:
        low, high = min(y for _, y in edge.points), max(y for _, y in edge.points)
        for box in (*found.texts, *found.boxes):
            if box.bottom > low and box.top < high and any(map(box.inside, edge.points)):
                yield f"line through {'text' if box.text else 'box'}: {_said(found, box)}"
        for frame in found.frames:
            ends = (edge.points[0], edge.points[-1])
            if not any(map(frame.about, ends)) and any(map(frame.inside, edge.points)):
                yield f"line through a card: {_said(found, frame)}"
