"""Decompiled specs as a person would have written them: under a style, with its brackets and its blocks."""

import json
from pathlib import Path

import pytest

import archdsl
from archdsl.foreign.decompile import decompiled, written
from archdsl.foreign.idiom.house import literal, styled
from archdsl.foreign.idiom.library import matches
from archdsl.foreign.idiom.piece import compiled, ops
from archdsl.foreign.idiom.repeats import repeated
from archdsl.foreign.idiom.ways import trials, use
from archdsl.foreign.order import ordered
from archdsl.foreign.padding import settled
from archdsl.graph.graph import Graph
from archdsl.ops import OPS
from archdsl.syntax import library

ROOT = Path(__file__).parent.parent
TABLES = {
    "table1": (
        "style resnet",
        "[3x3, 64; 3x3, 64] x2",
        "[3x3, 512; 3x3, 512] x2",
        "global average pool; fc 10; softmax",
    ),
    "keras/resnet": (
        "style resnet-v1",
        "strided-padding symmetric",
        "[1x1, 64; 3x3, 64; 1x1, 256] x3",
        "[1x1, 512; 3x3, 512; 1x1, 2048] x3",
    ),
    "papers/mobilenet-v2": ("style mobilenet-v2", "bottleneck(1, 16)", "[bottleneck(6, 24)] x2", "1x1, 1280"),
    "papers/efficientnet": (
        "style efficientnet",
        "[MBConv(6, 112, k=5)] x3",
        "[MBConv(6, 192, k=5)] x4; MBConv(6, 320)",
    ),
    "papers/vit": (
        "style transformer",
        "class-token; position embedding; [encoder-block(12, 3072)] x12; ln",
        "class-output; fc 1000",
    ),
    "papers/googlenet": (
        "style googlenet",
        "inception(64, 96, 128, 16, 32, 32); inception(128, 128, 192, 32, 96, 64)",
    ),
    "keras/resnet-v2": (
        "style preact",
        "projection-bias yes",
        "[1x1, 64; 3x3, 64; 1x1, 256, bias] shortcut zero-pad; [1x1, 128; 3x3, 128; 1x1, 512, bias] x3",
    ),
    "papers/densenet": ("style densenet", "[1x1, 128; 3x3, 32] x6; 1x1, 128", "[1x1, 128; 3x3, 32] x16"),
    "keras/inception-v3": ("inception-b(128); [inception-b(160)] x2; inception-b(192)", "[inception-c] x2"),
    "keras/efficientnet": ("drop-path 0.2", "3x3, 32, /2; MBConv(1, 16)", "[MBConv(6, 24)] x2", "1x1, 1280"),
    "keras/efficientnet-v2-b": ("drop-path 0.2", "3x3, 32, /2; Fused-MBConv(1, 16)", "[MBConv(4, 96)] x3"),
    "keras/mobilenet-v3-small": ("style mobilenet-v3", "bneck(3, 16, 16, se=1)", "fc 1024; dropout 0.2"),
    "keras/convnext": ("style convnext", "[convnext-block(384, 1536)] x9"),
}


def graph_of(text: str, tmp_path: Path) -> Graph:
    path = tmp_path / "net.arch"
    path.write_text(text)
    return archdsl.load(str(path)).network().graph


@pytest.mark.parametrize("name", TABLES)
def test_a_published_table_is_found_again(name: str) -> None:
    graph = archdsl.load(str(ROOT / f"specs/{name}.arch")).networks[0].graph
    text, _ = written(graph, name)
    assert [part for part in TABLES[name] if part not in text] == []
    assert "block " not in text  # every block is one of the library


def uses() -> list[tuple[str, str]]:
    """Return a use of each block of the library that stands alone and is more than a single layer."""
    found = []
    for style in library.names():
        under = "plain" if style.startswith("_") else style
        for block in {one.name: one for one in library.load(style).blocks.values()}.values():
            for arguments in trials(block):
                said = use(block, arguments)
                made = compiled(
                    (f"style {under}",),
                    (8, 16) if under == "transformer" else (8, 8, 16),
                    f"piece  -  {said}",
                )
                if made and sum(op not in ("batch_norm", "layer_norm", "activation") for op in ops(made)) > 1:
                    found.append((under, said))
                    break
    return found


@pytest.mark.parametrize(("style", "use"), uses(), ids=lambda value: value.partition("(")[0])
def test_every_block_of_the_library_is_recognised(style: str, use: str, tmp_path: Path) -> None:
    head = (
        "input 8x16\nstyle transformer\na - fc 16, each position; ln\n"
        if style == "transformer"
        else f"input 8x8x16\nstyle {style}\na - 3x3, 16\n"
    )
    graph = graph_of(f"{head}b - {use}\n", tmp_path)
    written(graph, "net")  # raises where the two differ
    graph = settled(ordered(graph))
    assert use.partition("(")[0] in [
        match.words.partition("(")[0] for match in matches(graph, styled(graph, style)).values()
    ]


def test_other_widths_are_not_taken_for_a_block(tmp_path: Path) -> None:
    unit = "block mine\n    1x1, 96\n    depthwise 3x3\n    1x1, 24, relu\n    add input\n"
    text, _ = written(
        graph_of(f"input 8x8x3\nstyle mobilenet-v2\n{unit}a 8x8 3x3, 24\nb 8x8 mine\n", tmp_path), "net"
    )
    assert "bottleneck" not in text
    assert "block residual-unit" in text


def test_a_network_of_no_style_is_written_out(tmp_path: Path) -> None:
    graph = graph_of(
        "input 8x8x3\nnorm none, activation none\na 8x8 3x3, 8, BN; 3x3, 8, tanh\nb 4x4 3x3, 8, relu; 2x2 max pool\n",
        tmp_path,
    )
    text, _ = written(graph, "net")
    assert "style as-printed" in text  # plain, with no activations but these
    assert "3x3, 8; bn" in text


def test_branches_are_lines(tmp_path: Path) -> None:
    unit = "block mine = concat\n    1x1, 4\n    1x1, 4; 5x5, 8\n    skip:\n"
    text, _ = written(graph_of(f"input 8x8x3\n{unit}a 8x8 3x3, 24\nb 8x8 mine\n", tmp_path), "net")
    assert "block inception-unit = concat\n    1x1, 4\n    1x1, 4; 5x5, 8\n    skip:\n" in text.replace(
        "dense-unit", "inception-unit"
    )


def test_a_house_says_only_what_its_style_does_not(tmp_path: Path) -> None:
    graph = graph_of("input 8x8x3\nstyle resnet, norm-epsilon 0.002\na 8x8 3x3, 8; 3x3, 8\n", tmp_path)
    assert styled(graph, "resnet").lines() == ["style resnet", "norm-epsilon 0.002"]
    assert literal(graph).lines()[0] == "style as-printed"
    assert styled(graph, "darknet").changed["activation"] == "relu"


def test_repeats_are_written_once() -> None:
    assert repeated(["a", "a", "b"]) == ["[a] x2", "b"]
    assert repeated(["[a; b]", "[a; b]"]) == ["[a; b] x2"]
    assert repeated(["a", "b", "a", "b", "c"]) == ["[a; b] x2", "c"]


def test_ops_of_the_tests_are_those_of_the_package() -> None:
    assert {"batch_norm", "layer_norm", "activation"} <= OPS.keys()


def test_a_dense_layer_on_a_map_and_a_group_for_each_channel_are_windows(tmp_path: Path) -> None:
    unit = "block mine\n    7x7, 24, groups=24; LN; fc 96, gelu, each position; fc 24, each position; layer scale, initial=0.000001; add input\n"
    graph = graph_of(f"input 8x8x3\nstyle convnext\n{unit}a 8x8 3x3, 24\nb 8x8 [mine] x2\n", tmp_path)
    assert "[convnext-block(24, 96)] x2" in written(graph, "net")[0]


def test_attention_of_keras_is_an_encoder_block(tmp_path: Path) -> None:
    def layer(kind: str, name: str, *inputs: str, **config: object) -> dict[str, object]:
        tensors = [
            {"class_name": "__keras_tensor__", "config": {"keras_history": [one, 0, 0]}} for one in inputs
        ]
        args = [tensors] if kind == "Add" else tensors
        return {
            "module": "keras.layers",
            "class_name": kind,
            "config": {"name": name, **config},
            "inbound_nodes": [{"args": args, "kwargs": {}}] if inputs else [],
        }

    heads = {
        "num_heads": 4,
        "key_dim": 8,
        "value_dim": 8,
        "dropout": 0.0,
        "use_bias": True,
        "output_shape": None,
        "use_gate": False,
        "attention_axes": [1],
    }
    layers = [
        layer("InputLayer", "x", batch_shape=[None, 9, 32]),
        layer("LayerNormalization", "n", "x", epsilon=1e-6),
        layer("MultiHeadAttention", "a", "n", "n", **heads),
        layer("Add", "s", "a", "x"),
        layer("LayerNormalization", "m", "s", epsilon=1e-6),
        layer("Dense", "d", "m", units=64, activation="gelu"),
        layer("Dense", "e", "d", units=32, activation="linear"),
        layer("Add", "y", "e", "s"),
    ]
    config = {"name": "net", "layers": layers, "input_layers": ["x", 0, 0], "output_layers": ["y", 0, 0]}
    path = tmp_path / "net.json"
    path.write_text(json.dumps({"class_name": "Functional", "config": config}))
    assert "encoder-block(4, 64)" in decompiled(str(path))[0]
