"""A network and a sheet -> the figure whose type can be read at the sheet's width."""

import re
from collections.abc import Callable, Iterator
from textwrap import wrap
from typing import NamedTuple

from archdsl.figure.levels import modelled
from archdsl.figure.once import once
from archdsl.figure.parts import Figure, Glyph, Group, Paper, Step
from archdsl.figure.sheet import HIGH, Sheet, TypeTooSmallError, smallest_type
from archdsl.figure.wrap import PAGE
from archdsl.graph.graph import Graph

Layout = Callable[[Figure | Paper, Sheet], str]  # gives the SVG of Graphviz
_STEP, _WIDEST = 18.0, 17 * 72.0  # points: widths that are tried where the asked one is too narrow
_ROUNDING = 0.05  # points
_LINE = 36  # characters of a line of facts
_SLIM, _LONG = 14, 28  # characters of a layer below a slim glyph; of a line of layers in a card
_SIZE = re.compile(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"')


class Print(NamedTuple):
    """A figure as it is laid out: its width, its height and its smallest type, in points."""

    width: float
    height: float
    type: float

    def at(self, width: float) -> float:
        """Return the smallest type where the figure is printed at a width."""
        return self.type * min(1.0, width / self.width, HIGH / self.height)


class _Trials:
    """Figures of one network for sheets of several widths; each is laid out once."""

    def __init__(self, graph: Graph, file: str, asked: str, sheet: Sheet, layout: Layout) -> None:
        self.graph, self.file, self.asked, self.sheet, self.layout = graph, file, asked, sheet, layout
        self.seen: dict[Figure | Paper, Print] = {}

    def print(self, model: Figure | Paper) -> Print:
        if model not in self.seen:
            svg = self.layout(model, self.sheet._replace(width=None))
            size = _SIZE.search(svg)
            assert size is not None
            self.seen[model] = Print(float(size[1]), float(size[2]), smallest_type(svg))
        return self.seen[model]

    def figures(self, level: str, width: float) -> Iterator[Figure | Paper]:
        page = self.sheet._replace(width=width).page or PAGE
        yield from narrower(modelled(self.graph, self.file, level, page))
        if level == self.asked == "block":
            for bare in (False, True):
                model = once(self.graph, self.file, page, bare=bare)
                yield from narrower(model) if model else ()

    def readable(self, level: str, width: float) -> Figure | Paper | None:
        """Return the first figure of a level with no type below the least one at a width."""
        for model in self.figures(level, width):
            if self.print(model).at(width) >= self.sheet.least - _ROUNDING:
                return model
        return None


def fitted(graph: Graph, file: str, level: str, sheet: Sheet, layout: Layout) -> Figure | Paper:
    """Return the first of the levels (`auto`: blocks, then stages) with no type below the least one.

    Raises TypeTooSmallError, which says the narrowest width that works.
    """
    assert sheet.width is not None
    trials = _Trials(graph, file, level, sheet, layout)
    levels = ("block", "stage") if level == "auto" else (level,)
    for one in levels:
        model = trials.readable(one, sheet.width)
        if model is not None:
            return model
    raise TypeTooSmallError(_too_small(trials, levels[-1], sheet.width))


def narrower(model: Figure | Paper) -> Iterator[Figure | Paper]:
    """Give a figure, then the same one that takes less room: facts in lines of their own, cards without
    meters, a U without the shapes that its skips say, with a layer to a line, or with low and slim glyphs."""
    yield model
    facts = model.subtitle
    model = model._replace(subtitle=_folded(facts))
    yield model
    if isinstance(model, Figure):
        model = model._replace(steps=tuple(_bare(step) for step in model.steps))
        yield model
    if isinstance(model, Figure) and model.cells:
        yield model._replace(shapes=("",) * len(model.shapes))
        steps = tuple(_broken(step) for step in model.steps)
        yield model._replace(subtitle=facts, steps=steps, shapes=("",) * len(model.shapes))
    if isinstance(model, Paper) and model.cells:
        yield model._replace(glyphs=tuple(one._replace(height=one.height // 2) for one in model.glyphs))
        slim = (_slim(one)._replace(height=one.height // 2) for one in model.glyphs)
        yield model._replace(glyphs=tuple(slim))


def _folded(facts: str) -> str:
    lines = [""]
    for fact in facts.split(" · "):
        if lines[-1] and len(lines[-1]) + len(fact) > _LINE:
            lines.append(fact)
        else:
            lines[-1] = f"{lines[-1]} · {fact}" if lines[-1] else fact
    return "\n".join(lines)


def _bare(step: Step) -> Step:
    """Return a card without its meters, and without those of the cards inside."""
    if not isinstance(step, Group):
        return step
    return step._replace(meters=(), steps=tuple(_bare(inner) for inner in step.steps))


def _broken(step: Step) -> Step:
    """Return a card with each layer of a long line in a line of its own."""
    if not isinstance(step, Group) or step.steps:
        return step
    parts = (line.split(" · ") if len(line) > _LONG else [line] for line in step.lines)
    return step._replace(lines=tuple(part for line in parts for part in line))


def _slim(glyph: Glyph) -> Glyph:
    """Return a glyph whose long layers go on in another line."""
    layers = ("\n".join(wrap(layer, _SLIM)) for layer in glyph.layers.split(" · "))
    return glyph._replace(layers=" · ".join(layers))


def _too_small(trials: _Trials, level: str, width: float) -> str:
    got = max(trials.print(model).at(width) for model in trials.figures(level, width))
    said = f"at {_inches(width)} the smallest type of level `{level}` is {got:.1f} pt"
    least = trials.sheet.least
    while (width := width + _STEP) <= _WIDEST:
        if trials.readable(level, width):
            return f"{said}; {least:g} pt need --width {_inches(width)}, or take a smaller --min-font"
    return f"{said}; no width up to {_inches(_WIDEST)} gives {least:g} pt: take a smaller --min-font"


def _inches(points: float) -> str:
    return f"{points / 72:.2f}".rstrip("0").rstrip(".") + "in"
