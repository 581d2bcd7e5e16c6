"""Layers that are applied again with the same weights, several inputs and outputs: counts, models, source, figures."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archdsl
from archdsl.backends.keras import build
from archdsl.backends.python_source import source
from archdsl.cli.main import main
from archdsl.figure.draw import draw
from archdsl.network import Network, Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source

TWINS = """input left: 12x12x1
input right: 12x12x1
tower  -  from left; 3x3, 4, BN; [3x3, 4; 3x3, 4] x 2 residual; global average pool; fc 6
twin   -  from right; reuse tower
apart  -  from tower; subtract twin; absolute value
score  -  fc 1, sigmoid
"""
ATTENTION = """input 8x8x6
block gating(r)
    global average pool
    mlp: fc r, relu; fc in, linear
    from input
    global max pool; reuse mlp
    add mlp; sigmoid
    multiply input
a 8x8 3x3, 6
b 8x8 [gating(3)] x 2
c 8x8 reuse a; reuse b
"""
HEADS = """input image: 12x12x3
input facts: 5
outputs mean, label
trunk  6x6  from image; 3x3, 4, /2
both   -    flatten; concat facts
mean   -    fc 8
label  -    from both; fc 3, softmax
"""


def network(text: str) -> Network:
    compilation = compile_source(Source("net.arch", text))
    assert compilation.diagnostics == ()
    return Spec(compilation).network()


def codes(text: str) -> list[str]:
    return [found.code for found in compile_source(Source("net.arch", text)).diagnostics]


def values(found: Network) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.normal(size=(2, *shape)).astype(np.float32) for shape in found.inputs.values()]


def results(model: Any, given: list[np.ndarray]) -> list[np.ndarray]:
    found = model(given if len(given) > 1 else given[0])
    return [np.asarray(one) for one in (found if isinstance(found, list | tuple) else [found])]


def randomised(model: Any) -> None:
    random = np.random.default_rng(1)
    model.set_weights([random.uniform(0.2, 0.8, weight.shape) for weight in model.get_weights()])


def test_weights_are_counted_once_and_multiply_adds_each_time() -> None:
    found = network(TWINS)
    tower, twin, *_ = found.stages
    assert twin.params == (0, 0) and twin.macs == tower.macs > 0
    assert found.params.trainable == tower.params.trainable + 7
    assert found.counts.depth == 7  # 1 + 4 convolutions, 2 dense layers: the longer of two equal paths


@pytest.mark.parametrize("text", [TWINS, ATTENTION, HEADS])
def test_the_model_and_the_source_compute_the_same(text: str) -> None:
    found = network(text)
    ours = build(found.graph)
    assert ours.count_params() == found.params.total
    randomised(ours)
    scope: dict[str, Any] = {}
    exec(source(found.graph), scope)
    theirs = scope["build"]()
    theirs.set_weights(ours.get_weights())
    given = values(found)
    for one, other in zip(results(ours, given), results(theirs, given), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_twins_of_one_image_are_equal_and_of_two_are_not() -> None:
    found = network(TWINS)
    model = build(found.graph)
    randomised(model)
    left, right = values(found)
    (equal,), (apart,) = results(model, [left, left]), results(model, [left, right])
    bias = np.asarray(model.get_layer("score-dense").bias)
    np.testing.assert_allclose(equal, np.full_like(equal, 1 / (1 + np.exp(-bias[0]))), rtol=1e-5)
    assert np.abs(equal - apart).max() > 1e-4


def test_a_shared_line_is_applied_to_both_pools() -> None:
    found = network(
        "input 4x4x3\n" + ATTENTION.partition("\n")[2].partition("a 8x8")[0] + "b 4x4 gating(2)\n"
    )
    model = build(found.graph)
    randomised(model)
    (given,) = values(found)
    first, second = (model.get_layer(f"b-{name}") for name in ("dense1", "dense2"))

    def mlp(x: np.ndarray) -> np.ndarray:
        hidden = np.maximum(x @ np.asarray(first.kernel) + np.asarray(first.bias), 0)
        return np.asarray(hidden @ np.asarray(second.kernel) + np.asarray(second.bias))

    gate = 1 / (1 + np.exp(-(mlp(given.max((1, 2))) + mlp(given.mean((1, 2))))))
    np.testing.assert_allclose(results(model, [given])[0], given * gate[:, None, None], rtol=1e-4)


def test_other_weights_are_another_network() -> None:
    own = TWINS.replace("reuse tower", TWINS.partition("from left; ")[2].partition("\n")[0])
    assert archdsl.diff(network(TWINS), network(TWINS)).same
    assert not archdsl.diff(network(TWINS), network(own)).same


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("a 8x8 3x3, 32\nb 8x8 reuse a", "E0303"),  # other channels arrive
        ("a - flatten; fc 4\nb 8x8 from input; 3x3, 2\nc - reuse a", "E0303"),
        ("a 8x8 3x3, 6\nb 8x8 reuse c", "E0226"),
        ("a 8x8 reuse input", "E0303"),  # no layers
        ("a 8x8 3x3, 6; reuse a", "E0226"),  # itself
        ("a 8x8 3x3, 6\nb 4x4 reuse a", "E0301"),  # the size that it has with these weights is another one
    ],
)
def test_what_cannot_be_applied_again_is_told(rows: str, code: str) -> None:
    assert codes(f"input 8x8x6\n{rows}\n") == [code]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("input a: 4x4x1\ninput b: 4x4x1\nx 4x4 3x3, 2\n", ["E0307"]),
        ("input a: 4x4x1\ninput a: 4x4x1\nx 4x4 3x3, 2\n", ["E0213"]),
        ("input 4x4x1\ninput 4x4x1\nx 4x4 3x3, 2\n", ["E0213"]),
        ("input 4x4x1\noutputs y\nx 4x4 3x3, 2\n", ["E0226"]),
        ("input 4x4x1\noutputs x\nx 4x4 3x3, 2\ny 4x4 3x3, 2\n", ["E0307"]),
        ("input a: 4x4x1\ninput b: 4xx1\nx 4x4 from b; 3x3, 2\n", ["E0102"]),
    ],
)
def test_inputs_and_outputs_that_are_wrong_are_told(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_inputs_and_outputs_have_names_and_shapes() -> None:
    found = network(HEADS)
    assert found.inputs == {"image": (12, 12, 3), "facts": (5,)}
    assert found.outputs == ((8,), (3,)) and found.output == (8,)
    model = build(found.graph)
    assert [tensor.name for tensor in model.inputs] == ["image", "facts"]
    assert [node.op for node in found.graph.nodes if node.name.startswith("mean")] == ["dense"]  # no ReLU


def test_the_command_line_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "twins.arch"
    spec.write_text(TWINS, encoding="utf-8")
    assert main(["check", str(spec)]) == 0
    assert "inputs left 12x12x1, right 12x12x1" in capsys.readouterr().out
    assert main(["diff", str(spec), str(spec)]) == 0
    assert main(["compile", str(spec), "-o", str(tmp_path / "twins.py")]) == 0
    assert main(["fmt", "--check", str(spec)]) in (0, 1)
    capsys.readouterr()
    assert main(["train", str(spec), "--data", "digits", "--dry-run"]) == 2
    assert "takes 2 inputs, left (12x12x1), right (12x12x1)" in capsys.readouterr().err


def test_a_keras_file_keeps_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import keras

    spec = tmp_path / "twins.arch"
    spec.write_text(TWINS, encoding="utf-8")
    assert main(["compile", str(spec), "-o", str(tmp_path / "twins.keras")]) == 0
    capsys.readouterr()
    model = keras.models.load_model(tmp_path / "twins.keras")
    assert len(model.inputs) == 2 and model.count_params() == network(TWINS).params.total
    assert main(["compile", str(spec), "-o", str(tmp_path / "twins.onnx")]) != 0
    assert "several inputs" in capsys.readouterr().err


def test_a_file_of_another_format_holds_shared_layers_twice(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed")
    spec = tmp_path / "net.arch"
    spec.write_text(ATTENTION + "d - global average pool; fc 3\n", encoding="utf-8")
    assert main(["compile", str(spec), "-o", str(tmp_path / "net.onnx")]) == 0


@pytest.mark.parametrize("text", [TWINS, ATTENTION, HEADS])
def test_it_is_drawn(text: str, tmp_path: Path) -> None:
    for level in ("stage", "block", "layer", "paper"):
        draw(network(text), str(tmp_path / f"{level}.dot"), level=level)
    assert "(shared)" in (tmp_path / "layer.dot").read_text(encoding="utf-8") or text is HEADS


def test_a_kept_value_is_there_for_the_next_repeat_and_for_later_rows() -> None:
    text = """input 8x4
block layer
    3, 4, linear
    add total     when index > 1
    keep total
stack 8x4  [layer] x 3
out   8x4  3, 4, linear; add total
"""
    found = network(text)
    adds = [node for node in found.graph.nodes if node.op == "add"]
    assert len(adds) == 3 and adds[2].inputs[1] == found.graph.nodes.index(adds[1])


def test_the_published_specs() -> None:
    papers = Path(__file__).parent.parent / "specs/papers"
    assert archdsl.load(str(papers / "siamese-omniglot.arch")).network().params.trainable == 38_951_745
    assert archdsl.load(str(papers / "dssm.arch")).network("one-tower").params.trainable == 9_129_128
    assert archdsl.load(str(papers / "dssm.arch")).network("two-towers").params.trainable == 2 * 9_129_128
