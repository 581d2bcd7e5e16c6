"""Transitions of sizes as papers print them: the padding that is solved, the first that gives the printed size."""

import pytest

from archdsl.pipeline import compile_source
from archdsl.source import Source

# What the layer is, the size before it and the one printed behind it, and the padding that is found; none for `same`.
VALID = (
    ("11x11 conv, 8, stride 4", 227, 55),  # AlexNet
    ("3x3 max pool, stride 2", 55, 27),
    ("3x3 max pool, stride 2", 27, 13),
    ("3x3 max pool, stride 2", 13, 6),
    ("3x3 max pool, stride 2", 111, 55),  # SqueezeNet
    ("5x5 conv, 8, stride 2", 55, 26),  # ZFNet
    ("3x3 conv, 8, stride 2", 299, 149),  # Inception-v3
    ("3x3 conv, 8", 149, 147),
    ("3x3 max pool, stride 2", 147, 73),
    ("3x3 conv, 8", 73, 71),
    ("3x3 max pool, stride 2", 71, 35),
    ("3x3 max pool, stride 2", 35, 17),
    ("3x3 max pool, stride 2", 17, 8),
    ("8x8 conv, 8, stride 4", 84, 20),  # DQN
    ("4x4 conv, 8, stride 2", 20, 9),
    ("3x3 conv, 8", 9, 7),
    ("5x5 conv, 8", 32, 28),  # LeNet-5
    ("5x5 conv, 8", 14, 10),
    ("5x5 conv, 8", 5, 1),
    ("3x3 conv, 8", 572, 570),  # U-Net
    ("3x3 conv, 8", 30, 28),
    ("3x3 conv, 8", 8, 6),  # All-CNN
)
SAME = (
    ("7x7 conv, 8, stride 2", 224, 112),  # GoogLeNet, ResNet
    ("7x7 conv, 8, stride 2", 220, 110),  # FaceNet
    ("3x3 max pool, stride 2", 55, 28),
    ("3x3 conv, 8, stride 2", 300, 150),  # SSD
    ("3x3 conv, 8, stride 2", 75, 38),
    ("3x3 max pool, stride 2", 112, 56),
    ("3x3 max pool, stride 2", 56, 28),
    ("3x3 max pool, stride 2", 28, 14),
    ("3x3 max pool, stride 2", 14, 7),
    ("3x3 conv, 8, stride 2", 56, 28),
    ("2x2 max pool, stride 2", 7, 4),  # C3D
    ("2x2 max pool, stride 2", 224, 112),  # VGG
    ("2x2 max pool", 28, 14),
    ("4x4 conv, 8, stride 4", 224, 56),  # ConvNeXt
    ("16x16 conv, 8, stride 16", 224, 14),  # ViT
    ("2x2 conv, 8, stride 2", 56, 28),
)
CEIL = (
    ("11x11 conv, 8, stride 4", 224, 55),  # AlexNet as most copies print it
    ("7x7 conv, 8, stride 2", 224, 110),  # ZFNet
)


def padding(layer: str, before: int, behind: int, axes: int = 2) -> str:
    size = "x".join([str(behind)] * axes)
    text = f"input {'x'.join([str(before)] * axes)}x3\nstyle plain\na  {size}  {layer}\n"
    compilation = compile_source(Source("net.arch", text))
    assert not compilation.failed, [one.message for one in compilation.diagnostics]
    graph = compilation.compiled[0].graph
    assert graph is not None
    assert graph.stages[0].declared == (behind,) * axes
    found = [
        fact.fact.removeprefix("padding ")
        for fact in graph.stages[0].inferred
        if fact.fact.startswith("padding ")
    ]
    return found[0] if found else "same"


@pytest.mark.parametrize(("layer", "before", "behind"), VALID)
def test_valid(layer: str, before: int, behind: int) -> None:
    assert padding(layer, before, behind) == "valid"


@pytest.mark.parametrize(("layer", "before", "behind"), SAME)
def test_same(layer: str, before: int, behind: int) -> None:
    assert padding(layer, before, behind) == "same"


@pytest.mark.parametrize(("layer", "before", "behind"), CEIL)
def test_ceil(layer: str, before: int, behind: int) -> None:
    assert padding(layer, before, behind) == "ceil"


def test_one_axis() -> None:
    assert padding("80/4, 8", 32000, 8000, axes=1) == "same"  # M5


def test_nothing_gives_it() -> None:
    found = compile_source(
        Source("net.arch", "input 224x224x3\nstyle plain\na 111x111 7x7 conv, 8, stride 2\n")
    ).diagnostics  # SqueezeNet
    assert [one.code for one in found] == ["E0301"]
    assert found[0].fixes[0].edits[0].text == "227x227x3"
