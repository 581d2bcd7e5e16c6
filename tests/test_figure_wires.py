"""The figure of a comparison: each line is an edge of one of the networks, and each edge of them has its line."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

import archdsl
from archdsl.figure import compare as drawing
from archdsl.figure.compare import CompareFigure, compare_figure
from archdsl.figure.compare_dot import compare_dot

PAPERS = Path(__file__).parent.parent / "specs" / "papers"
PAIRS = (
    ("u-net", "u-net-padded"),
    ("u-net-padded", "u-net"),
    ("resnet#50-layer", "preact-resnet-50"),
    ("googlenet", "inception-v3"),
    ("mobilenet-v1", "mobilenet-v2"),
    ("siamese-omniglot", "dssm"),
    ("alexnet", "lenet-5"),
    ("wavenet", "crnn"),
    ("u-net-padded", "u-net-padded"),
)
Edges = Counter[tuple[str, str]]


def network(name: str) -> archdsl.Network:
    file, _, table = name.partition("#")
    spec = archdsl.load(str(PAPERS / f"{file}.arch"))
    return spec[table] if table else next(iter(spec.values()))


def expected(comparison: archdsl.Comparison, row: int, model: CompareFigure) -> set[tuple[str, str]]:
    """Find the edges between rows of a network's table, by the tooltips of their boxes."""
    network = (comparison.a, comparison.b)[row]
    sides = [pair.b if row else pair.a for pair in comparison.stages]
    told = [(name, at) for at, side in enumerate(sides, 1) if side for name in side.name.split(" + ")]
    assert [name for name, _ in told] == [stage.name for stage in network.stages]
    column = [*(at for _, at in told), 0]  # the input's stage is -1
    found = network.graph
    edges = set()
    for node in found.nodes:
        for source in node.inputs:
            tail, head = column[found.nodes[source].stage], column[node.stage]
            if tail != head:
                edges.add((model.columns[tail][row].tooltip, model.columns[head][row].tooltip))
    return edges


def drawn(model: CompareFigure) -> tuple[Edges, Edges]:
    """Read the lines of a DOT text: each from box to box, those that go on elsewhere put together."""
    tips: dict[str, str] = {}
    found: tuple[Edges, Edges] = (Counter(), Counter())
    begun: dict[tuple[int, str], str] = {}
    segment = -1
    headings = {name for name, _ in model.rows}
    for line in compare_dot(model).split("\n"):
        if node := re.match(r'  (n\d+) \[pos=.* tooltip="([^"]*)"', line):
            tips[node[1]] = node[2]
            segment += 'point-size="15"' in line and node[2] in headings
        elif edge := re.match(r"  (n\d+) -> (n\d+) ", line):
            tail, head, row = tips[edge[1]], tips[edge[2]], segment % 2
            if head.startswith("goes on"):
                assert (row, head) not in begun
                begun[row, head] = tail
            else:
                tail = begun.pop((row, tail)) if tail.startswith("goes on") else tail
                found[row][tail, head] += 1
    assert not begun
    return found


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_lines_are_the_edges_of_the_networks(a: str, b: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MANY", 10_000)
    comparison = archdsl.diff(network(a), network(b))
    model = compare_figure(comparison)
    for row, edges in enumerate(drawn(model)):
        assert edges == Counter(expected(comparison, row, model))


def test_what_is_shortened_keeps_its_edges() -> None:
    model = compare_figure(archdsl.diff(network("resnet#152-layer"), network("resnet#152-layer")))
    assert not any(box.missing for column in model.columns for box in column)
    for found, wires in zip(drawn(model), model.wires, strict=True):
        assert sum(found.values()) == len(wires) >= len(model.columns) - 1


def test_nothing_is_covered() -> None:
    dot = compare_dot(compare_figure(archdsl.diff(network("u-net"), network("u-net-padded"))))
    places = re.findall(
        r'^  (n\d+) \[pos="([-\d.]+),([-\d.]+)" width=([\d.]+) height=([\d.]+)', dot, re.MULTILINE
    )
    boxes = [(name, *map(float, numbers)) for name, *numbers in places]
    for (one, *a), (other, *b) in combinations(boxes, 2):
        apart = [abs(a[axis] - b[axis]) * 2 > (a[axis + 2] + b[axis + 2]) * 72 - 1 for axis in (0, 1)]
        assert any(apart), (one, other)
