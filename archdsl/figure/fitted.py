"""A network and a sheet -> the figure whose type can be read at the sheet's width."""

import re
from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from archdsl.figure.levels import modelled, trunk_figure
from archdsl.figure.metrics import BETWEEN, folded
from archdsl.figure.once import once
from archdsl.figure.parts import Figure, Glyph, Group, Paper, Step
from archdsl.figure.sheet import HIGH, NARROW_PAD, PAD, Sheet, TypeTooSmallError, smallest_type
from archdsl.figure.wrap import PAGE, arranged, scale, wrapped
from archdsl.graph.graph import Graph

Layout = Callable[[Figure | Paper, Sheet], str]  # gives the SVG of Graphviz
_STEP, _WIDEST = 18.0, 17 * 72.0  # points: widths that are tried where the asked one is too narrow
_ROUNDING = 0.05  # points
_LESS = 2 * 72 * (PAD - NARROW_PAD)  # points that a figure has less around it at a width
_USUAL, _SURE = 11.0, 0.7  # the usual type; an estimate below this part of the least type need not be tried
_BEST = 3  # figures laid out to say how small the type is
_OTHERS = ("block", "paper", "stage")  # levels to offer where one cannot be read
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
    """Figures of one network for sheets of several widths; each is modelled and laid out once."""

    def __init__(self, graph: Graph, file: str, sheet: Sheet, layout: Layout) -> None:
        self.graph, self.file, self.sheet, self.layout = graph, file, sheet, layout
        self.seen: dict[Figure | Paper, Print] = {}
        self.kept: dict[str, list[Figure]] = {}

    def print(self, model: Figure | Paper) -> Print:
        if model not in self.seen:
            svg = self.layout(model, self.sheet._replace(width=None))
            size = _SIZE.search(svg)
            assert size is not None
            width, height = (float(side) - _LESS for side in size.groups())
            self.seen[model] = Print(width, height, smallest_type(svg))
        return self.seen[model]

    def figures(self, level: str, width: float) -> Iterator[Figure | Paper]:
        """Give the figures of a level to try at a width: blocks in the trunk, then those drawn once."""
        page = self.sheet._replace(width=width).page or PAGE
        if level == "paper":
            yield from narrower(modelled(self.graph, self.file, level, page))
            return
        if level not in self.kept:
            self.kept[level] = list(self._plain(level))
        for model in self.kept[level]:
            yield from narrower(arranged(model, page) if model.insets else wrapped(model, page))

    def _plain(self, level: str) -> Iterator[Figure]:
        yield trunk_figure(self.graph, self.file, level)
        if level == "block":
            found = (once(self.graph, self.file, bare=bare) for bare in (False, True))
            yield from (model for model in found if model)

    def readable(self, level: str, width: float) -> Figure | Paper | None:
        """Return the first figure of a level with no type below the least one at a width."""
        for model in self.figures(level, width):
            worth = self.guess(model, width) >= _SURE * self.sheet.least
            if worth and self.print(model).at(width) >= self.sheet.least - _ROUNDING:
                return model
        return None

    def guess(self, model: Figure | Paper, width: float) -> float:
        """Estimate the smallest type of a figure at a width before it is laid out."""
        return _USUAL if isinstance(model, Paper) else _USUAL * scale(model, (width, HIGH))

    def largest(self, level: str, width: float) -> float:
        """Return the smallest type of the figure of a level that can be read best at a width."""
        models = sorted(self.figures(level, width), key=lambda model: -self.guess(model, width))
        return max(self.print(model).at(width) for model in models[:_BEST])


def fitted(graph: Graph, file: str, level: str, sheet: Sheet, layout: Layout) -> Figure | Paper:
    """Return the first of the levels (`auto`: blocks, then stages) with no type below the least one.

    Raises TypeTooSmallError, which says the narrowest width that works, and the level that works at this one.
    """
    assert sheet.width is not None
    trials = _Trials(graph, file, sheet, layout)
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
    model = model._replace(subtitle="\n".join(folded(facts.split(BETWEEN), _LINE)))
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


def _bare(step: Step) -> Step:
    """Return a card without its meters, and without those of the cards inside."""
    if not isinstance(step, Group):
        return step
    return step._replace(meters=(), steps=tuple(_bare(inner) for inner in step.steps))


def _broken(step: Step) -> Step:
    """Return a card with each layer of a long line in a line of its own."""
    if not isinstance(step, Group) or step.steps:
        return step
    return step._replace(
        lines=tuple(part for line in step.lines for part in folded(line.split(BETWEEN), _LONG))
    )


def _slim(glyph: Glyph) -> Glyph:
    """Return a glyph whose long layers go on in another line."""
    lines = (part for line in glyph.layers.split("\n") for part in line.split(BETWEEN))
    return glyph._replace(layers="\n".join("\n".join(wrap(layer, _SLIM)) for layer in lines))


def _too_small(trials: _Trials, level: str, width: float) -> str:
    """Say how small the type is, and what would help: a width, another level, or smaller type."""
    least, largest = trials.sheet.least, trials.largest(level, width)
    said = f"at {_inches(width)} the smallest type of level `{level}` is {largest:.1f} pt"
    wider = _wider(trials, level, width)
    need = f"{least:g} pt need" if wider else f"no width up to {_inches(_WIDEST)} gives {least:g} pt: take"
    ways = [f"--width {_inches(wider)}"] * bool(wider)
    other = next((one for one in _OTHERS if one != level and trials.readable(one, width)), "")
    ways += [f"--level {other}"] * bool(other)
    return f"{said}; {need} {_either([*ways, 'a smaller --min-font'])}"


def _either(ways: Sequence[str]) -> str:
    """Write ways of which each will do: `A`, `A or B`, `A, B, or C`."""
    if len(ways) < 3:
        return " or ".join(ways)
    return f"{', '.join(ways[:-1])}, or {ways[-1]}"


def _wider(trials: _Trials, level: str, width: float) -> float:
    """Return the narrowest width at which a level can be read, 0 where there is none."""
    while (width := width + _STEP) <= _WIDEST:
        if trials.readable(level, width):
            return width
    return 0.0


def _inches(points: float) -> str:
    return f"{points / 72:.2f}".rstrip("0").rstrip(".") + "in"
