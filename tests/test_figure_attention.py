"""An attention that is written in parts is one pill, as papers draw it; everything else stays as it is."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_figure_truth import drawn as edges_drawn
from test_figure_truth import edges_of

import archdsl
from archdsl.figure.attention import WHOLE, joined, outside, parts
from archdsl.figure.model import figure
from archdsl.figure.page.drawn import layers
from archdsl.figure.parts import Fork, Group, Step
from archdsl.figure.pills import Cell, Pill
from archdsl.graph.graph import Graph
from archdsl.pipeline import compile_source
from archdsl.source import Source

SPECS = Path(__file__).parent.parent / "specs" / "papers"
HEAD = "input 16x24\nstyle plain, norm none, activation none\n"
PARTS = """block mine(h)
    q: dense 24 each position; split heads h
    k: from input; dense 24 each position; split heads h; transpose
    v: from input; dense 24 each position; split heads h
    s: from q; matmul k; {middle}softmax
    from s; matmul v; {ending}
"""


def graph_of(text: str) -> Graph:
    graph = compile_source(Source("net.arch", text)).compiled[0].graph
    assert graph is not None
    return graph


def spec(name: str) -> Graph:
    found = archdsl.load(str(SPECS / f"{name}.arch"))
    return found[next(iter(found))].graph


def cells(steps: tuple[Step, ...]) -> Iterator[Cell]:
    for step in steps:
        if isinstance(step, Pill):
            yield from step.cells
        elif isinstance(step, Group):
            yield from cells(step.steps)
        elif isinstance(step, Fork):
            for branch in step.branches:
                yield from cells(branch.steps)


def attentions(graph: Graph) -> list[str]:
    found = (cell for cell in cells(figure(graph).steps) if cell.family == "attention")
    return [cell.text + cell.detail for cell in found]


def test_windows_of_swin_have_a_pill_each() -> None:
    assert attentions(spec("swin"))[:2] == [
        "attention (Q, K, V), 3 heads, relative bias",
        "attention (Q, K, V), 3 heads, relative bias, shift mask",
    ]
    assert attentions(spec("botnet")) == ["attention (Q, K, V), 4 heads, relative logits"] * 2


@pytest.mark.parametrize("name", ["swin", "botnet"])
def test_no_edge_is_lost_and_no_layer_twice(name: str) -> None:
    graph = spec(name)
    whole = joined(graph)
    assert set(edges_drawn(whole)) == set(edges_of(whole))
    found = Counter(node for layer in layers(figure(graph)) for node in layer)
    assert set(found.values()) == {1}
    assert figure(graph).subtitle.split(" · ")[2] in {
        "53 weighted layers",
        "50 weighted layers (+4 projections)",
    }


def test_what_the_pill_stands_for() -> None:
    graph = joined(
        graph_of(
            HEAD + PARTS.format(middle="", ending="join heads; dense 24 each position") + "a 16x24 mine(4)\n"
        )
    )
    last = next(i for i, node in enumerate(graph.nodes) if node.branch == WHOLE)
    ops = Counter(graph.nodes[i].op for i in parts(graph, last))
    assert ops == {"dense": 4, "heads": 3, "matmul": 2, "transpose": 1, "activation": 1, "join_heads": 1}
    assert outside(graph, last) == [0]


@pytest.mark.parametrize(
    ("middle", "ending", "said"),
    [
        ("rescale 0.5; ", "join heads", "attention (Q, K, V), 4 heads"),
        ("causal mask; ", "join heads; dense 24 each position", "causal attention (Q, K, V), 4 heads"),
        ("relu; ", "join heads", ""),  # nothing that stands between scores and softmax
    ],
)
def test_what_may_stand_between(middle: str, ending: str, said: str) -> None:
    text = HEAD + PARTS.format(middle=middle, ending=ending) + "a 16x24 mine(4)\n"
    assert attentions(graph_of(text)) == ([said] if said else [])


def test_scores_that_are_used_elsewhere_are_drawn_in_parts() -> None:
    text = HEAD + PARTS.format(middle="", ending="join heads; dense 16 each position") + "    append s2\n"
    text = text.replace("from s; matmul v", "s2: from s; join heads\n    from s; matmul v") + "a mine(1)\n"
    assert attentions(graph_of(text)) == []
