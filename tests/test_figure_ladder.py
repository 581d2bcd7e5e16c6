"""Encoder-decoders as a U: which networks are drawn so, that every edge is drawn, and that nothing is covered."""

import re
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from figure_geometry import drawing, faults
from figure_graphs import graph
from figure_random_u import RandomU
from test_figure_truth import edges_of

from archdsl.figure.dot import figure_dot, write
from archdsl.figure.draw import render
from archdsl.figure.engine import run_graphviz
from archdsl.figure.ladder.skips import encodes_and_decodes
from archdsl.figure.model import figure
from archdsl.figure.paper import paper
from archdsl.figure.paper_dot import write_paper
from archdsl.figure.parts import Group, Split
from archdsl.figure.sheet import Sheet
from archdsl.graph.graph import Graph

PAPERS = Path(__file__).parent.parent / "specs" / "papers"
FPN = """\
input    224x224x3
style    resnet
outputs  out5, out4, out3, out2
stem   112x112x64  7x7, 64, /2
c2     56x56x256   3x3 max pool, /2; [1x1, 64; 3x3, 64; 1x1, 256] x3
c3     28x28x512   [1x1, 128; 3x3, 128; 1x1, 512] x4
c4     14x14x1024  [1x1, 256; 3x3, 256; 1x1, 1024] x6
c5     7x7x2048    [1x1, 512; 3x3, 512; 1x1, 2048] x3
p5     7x7x256     1x1, 256
lat4   14x14x256   from c4; 1x1, 256
p4     14x14x256   from p5; upsample, stride 2; add lat4
lat3   28x28x256   from c3; 1x1, 256
p3     28x28x256   from p4; upsample, stride 2; add lat3
lat2   56x56x256   from c2; 1x1, 256
p2     56x56x256   from p3; upsample, stride 2; add lat2
out5   7x7x256     from p5; 3x3, 256
out4   14x14x256   from p4; 3x3, 256
out3   28x28x256   from p3; 3x3, 256
out2   56x56x256   from p2; 3x3, 256
"""
NESTED = """\
input    96x96x3
style    u-net
x00  96x96x32   3x3, 32; 3x3, 32
x10  48x48x64   2x2 max pool; 3x3, 64; 3x3, 64
x01  96x96x32   2x2 up-conv, 32, /2, linear; concat x00; 3x3, 32; 3x3, 32
x20  24x24x128  from x10; 2x2 max pool; 3x3, 128; 3x3, 128
x11  48x48x64   2x2 up-conv, 64, /2, linear; concat x10; 3x3, 64; 3x3, 64
x02  96x96x32   2x2 up-conv, 32, /2, linear; concat x00, x01; 3x3, 32; 3x3, 32
x30  12x12x256  from x20; 2x2 max pool; 3x3, 256; 3x3, 256
x21  24x24x128  2x2 up-conv, 128, /2, linear; concat x20; 3x3, 128; 3x3, 128
x12  48x48x64   2x2 up-conv, 64, /2, linear; concat x10, x11; 3x3, 64; 3x3, 64
x03  96x96x32   2x2 up-conv, 32, /2, linear; concat x00, x01, x02; 3x3, 32; 3x3, 32
head 96x96x1    1x1, 1
"""
RESIDUAL = """\
input    128x128x3
style    resnet
stem   128x128x32  3x3, 32
enc1   128x128x32  [3x3, 32; 3x3, 32] x2
enc2   64x64x64    [3x3, 64; 3x3, 64] x2
enc3   32x32x128   [3x3, 128; 3x3, 128] x2
mid    16x16x256   [3x3, 256; 3x3, 256] x2
dec3   32x32x128   2x2 up-conv, 128, /2; concat enc3; [3x3, 128; 3x3, 128] x1
dec2   64x64x64    2x2 up-conv, 64, /2; concat enc2; [3x3, 64; 3x3, 64] x1
dec1   128x128x32  2x2 up-conv, 32, /2; concat enc1; [3x3, 32; 3x3, 32] x1
head   128x128x2   1x1, 2
"""
TWICE = """\
input    64x64x3
style    u-net
a1  64x64x16   3x3, 16
a2  32x32x32   2x2 max pool; 3x3, 32
a3  16x16x64   2x2 max pool; 3x3, 64
b2  32x32x32   2x2 up-conv, 32, /2; concat a2; 3x3, 32
b1  64x64x16   2x2 up-conv, 16, /2; concat a1; 3x3, 16
c2  32x32x32   2x2 max pool; 3x3, 32
c3  16x16x64   2x2 max pool; 3x3, 64
d2  32x32x32   2x2 up-conv, 32, /2; concat c2; 3x3, 32
d1  64x64x16   2x2 up-conv, 16, /2; concat b1; 3x3, 16
out 64x64x2    1x1, 2
"""
SERIES = """\
input    1024x2
style    u-net
e1  1024x24   conv kernel=15, 24
e2  512x48    max pool, kernel=2, stride 2; conv kernel=15, 48
e3  256x72    max pool, kernel=2, stride 2; conv kernel=15, 72
m   128x96    max pool, kernel=2, stride 2; conv kernel=15, 96
d3  256x72    upsample, stride 2; concat e3; conv kernel=5, 72
d2  512x48    upsample, stride 2; concat e2; conv kernel=5, 48
d1  1024x24   upsample, stride 2; concat e1; conv kernel=5, 24
out 1024x2    concat input; conv kernel=1, 2, tanh
"""
TEXTS = {
    "u-net": (PAPERS / "u-net.arch").read_text(encoding="utf-8"),
    "u-net-padded": (PAPERS / "u-net-padded.arch").read_text(encoding="utf-8"),
    "pyramid": FPN,
    "nested": NESTED,
    "residual": RESIDUAL,
    "twice": TWICE,
    "series": SERIES,
}
OTHERS = ("resnet", "densenet", "dcgan", "googlenet", "squeezenet", "transformer", "pvt")


class Box(NamedTuple):
    name: str
    left: float
    top: float
    right: float
    bottom: float
    attributes: str


class Line(NamedTuple):
    tail: str
    head: str
    points: list[tuple[float, float]]
    attributes: str


def network(name: str) -> Graph:
    return graph(TEXTS[name], path=f"{name}.arch")


def boxes(dot: str) -> dict[str, Box]:
    found = {}
    pattern = r'^  (n\d+) \[pos="([-\d.]+),([-\d.]+)" width=([\d.]+) height=([\d.]+) (.*)\]$'
    for name, *numbers, said in re.findall(pattern, dot, re.MULTILINE):
        x, y, width, height = map(float, numbers)
        wide, high = width * 36, height * 36
        found[name] = Box(name, x - wide, -y - high, x + wide, -y + high, said)
    return found


def lines(dot: str) -> list[Line]:
    found = []
    for tail, head, pos, said in re.findall(r'^  (n\d+) -> (n\d+) \[pos="([^"]*)"(.*)\]$', dot, re.MULTILINE):
        numbers = [tuple(map(float, point.split(","))) for point in pos.split() if not point.startswith("e")]
        ends = re.findall(r"e,([-\d.]+),([-\d.]+)", pos)
        points = [(x, -y) for x, y in numbers] + [(float(x), -float(y)) for x, y in ends]
        found.append(Line(tail, head, points, said))
    return found


@pytest.mark.parametrize("level", ["block", "stage", "layer"])
@pytest.mark.parametrize("name", TEXTS)
def test_encoder_decoders_are_drawn_as_a_u(name: str, level: str) -> None:
    model = figure(network(name), level=level)
    assert model.cells
    drawn = sorted(at for cell in model.cells if cell.side < 0 for at in cell.steps)
    left = set(range(len(model.steps))) - set(drawn)
    assert len(drawn) == len(set(drawn)) and all(isinstance(model.steps[at], Split) for at in left)
    assert len({(cell.level, cell.column) for cell in model.cells}) == len(model.cells)
    deepest = max(cell.level for cell in model.cells)
    assert any(cell.rises for cell in model.cells) and deepest >= 2


@pytest.mark.parametrize("name", OTHERS)
def test_other_networks_are_not(name: str) -> None:
    found = graph((PAPERS / f"{name}.arch").read_text(encoding="utf-8"))
    assert not encodes_and_decodes(found) and not figure(found).cells


def test_one_skip_is_no_u() -> None:
    text = TWICE.partition("c2")[0].replace("; concat a1", "") + "out 64x64x2 1x1, 2\n"
    assert not figure(graph(text)).cells
    assert figure(graph(text.replace("16, /2;", "16, /2; concat a1;"))).cells


@pytest.mark.parametrize("name", TEXTS)
def test_every_edge_is_drawn_and_none_is_made_up(name: str) -> None:
    """Each layer is in one node; ways through dots, pills and words are edges of the graph."""
    found = network(name)
    dot = write(figure(found, level="layer"), tagged=True)
    # What the input leads to is drawn from a capsule, which has no name.
    expected = {edge: count for edge, count in edges_of(found).items() if edge[0] not in found.inputs}
    assert drawn_edges(dot) == Counter(expected)


def drawn_edges(dot: str) -> Counter[tuple[int, int]]:
    """Read the edges between layers from a DOT text whose nodes have the names of their layers."""
    layers = {
        one.name: [int(i) for i in re.findall(r"node-(\d+)", one.attributes)] for one in boxes(dot).values()
    }
    after: dict[str, list[str]] = {}
    for line in lines(dot):
        after.setdefault(line.tail, []).append(line.head)

    def reached(node: str) -> list[int]:
        return [
            i for head in after.get(node, ()) for i in ([layers[head][0]] if layers[head] else reached(head))
        ]

    drawn: Counter[tuple[int, int]] = Counter()
    for node, ids in layers.items():
        drawn.update(pairwise(ids))
        drawn.update((ids[-1], i) for i in reached(node) if ids)
    return drawn


@pytest.mark.parametrize("seed", range(16))
def test_random_encoder_decoders(seed: int) -> None:
    found = RandomU(seed).graph()
    model = figure(found, level="layer")
    if not model.cells:
        pytest.skip("too few skips for a U")
    expected = {edge: count for edge, count in edges_of(found).items() if edge[0] not in found.inputs}
    assert drawn_edges(write(model, tagged=True)) == Counter(expected)
    for dot in (figure_dot(found), figure_dot(found, level="stage"), write_paper(paper(found))):
        assert faults(drawing(run_graphviz(dot, "svg").decode())) == []


@pytest.mark.parametrize("level", ["block", "stage", "paper"])
@pytest.mark.parametrize("name", TEXTS)
def test_nothing_covers_anything(name: str, level: str) -> None:
    dot = write_paper(paper(network(name))) if level == "paper" else figure_dot(network(name), level=level)
    every = boxes(dot)
    assert len(every) == len(re.findall(r"^  n\d+ \[pos", dot, re.MULTILINE))
    filled = {name for name, box in every.items() if "fillcolor" in box.attributes}
    for one, other in combinations(every.values(), 2):
        framed = any(_within(*pair) and pair[1].name in filled for pair in ((one, other), (other, one)))
        assert _apart(one, other) or framed, (one, other)
    for line in lines(dot):
        for box in every.values():
            frame = box.name in filled and "label=" not in box.attributes
            if not frame and box.name not in (line.tail, line.head):
                assert not any(_crosses(a, b, box) for a, b in pairwise(line.points)), (line, box)


def _apart(one: Box, other: Box) -> bool:
    beside = one.right <= other.left + 0.5 or other.right <= one.left + 0.5
    return beside or one.bottom <= other.top + 0.5 or other.bottom <= one.top + 0.5


def _within(one: Box, other: Box) -> bool:
    across = other.left <= one.left and one.right <= other.right
    return across and other.top <= one.top and one.bottom <= other.bottom


def _crosses(a: tuple[float, float], b: tuple[float, float], box: Box) -> bool:
    """Return whether a stretch of a line runs over the inside of a node."""
    beside = max(a[0], b[0]) <= box.left + 1 or min(a[0], b[0]) >= box.right - 1
    above = max(a[1], b[1]) <= box.top + 1 or min(a[1], b[1]) >= box.bottom - 1
    return not (beside or above)


@pytest.mark.parametrize("name", ["u-net", "u-net-padded", "residual", "pyramid"])
def test_skips_lead_straight_across(name: str) -> None:
    model = figure(network(name))
    skips = [line for line in lines(figure_dot(network(name))) if "penwidth=1.4" in line.attributes]
    straight = [
        line for line in skips if max(y for _, y in line.points) - min(y for _, y in line.points) < 0.5
    ]
    levels = {cell.level for cell in model.cells if cell.rises}
    assert len(straight) >= len(levels)
    if name.startswith("u-net"):
        assert len(straight) == len(skips)


@pytest.mark.parametrize("name", TEXTS)
def test_the_figure_of_a_paper_is_a_u_too(name: str) -> None:
    model = paper(network(name))
    assert sorted(at for cell in model.cells for at in cell.steps) == list(range(len(model.glyphs)))
    found = lines(write_paper(model._replace(insets=(), sides=())))
    follow = sum(at not in model.loose for at in range(1, len(model.glyphs)))
    assert len(found) == follow + len(model.far)


def test_blocks_keep_their_cards_and_rows_their_repeats() -> None:
    cards = [step for step in figure(network("residual")).steps if isinstance(step, Group)]
    assert [(card.title, card.repeats) for card in cards][:2] == [("enc1", 2), ("enc2", 2)]
    assert sum(bool(card.meters) for card in cards) == len(cards) == 7


@pytest.mark.parametrize(
    ("name", "level"), [("u-net", "auto"), ("u-net-padded", "block"), ("u-net-padded", "paper")]
)
def test_type_can_be_read_across_a_page(name: str, level: str) -> None:
    svg = render(network(name), "svg", "light", level, Sheet(width=7 * 72)).decode()
    match = re.search(r'transform="scale\(([\d.]+)', svg)
    assert match
    sizes = re.findall(r'<text [^>]*font-size="([\d.]+)"', svg)
    assert min(float(match[1]) * float(size) for size in sizes) >= 6.95
