"""How much detail a figure shows: the levels there are, and which one fits a page."""

from archdsl.figure.collapse import shown
from archdsl.figure.extent import Size
from archdsl.figure.ladder.straight import crossed
from archdsl.figure.model import figure
from archdsl.figure.once import once
from archdsl.figure.paper import ROOM, paper
from archdsl.figure.parts import Figure, Fork, Group, Paper, Step, Web
from archdsl.figure.wrap import PAGE, arranged, scale, wrapped
from archdsl.graph.graph import Graph
from archdsl.ops import OPS

LEVELS = ("auto", "stage", "block", "layer", "paper")
MAX_LAYERS = 400
_SHRUNK = 5 / 11  # how far a figure may be shrunk to fit a page: its text of 11 points is 5 points then
_PAPER = 11 / 7  # how much wider a paper's figure may be than its place: its smallest type is 7 points then
_RIDERS = ("norm", "activation", "regularisation", "input")


class TooManyLayersError(ValueError):
    """Too many layers to draw one by one; the message says how many, and what to do."""


def leveled(graph: Graph, file: str, level: str) -> Figure:
    """Model a figure at a level, in columns where it is long; `auto` takes `block` where that fits a page,
    else `stage`."""
    if level != "auto":
        return _figure(graph, file, level, PAGE)
    model = _figure(graph, file, "block", PAGE)
    return model if fits(model) else _figure(graph, file, "stage", PAGE)


def modelled(graph: Graph, file: str, level: str, page: Size | None = None) -> Figure | Paper:
    """Model a figure at any level, for a page of some width and height in points (None: A4)."""
    if level == "paper":
        return paper(graph, file, page[0] * _PAPER if page else ROOM)
    return leveled(graph, file, level) if page is None else _figure(graph, file, level, page)


def _figure(graph: Graph, file: str, level: str, page: Size) -> Figure:
    model = wrapped(trunk_figure(graph, file, level), page)
    if level != "block" or fits(model):
        return model
    plain = once(graph, file)
    return arranged(plain, page) if plain else model


def trunk_figure(graph: Graph, file: str, level: str) -> Figure:
    """Model a figure with all in the trunk, before it is broken into columns; raise TooManyLayersError."""
    if level == "layer":
        _limit(graph)
    return figure(graph, file, level)


def fits(model: Figure) -> bool:
    """Return whether a figure can be read when it is printed on one page."""
    return scale(model) >= _SHRUNK


def risky(model: Figure) -> bool:
    """Return whether cards stand beside other steps: Graphviz may fail to cut an edge at the border of such a
    card. In a U everything has its place already."""
    if model.cells or model.insets or crossed(model):
        return False
    return bool(model.far or model.sides) or any(_mixed(step, beside=False) for step in model.steps)


def _mixed(step: Step, *, beside: bool) -> bool:
    if isinstance(step, Fork):
        return any(_mixed(inner, beside=True) for branch in step.branches for inner in branch.steps)
    if isinstance(step, Web):
        return any(_mixed(inner, beside=True) for inner in step.steps)
    if isinstance(step, Group):
        return beside or any(_mixed(inner, beside=False) for inner in step.steps)
    return False


def _limit(graph: Graph) -> None:
    ids = shown(graph, range(len(graph.nodes)))
    layers = sum(OPS[graph.nodes[i].op].family not in _RIDERS for i in ids)
    if layers > MAX_LAYERS:
        raise TooManyLayersError(
            f"{layers:,} layers are too many to draw one by one (at most {MAX_LAYERS}); draw level "
            f"`block` instead"
        )
