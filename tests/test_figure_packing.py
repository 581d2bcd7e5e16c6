"""Blocks beside and below a trunk: nothing overlaps, the page is used; captions that are folded and never cut."""

import random
import re
from itertools import combinations
from pathlib import Path

import pytest
from figure_geometry import drawing, faults

import archdsl
from archdsl.figure import draw as drawing_of
from archdsl.figure.draw import render
from archdsl.figure.levels import modelled
from archdsl.figure.metrics import folded
from archdsl.figure.packing import GAP, Packing, packed
from archdsl.figure.parts import Figure, Group, Paper
from archdsl.figure.sheet import Sheet, TypeTooSmallError

SPECS = Path(__file__).parent.parent / "specs"
INCHES = 72.0
Rectangle = tuple[float, float, float, float]


def network(path: str) -> archdsl.Network:
    file, _, variant = path.partition("#")
    return archdsl.load(str(SPECS / file), variant=variant or None).network()


def rectangles(
    found: Packing, columns: list[tuple[float, float]], blocks: list[tuple[float, float]]
) -> list[Rectangle]:
    places = zip((*found.columns, *found.blocks), (*columns, *blocks), strict=True)
    return [(x, y, x + width, y + height) for (x, y), (width, height) in places]


@pytest.mark.parametrize("seed", range(40))
def test_boxes_keep_their_distance_and_stay_in_the_size(seed: int) -> None:
    chance = random.Random(seed)

    def boxes(most: int) -> list[tuple[float, float]]:
        return [(chance.randint(40, 400), chance.randint(40, 500)) for _ in range(chance.randint(1, most))]

    columns, blocks = boxes(3), boxes(12)
    found = packed(columns, blocks, chance.randint(100, 1500))
    drawn = rectangles(found, columns, blocks)
    for one, other in combinations(drawn, 2):
        apart = max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
        assert apart >= GAP - 1e-6
    assert (max(box[2] for box in drawn), max(box[3] for box in drawn)) == found.size


def test_blocks_stand_beside_and_below_the_trunk() -> None:
    found = packed([(100, 200)], [(300, 400), (90, 100)], 450)
    assert found.blocks == ((100 + GAP, 0), (0, 200 + GAP))
    narrow = packed([(100, 200)], [(300, 400), (90, 100)], 300)
    assert narrow.blocks[0] == (0, 200 + GAP)
    assert narrow.size[0] == 300


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        ([], []),
        (["3×3 conv, 64", "BN"], ["3×3 conv, 64 · BN"]),
        (["3×3 conv, 640", "BN"], ["3×3 conv, 640", "BN"]),
        (["a fact that is longer than a line", "BN"], ["a fact that is longer than a line", "BN"]),
    ],
)
def test_facts_are_folded_and_never_cut(facts: list[str], lines: list[str]) -> None:
    assert folded(facts, 17) == lines


def test_the_layers_of_a_card_fill_lines_and_equal_ones_are_counted() -> None:
    model = modelled(network("papers/senet.arch#SE-ResNet-50").graph, "", "stage")
    assert isinstance(model, Figure)
    cards = [step for step in model.steps if isinstance(step, Group)]
    assert cards[3].title == "block"
    assert cards[3].lines == (
        "1×1 conv, 128 · 3×3 conv, 128 /2 · 1×1 conv, 512",
        "ReLU · squeeze and excitation · residual",
    )
    model = modelled(network("papers/xception.arch").graph, "", "stage")
    assert isinstance(model, Figure)
    said = [line for step in model.steps if isinstance(step, Group) for line in step.lines]
    assert not [line for line in said if "…" in line]


def test_a_glyph_says_its_layers_in_lines() -> None:
    model = modelled(network("papers/efficientnet.arch#B0").graph, "", "paper")
    assert isinstance(model, Paper)
    assert model.glyphs[-1].told == "1×1 conv, 1280 · global avg pool\ndense, 1000"
    found = drawing(drawing_of._laid_out(model, Sheet()))
    assert faults(found) == []
    assert "dense, 1000" in {text.text for text in found.texts}


@pytest.mark.parametrize(
    "name", ["keras/efficientnet-v2.arch#EfficientNetV2L", "papers/swin.arch#Swin-T", "papers/bert.arch"]
)
def test_blocks_can_be_read_at_seven_inches(name: str) -> None:
    svg = render(network(name), "svg", "light", "block", Sheet(width=7 * INCHES)).decode()
    found = drawing(svg)
    assert found.smallest >= 6.94
    assert (found.canvas.right - found.canvas.left) * found.scale <= 7 * INCHES + 1
    assert faults(found) == []


def test_a_figure_that_is_too_large_says_the_width_and_the_level_that_work() -> None:
    large, sheet = network("keras/inception-resnet-v2.arch"), Sheet(width=7 * INCHES)
    with pytest.raises(TypeTooSmallError) as told:
        render(large, "svg", "light", "block", sheet)
    said = re.search(r"7 pt need --width ([\d.]+)in, --level (\w+), or a smaller --min-font", str(told.value))
    assert said
    for level, width in (("block", float(said[1]) * INCHES), (said[2], sheet.width)):
        assert drawing(render(large, "svg", "light", level, Sheet(width=width)).decode()).smallest >= 6.94


def test_auto_draws_blocks_once_where_only_that_fits_a_page() -> None:
    model = modelled(network("papers/swin.arch#Swin-T").graph, "", "auto")
    assert isinstance(model, Figure) and [group.title for group in model.insets] == ["A", "B", "D", "E"]


@pytest.mark.parametrize(
    "name", ["papers/transformer.arch", "keras/nasnet.arch#NASNetMobile", "papers/siamese-omniglot.arch"]
)
def test_edges_past_glyphs_cross_no_text_and_insets_keep_their_frames(name: str) -> None:
    model = modelled(network(name).graph, "", "paper")
    assert isinstance(model, Paper) and model.far
    found = drawing(drawing_of._laid_out(model, Sheet()))
    assert faults(found) == []
    blue = [text for text in found.texts if text.text in {model.glyphs[low].shape for low, _ in model.far}]
    assert len(blue) > len(model.far)


def test_insets_stand_in_the_order_of_their_letters() -> None:
    model = modelled(network("papers/resnet.arch#50-layer").graph, "", "paper")
    found = drawing(drawing_of._laid_out(model, Sheet()))
    letters = [text for text in found.texts if text.text in ("A", "B", "D") and text.size == 14]
    assert [text.text for text in sorted(letters, key=lambda text: (text.top, text.left))] == ["A", "B", "D"]
