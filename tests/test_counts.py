"""Published and derived counts, exactly; counted without a framework and agreed to by the specs that ship."""

from pathlib import Path
from typing import Any

import pytest

import archdsl

ROOT = Path(__file__).parent.parent
COURSE = ROOT.parent / "shared/reference/course-readme.md"

# spec, options, trainable, total
EXACT: list[tuple[str, dict[str, Any], int, int | None]] = [
    ("table1", {}, 11_173_962, 11_183_562),
    ("table2", {}, 9_910_474, 9_922_250),
    ("table1", {"style": "preact"}, 11_176_266, 11_184_074),
    ("table1-preact", {}, 11_176_266, 11_184_074),
    ("table2", {"style": "preact"}, 9_908_938, 9_919_178),
    ("table2-preact", {}, 9_908_938, 9_919_178),
    ("resnet-cifar", {"define": {"n": 3}}, 269_722, 271_098),
    ("resnet-cifar", {"define": {"n": 5}}, 464_154, 466_426),
    ("resnet-cifar", {"define": {"n": 7}}, 658_586, 661_754),
    ("resnet-cifar", {"define": {"n": 9}}, 853_018, 857_082),
    ("resnet-cifar", {"define": {"n": 18}}, 1_727_962, 1_736_058),
    ("resnet-cifar", {"define": {"n": 200}}, 19_421_274, 19_510_906),
    ("wide-resnet", {}, 36_479_194, 36_497_146),
    ("wide-resnet", {"define": {"k": 12}}, 52_517_850, 52_539_386),
]


@pytest.mark.parametrize(("spec", "options", "trainable", "total"), EXACT)
def test_exact(spec: str, options: dict[str, Any], trainable: int, total: int | None) -> None:
    network = archdsl.load(str(ROOT / f"specs/{spec}.arch"), **options).network()
    assert network.params == (trainable, total)


def test_shortcut_b_of_the_smallest(tmp_path: Path) -> None:
    text = (ROOT / "specs/resnet-cifar.arch").read_text(encoding="utf-8").replace("zero-pad", "project")
    (tmp_path / "b.arch").write_text(text, encoding="utf-8")
    assert archdsl.load(str(tmp_path / "b.arch")).network().params == (272_474, 274_042)


def test_stride_in_the_first_convolution_saves_multiply_adds() -> None:
    text = str(ROOT / "specs/table2.arch")
    first, spatial = (archdsl.load(text, style=style).network() for style in ("resnet-v1", "resnet"))
    assert first.params == spatial.params
    assert first.macs < spatial.macs


def test_the_course_s_document_gives_the_same_networks() -> None:
    if not COURSE.is_file():
        pytest.skip("the course's document is not beside the project")
    spec = archdsl.load(str(COURSE), input="32x32x3")
    assert [network.name for network in spec.networks] == ["table-1", "table-2"]
    for network, name in zip(spec.networks, ("table1", "table2"), strict=True):
        ours = archdsl.load(str(ROOT / f"specs/{name}.arch")).network()
        assert [node[:8] for node in network.graph.nodes] == [node[:8] for node in ours.graph.nodes]


def test_the_course_places_the_strides_of_table_2() -> None:
    network = archdsl.load(str(ROOT / "specs/table2-preact.arch")).network()
    strided = [
        node.name
        for node in network.graph.nodes
        if node.op == "conv" and max(node.params["stride"]) > 1 and node.branch == "main"
    ]
    assert strided == ["conv2_x/block1/conv3", "conv3_x/block1/conv2", "conv5_x/block1/conv1"]


def test_counts_agree_with_keras() -> None:
    network = archdsl.load(str(ROOT / "specs/table2.arch")).network()
    model = archdsl.build(str(ROOT / "specs/table2.arch"))
    assert model.count_params() == network.params.total
    assert sum(int(w.numpy().size) for w in model.trainable_weights) == network.params.trainable
