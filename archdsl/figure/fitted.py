"""A network and a sheet -> the figure whose type can be read at the sheet's width."""

from collections.abc import Callable, Iterator

from archdsl.figure.levels import modelled
from archdsl.figure.parts import Figure, Group, Paper, Step
from archdsl.figure.sheet import Sheet, TypeTooSmallError, smallest_type
from archdsl.graph.graph import Graph

Layout = Callable[[Figure | Paper, Sheet], str]  # gives the SVG of Graphviz
_STEP, _WIDEST = 18.0, 17 * 72.0  # points: widths that are tried where the asked one is too narrow
_ROUNDING = 0.05  # points
_LINE = 36  # characters of a line of facts


def fitted(graph: Graph, file: str, level: str, sheet: Sheet, layout: Layout) -> Figure | Paper:
    """Return the first of the levels (`auto`: blocks, then stages) with no type below the least one.

    Raises TypeTooSmallError, which says the narrowest width that works.
    """
    levels = ("block", "stage") if level == "auto" else (level,)
    for one in levels:
        for model in narrower(modelled(graph, file, one, sheet.page)):
            if _readable(model, sheet, layout):
                return model
    raise TypeTooSmallError(_too_small(graph, file, levels[-1], sheet, layout))


def narrower(model: Figure | Paper) -> Iterator[Figure | Paper]:
    """Give a figure, then the same one that takes less room: facts in lines of their own, cards without
    meters."""
    yield model
    model = model._replace(subtitle=_folded(model.subtitle))
    yield model
    if isinstance(model, Figure):
        yield model._replace(steps=tuple(_bare(step) for step in model.steps))


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


def _readable(model: Figure | Paper, sheet: Sheet, layout: Layout) -> bool:
    return smallest_type(layout(model, sheet)) >= sheet.least - _ROUNDING


def _too_small(graph: Graph, file: str, level: str, sheet: Sheet, layout: Layout) -> str:
    assert sheet.width is not None
    tried = narrower(modelled(graph, file, level, sheet.page))
    got = max(smallest_type(layout(model, sheet)) for model in tried)
    said = f"at {_inches(sheet.width)} the smallest type of level `{level}` is {got:.1f} pt"
    width = sheet.width
    while (width := width + _STEP) <= _WIDEST:
        wider = sheet._replace(width=width)
        if any(_readable(one, wider, layout) for one in narrower(modelled(graph, file, level, wider.page))):
            return f"{said}; {sheet.least:g} pt need --width {_inches(width)}, or take a smaller --min-font"
    return f"{said}; no width up to {_inches(_WIDEST)} gives {sheet.least:g} pt: take a smaller --min-font"


def _inches(points: float) -> str:
    return f"{points / 72:.2f}".rstrip("0").rstrip(".") + "in"
