"""Generated Keras source: the same layers, counts and outputs as the builder gives, written as a person would."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backend_graphs import Net, everything

import archdsl
from archdsl.backends.keras import build
from archdsl.backends.keras_text import DEFAULTS
from archdsl.backends.python_source import source
from archdsl.backends.quiet import import_keras
from archdsl.pipeline import compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source

ROOT = Path(__file__).parent.parent
SMALL = {
    "lenet": "input 32x32x1\nC1 28x28 5x5, 6, tanh\nS2 14x14 2x2 average pool\nC3 10x10 5x5 conv, 16\nS4 5x5 max pool 2x2\nF fc 84; dropout 0.4; 10-d fc, softmax",
    "nested": "input 16x16x3\nstyle resnet\na 16x16 [[3x3, 8] x2; 1x1, 16] x3\nb 8x8 [3x3, 16; 3x3, 16] x2 plain\nc - gap, 5-d fc",
    "two brackets": "input 16x16x3\nstyle resnet\na 8x8 3x3 max pool, [3x3, 8; 3x3, 8] x2, [1x1, 8; 3x3, 8; 1x1, 32] x3\nb 1x1 gap",
    "groups": "input 16x16x4\nstyle resnet\na 16x16 [1x1, 8; 3x3, 8, groups=4; 1x1, 16] x2\nb 8x8 [1x1, 16; 3x3, 16, groups=8; 1x1, 32] x2\nc gap",
    "zero-pad": "input 16x16x3\nstyle resnet, shortcut zero-pad\na 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x3\nc gap, 4-d fc",
    "project-all": "input 16x16x3\nstyle resnet, shortcut project-all\na 8x8 [3x3, 8; 3x3, 8] x3",
    "preact": "input 16x16x3\nstyle preact\na 16x16 3x3, 8\nb 16x16 [3x3, 8; 3x3, 8] x2\nc 8x8 [3x3, 16; 3x3, 16] x2\nd 4x4 [1x1, 8; 3x3, 8; 1x1, 32] x3\ne gap, 4-d fc, softmax",
    "1-d": "input 64x2\na  32  conv kernel=9 channels=8 stride=2\nb  16  max pool kernel=2\nc gap, 3-d fc",
    "odd names": 'input 8x8x3\n| 2 "q" \\ | 8x8 | 3x3, 4 |\n| 3 | 8x8 | [3x3, 4; 3x3, 4] x 2 |',
}


def graph_of(text: str) -> Any:
    compilation = compile_source(Source("spec.arch", text + "\n"), Overrides())
    assert not compilation.failed, [d.message for d in compilation.diagnostics]
    return compilation.compiled[0].graph


def executed(text: str) -> Any:
    namespace: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec"), namespace)
    return namespace["build"]()


def assert_same(graph: Any) -> None:
    built, written = build(graph), executed(source(graph))
    assert [(layer.name, type(layer)) for layer in written.layers] == [
        (layer.name, type(layer)) for layer in built.layers
    ]
    for ours, theirs in zip(built.layers, written.layers, strict=True):
        assert ours.get_config() == theirs.get_config()
    assert written.count_params() == built.count_params()
    written.set_weights(built.get_weights())
    random = np.random.default_rng(0)
    example = [random.random((2, *graph.nodes[i].shape), np.float32) for i in graph.inputs]
    inputs = example if len(example) > 1 else example[0]
    np.testing.assert_allclose(np.asarray(written(inputs)), np.asarray(built(inputs)), atol=1e-6)


@pytest.mark.parametrize("name", SMALL)
def test_small_networks(name: str) -> None:
    assert_same(graph_of(SMALL[name]))


@pytest.mark.parametrize("path", sorted((ROOT / "specs").glob("*.arch")), ids=lambda path: path.stem)
def test_shipped_specs(path: Path) -> None:
    assert_same(archdsl.load(str(path)).network().graph)


@pytest.mark.parametrize("framed", [True, False])
def test_every_op(framed: bool) -> None:
    graph = everything(framed)
    assert_same(graph)


@pytest.mark.parametrize("start", DEFAULTS)
def test_what_is_left_out_is_what_keras_takes(start: str) -> None:
    """The source leaves out an argument only where Keras takes the same value."""
    layers = import_keras().layers
    names = [name for name in dir(layers) if name.startswith(start.removeprefix("layers."))]
    assert names
    for name in names:
        parameters = inspect.signature(getattr(layers, name)).parameters
        found = {key: parameters[key].default for key in DEFAULTS[start] if key in parameters}
        plain = {
            key: 1 if isinstance(value, tuple) and set(value) == {1} else value
            for key, value in found.items()
        }
        assert plain == {key: DEFAULTS[start][key] for key in found}


def test_names_that_python_has_uses_for() -> None:
    net = Net((4, 4, 3))
    others = [net.node("input", {"shape": (4, 4, 3)}, (), name) for name in ("x", "layers", "class", "2nd")]
    net.stage("stem")
    net.node("add", {}, (0, *others), "add")
    net.stage("body")
    net.block(0, 1)
    start = net.last
    ends = [
        net.conv(3, 1, name, at=start, norm=False, relu=False)
        for name in ("inputs", "class", "filters", "1x1", "x", "name", "i", "ops")
    ]
    net.node("concat", {}, tuple(ends), "concat")
    assert_same(net.graph("names"))


def test_a_saved_model_loads_without_archdsl(tmp_path: Path) -> None:
    model = build(everything(True))
    example = np.random.default_rng(0).random((2, *model.input_shape[1:]), np.float32)
    model.save(tmp_path / "model.keras")
    np.savez(tmp_path / "values.npz", example=example, expected=np.asarray(model(example)))
    code = (
        "import sys, keras, numpy\n"
        "stored = numpy.load('values.npz')\n"
        "model = keras.models.load_model('model.keras')\n"
        "numpy.testing.assert_allclose(numpy.asarray(model(stored['example'])), stored['expected'], atol=1e-6)\n"
        "assert not any(name.startswith('archdsl') for name in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_one_function_serves_the_four_stages_of_table_1() -> None:
    text = source(archdsl.load(str(ROOT / "specs/table1.arch")).network().graph)
    assert text.count("block(inputs, ") == 1
    assert "for i in range(1, 3):" in text
    assert text.count("\n") < 90
    assert max(map(len, text.splitlines())) <= 88
    assert "archdsl" not in text.split('"""')[2]


def test_hundreds_of_repeats_stay_short() -> None:
    network = archdsl.load(str(ROOT / "specs/resnet-cifar.arch"), define={"n": 200}).network()
    assert source(network.graph).count("\n") < 110
