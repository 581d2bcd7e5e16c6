"""Figures that can be trusted: of every spec at every level, each layer is drawn once, parameters add up, nothing is cut off or lies
over something else, and no type is below the least one.

All networks of all specs take minutes; without ARCHDSL_ALL_FIGURES the first network of each spec is laid out at one level, in turn.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from figure_geometry import Drawing, drawing, faults

import archdsl
from archdsl.figure import draw as drawing_of
from archdsl.figure.collapse import shown
from archdsl.figure.fitted import fitted
from archdsl.figure.levels import TooManyLayersError, modelled
from archdsl.figure.page.drawn import layers
from archdsl.figure.parts import Capsule, Figure, Group, Paper, Step
from archdsl.figure.sheet import HIGH, Sheet, TypeTooSmallError
from archdsl.graph.graph import Graph
from archdsl.graph.measure import graph_counts, network_counts

SPECS = Path(__file__).parent.parent / "specs"
LEVELS = ("stage", "block", "layer", "paper")
ALL = bool(os.environ.get("ARCHDSL_ALL_FIGURES"))
FILES = [path.relative_to(SPECS).as_posix() for path in sorted(SPECS.rglob("*.arch"))]
CASES = [(name, level) for at, name in enumerate(FILES) for level in LEVELS if ALL or level == LEVELS[at % 4]]
WIDTHS = [
    (name, inches)
    for at, name in enumerate(FILES)
    for inches in (3.5, 7.0)
    if ALL or at % 16 == 4 * (inches == 7)
]
PLAIN = Sheet()
COUNT = re.compile(r"([\d,]+) (?:trainable of [\d,]+ )?params, [\d,]+ MACs")


@cache
def spec(name: str) -> archdsl.Spec:
    return archdsl.load(str(SPECS / name))


def graphs(name: str) -> Iterator[Graph]:
    """Give the networks of a spec; where not all are asked for, the first."""
    for one in list(spec(name)) if ALL else list(spec(name))[:1]:
        yield spec(name)[one].graph


def model_of(graph: Graph, level: str) -> Figure | Paper:
    try:
        return modelled(graph, "", level)
    except TooManyLayersError:
        pytest.skip("too many layers to draw one by one")


def laid_out(model: Figure | Paper, sheet: Sheet = PLAIN) -> Drawing:
    return drawing(drawing_of._laid_out(model, sheet))


def heads(model: Figure | Paper) -> list[Group]:
    """List the cards of rows, beside the trunk too."""
    if isinstance(model, Paper):
        return []
    steps: list[Step] = [*model.steps, *(step for side in model.sides for step in side.steps)]
    return [step for step in steps if isinstance(step, Group)]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", FILES)
def test_each_layer_is_in_one_part_and_parameters_add_up(name: str, level: str) -> None:
    for graph in graphs(name):
        model = model_of(graph, level)
        counts = graph_counts(graph)
        whole = network_counts(graph, counts)
        if isinstance(model, Paper):
            glyphs = [*model.glyphs, *(glyph for side in model.sides for glyph in side.glyphs)]
            found = Counter(node for glyph in glyphs for node in glyph.nodes)
            assert found == Counter(range(len(graph.nodes)))
            said = [count for glyph in glyphs for count in COUNT.findall(glyph.tooltip)]
            assert sum(int(count.replace(",", "")) for count in said) == whole.trainable
            continue
        if level == "stage" or model.insets:  # blocks that are drawn once stand beside cards of rows
            found = Counter(node for card in heads(model) for node in card.nodes)
            assert found == Counter(set(range(len(graph.nodes))) - set(graph.inputs))
            said = [count for card in heads(model) for count in COUNT.findall(card.tooltip)]
            assert sum(int(count.replace(",", "")) for count in said) == whole.trainable
        else:
            found = Counter(node for layer in layers(model) for node in layer)
            assert found == Counter(set(shown(graph, range(len(graph.nodes)))) - set(graph.inputs))
            assert sum(counts[node].total for node in found) == whole.total
        assert sum(isinstance(step, Capsule) and step.text != "output" for step in model.steps) == len(
            graph.inputs
        )


@pytest.mark.parametrize(("name", "level"), CASES)
def test_nothing_is_cut_off_and_nothing_lies_over_something_else(name: str, level: str) -> None:
    for graph in graphs(name):
        assert faults(laid_out(model_of(graph, level))) == []


def works(graph: Graph, width: float) -> float:
    """Return a width if a figure can be read at it, else the one that the message says; 0 where it says that none
    works, because the figure is too high."""
    try:
        fitted(graph, "", "auto", Sheet(width=width), drawing_of._laid_out)
    except TypeTooSmallError as error:
        said = re.search(r"need --width ([\d.]+)in", str(error))
        if not said and "no width up to 17in gives" not in str(error):
            raise
        return float(said[1]) * 72 if said else 0.0
    return width


@pytest.mark.parametrize(("name", "inches"), WIDTHS)
def test_no_type_is_too_small_at_the_width(name: str, inches: float) -> None:
    for graph in graphs(name):
        width = works(graph, inches * 72)
        if not width:
            found = laid_out(modelled(graph, "", "stage", (17 * 72, HIGH)))
            assert found.canvas.bottom - found.canvas.top > HIGH
            continue
        sheet = Sheet(width=width)
        model = fitted(graph, "", "auto", sheet, drawing_of._laid_out)
        found = laid_out(model, sheet)
        assert found.smallest >= sheet.least - 0.06
        assert (found.canvas.right - found.canvas.left) * found.scale <= (sheet.width or 0) + 1
        assert (found.canvas.bottom - found.canvas.top) * found.scale <= HIGH + 1
        assert faults(found) == []


@pytest.mark.parametrize("level", ["stage", "paper"])
def test_the_first_u_net_fits_a_page(level: str) -> None:
    """Long lines of layers are broken, and glyphs are slim."""
    sheet = Sheet(width=7 * 72)
    found = laid_out(fitted(next(graphs("papers/u-net.arch")), "", level, sheet, drawing_of._laid_out), sheet)
    assert found.smallest >= sheet.least - 0.06
    assert faults(found) == []
