"""`archdsl facts`: counts, memory and receptive fields, against published and hand-made numbers."""

import json
from math import prod
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.cli.main import main
from archdsl.graph.activations import peak, stage_values
from archdsl.graph.receptive import fields

ROOT = Path(__file__).parent.parent


def field(text: str) -> Any:
    """Return the receptive field and the step of a network's last row along its first axis."""
    graph = archdsl.load(text).network().graph
    found = fields(graph)[graph.stages[-1].stop - 1]
    return found and (found.size[0], found.step[0])


# Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks", Distill 2019.
@pytest.mark.parametrize(
    ("spec", "row", "size", "step"),
    [
        ("papers/vgg#D", -5, 212, 32),
        ("papers/resnet#50-layer", -2, 483, 32),
        ("papers/resnet#101-layer", -2, 1027, 32),
    ],
)
def test_published_receptive_fields(spec: str, row: int, size: int, step: int) -> None:
    network = archdsl.load(spec).network()
    stage = network.graph.stages[row]
    found = fields(network.graph)[stage.stop - 1]
    assert found is not None
    assert {*found.size} == {size}
    assert {*found.step} == {step}


HEAD = "input 64x64x3\nstyle plain\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("a 3x3, 4\n", (3, 1)),
        ("a 3x3, 4\nb 3x3, 4\n", (5, 1)),
        ("a 3x3, 4, stride 2\nb 3x3, 4\n", (7, 2)),
        ("a 3x3, 4, dilation 2\n", (5, 1)),
        ("a 2x2 max pool\nb 2x2 max pool\n", (4, 4)),
        ("a 2x2 max pool\nb upsample 2\n", (2, 1)),
        ("a 4x4 transposed conv, 4, stride 2\n", (2, 0.5)),
        ("a depthwise 5x5\nb 1x1, 8\n", (5, 1)),
        ("a 3x3, 4\nb batch norm, relu, dropout 0.5\n", (3, 1)),
        ("a 3x3, 4\nb global average pool\n", None),
        ("a 3x3, 4\nb 10-d fc\n", None),
    ],
)
def test_windows(rows: str, expected: Any) -> None:
    assert field(HEAD + rows) == expected


def test_a_sum_sees_what_its_widest_branch_sees() -> None:
    assert field("input 32x32x16\nstyle resnet\na [3x3, 16; 3x3, 16] x2\n") == (9, 1)


def test_gates_are_left_out() -> None:
    network = archdsl.load("papers/mobilenet-v3-small").network()
    found = fields(network.graph)
    maps = [
        stage
        for stage, row in zip(network.graph.stages, network.stages, strict=True)
        if row.computed[0] > 1 and len(row.computed) == 3
    ]
    assert any(node.branch == "gate" for node in network.graph.nodes)
    assert all(found[stage.stop - 1] is not None for stage in maps)


def test_attention_sees_everything_and_a_layer_at_each_place_only_its_own() -> None:
    network = archdsl.load("papers/vit#B/16").network()
    found = [fields(network.graph)[stage.stop - 1] for stage in network.graph.stages]
    assert found[0] is not None
    assert {*found[0].size} == {16}
    assert found[2] is None
    assert field(f"{HEAD}a 3x3, 4\nb each position dense 8\n") == (3, 1)


def test_another_shape_of_the_same_values_takes_no_memory() -> None:
    rows = "a 8x8 3x3, 4\nb flatten\nc dropout 0.5\n"
    network = archdsl.load(f"input 8x8x3\nstyle plain\nnorm none\nactivation none\n{rows}").network()
    assert [stage_values(network.graph, index) for index in range(3)] == [8 * 8 * 4, 0, 0]
    assert peak(network.graph) == 8 * 8 * 4 + 8 * 8 * 3


def test_activations_are_the_values_that_layers_give() -> None:
    network = archdsl.load(
        "input 8x8x3\nstyle plain\nnorm none\nactivation none\na 8x8 3x3, 4\nb 4x4 2x2 max pool\nc flatten\nd 10-d fc\n"
    ).network()
    values = [stage_values(network.graph, index) for index in range(4)]
    assert values == [8 * 8 * 4, 4 * 4 * 4, 0, 10]
    assert peak(network.graph) == 8 * 8 * 4 + 8 * 8 * 3


def test_a_skip_is_held_until_it_is_joined() -> None:
    text = "input 8x8x4\nstyle plain\nnorm none\nactivation none\na 8x8 3x3, 4\nb 8x8 3x3, 4\nc 8x8 3x3, 4\nd 8x8 concat a\n"
    network = archdsl.load(text).network()
    assert peak(network.graph) == prod((8, 8, 4)) * 4  # a, c, and what joins them


def test_the_sheet_agrees_with_check(capsys: Any) -> None:
    assert main(["facts", "table2", "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    network = archdsl.load("table2").network()
    assert facts["params"] == network.params._asdict()
    assert sum(row["macs"] for row in facts["rows"]) == network.macs
    assert sum(row["activation_bytes"] for row in facts["rows"]) == facts["activation_bytes"]
    assert facts["weight_bytes"] == 4 * network.params.total
    assert facts["rows"][-1]["receptive_field"] is None


@pytest.mark.parametrize(
    ("form", "mark"),
    [
        ("text", "Conv2-x  16x16x128"),
        ("markdown", "| Conv2-x | 16x16x128 |"),
        ("latex", r"Conv2-x & 16x16x128"),
    ],
)
def test_forms(form: str, mark: str, capsys: Any) -> None:
    assert main(["facts", "table2", "--format", form]) == 0
    out = capsys.readouterr().out
    assert mark in out
    assert "210,176" in out
    assert "17x17" in out


def test_a_broken_spec_is_told(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.arch").write_text(f"{HEAD}a 9x9 3x3, 4\n", encoding="utf-8")
    assert main(["facts", "a.arch"]) == 1
    assert "E030" in capsys.readouterr().err
