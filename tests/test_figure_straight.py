"""Figures whose arcs lead past branches in branches: nothing is crossed, and every edge is drawn."""

from collections import Counter
from pathlib import Path

import pytest
from figure_geometry import drawing, faults
from test_figure_ladder import boxes, drawn_edges, lines
from test_figure_truth import edges_of

import archdsl
from archdsl.figure.dot import write
from archdsl.figure.engine import run_graphviz
from archdsl.figure.ladder.straight import crossed
from archdsl.figure.model import figure
from archdsl.figure.wrap import wrapped
from archdsl.graph.graph import Graph

PAPERS = Path(__file__).parent.parent / "specs" / "papers"
NETWORKS = ("cvt",)
# The attention of Swin and BoTNet is one pill (test_figure_attention.py), so nothing branches within a branch.
OTHERS = ("resnet", "senet", "googlenet", "vit", "densenet", "u-net", "swin", "botnet")


def network(name: str) -> Graph:
    return next(iter(archdsl.load(str(PAPERS / f"{name}.arch")).values())).graph


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_lies_over_something_else(name: str) -> None:
    model = wrapped(figure(network(name)))
    assert crossed(model)
    assert faults(drawing(run_graphviz(write(model), "svg").decode())) == []


@pytest.mark.parametrize("name", OTHERS)
def test_other_figures_are_laid_out_by_graphviz(name: str) -> None:
    assert not crossed(figure(network(name)))


@pytest.mark.parametrize("name", NETWORKS)
def test_every_edge_is_drawn_and_none_is_made_up(name: str) -> None:
    found = network(name)
    dot = write(figure(found, level="layer"), tagged=True)
    expected = {edge: count for edge, count in edges_of(found).items() if edge[0] not in found.inputs}
    assert drawn_edges(dot) == Counter(expected)


@pytest.mark.parametrize("name", NETWORKS)
def test_arcs_stand_outside_of_all_that_they_lead_past(name: str) -> None:
    dot = write(figure(network(name)))
    every = boxes(dot)
    words = [box for box in every.values() if 'tooltip="identity' in box.attributes]
    assert words
    frames = [
        box for box in every.values() if "fillcolor" in box.attributes and "label=" not in box.attributes
    ]
    for word in words:
        frame = min(
            (one for one in frames if one.left < word.left < one.right and one.top < word.top < one.bottom),
            key=lambda one: one.right - one.left,
        )
        arc = [line for line in lines(dot) if word.name in (line.tail, line.head)]
        heights = sorted(y for line in arc for _, y in line.points)
        low, high = heights[0], heights[-1]
        inside = [
            box
            for box in every.values()
            if frame.left < box.left and box.right < frame.right and low < box.top and box.bottom < high
        ]
        assert all(box.left > word.right or box in words for box in inside)
        assert len(arc) == 2
