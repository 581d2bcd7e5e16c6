"""The form of a network that trains fast on a CPU: from Python, saved as plain Keras, and the choice of a precision."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archdsl
from archdsl.backends.quiet import import_keras
from archdsl.train import hardware, moving, precision, products, remembered, timing

# A strided 1x1 projection, a map of 4x4 with many channels, batch and no batch normalisation, a depthwise convolution.
NET = """input 8x8x3
classes 5
style resnet
a  8x8  3x3, 16
b  4x4  [3x3, 24; 3x3, 24]
c  4x4  3x3, 512; 3x3, 8, no norm
d  4x4  depthwise 3x3
e  2x2  depthwise 3x3, /2, bias
head    average pool, 5-d fc, softmax
"""
LOADS = """
import sys
import numpy as np
import keras
for name in sys.argv[1:]:
    model = keras.saving.load_model(name + ".keras")
    np.save(name + ".npy", model.predict(np.load("in.npy"), verbose=0).astype("float32"))
    assert {type(layer).__module__.partition(".")[0] for layer in model.layers} == {"keras"}
assert "archdsl" not in sys.modules
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.arch"
    path.write_text(NET, encoding="utf-8")
    return path


def images(count: int = 16) -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    return random.normal(size=(count, 8, 8, 3)).astype(np.float32), np.eye(5, dtype=np.float32)[
        random.integers(0, 5, count)
    ]


def built(net: Path, training: bool, policy: str = "float32") -> Any:
    keras = import_keras()
    keras.utils.set_random_seed(3)
    keras.config.set_dtype_policy(policy)
    try:
        return archdsl.build(str(net), training=training)
    finally:
        keras.config.set_dtype_policy("float32")


def test_trains_to_the_same_weights(net: Path) -> None:
    """A user's own `fit` gives what plain Keras gives, within rounding."""
    keras = import_keras()
    weights = []
    for training in (False, True):
        model = built(net, training)
        model.compile(keras.optimizers.SGD(0.05), "categorical_crossentropy")
        model.fit(*images(), batch_size=8, epochs=2, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    assert [w.shape for w in weights[0]] == [w.shape for w in weights[1]]
    for plain, fast in zip(*weights, strict=True):
        np.testing.assert_allclose(fast, plain, rtol=2e-3, atol=2e-4)


def test_a_saved_one_is_plain_keras(net: Path, tmp_path: Path) -> None:
    tolerances = {"float32": 1e-5, "mixed_bfloat16": 2e-2}
    np.save(tmp_path / "in.npy", images()[0])
    expected = {policy: trained_and_saved(net, policy, tmp_path / f"{policy}.keras") for policy in tolerances}
    command = [sys.executable, "-c", LOADS, *tolerances]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for policy, tolerance in tolerances.items():
        np.testing.assert_allclose(np.load(tmp_path / f"{policy}.npy"), expected[policy], atol=tolerance)


def trained_and_saved(net: Path, policy: str, path: Path) -> Any:
    """Train a little and save; return what the model predicts."""
    keras = import_keras()
    model = built(net, True, policy)
    model.compile(keras.optimizers.SGD(0.01), "categorical_crossentropy")
    model.fit(*images(), batch_size=16, verbose=0)
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        text = archive.read("config.json").decode()
    assert "archdsl" not in text
    layers = json.loads(text)["config"]["layers"]
    assert {layer["class_name"] for layer in layers} >= {"Conv2D", "BatchNormalization", "DepthwiseConv2D"}
    return model.predict(images()[0], verbose=0).astype(np.float32)


@pytest.mark.parametrize("window", [(3, 3), (1, 3), (2, 4), (5, 1)])
def test_kernel_gradient_by_products(window: tuple[int, int]) -> None:
    import tensorflow as tf

    random = np.random.default_rng(1)
    x, w = (
        tf.constant(random.normal(size=shape).astype(np.float32)) for shape in ((3, 4, 5, 6), (*window, 6, 7))
    )
    gradients = []
    for function in (products.convolve, lambda x, w: tf.nn.conv2d(x, w, 1, "SAME")):
        with tf.GradientTape() as tape:
            tape.watch([x, w])
            value = tf.reduce_sum(tf.sin(function(x, w)))
        gradients.append([value, *tape.gradient(value, [x, w])])
    for ours, theirs in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def test_a_momentum_too_slow_for_the_run_is_told(net: Path) -> None:
    graph = archdsl.load(str(net)).network().graph
    assert moving.told(graph, 100) == ""  # the style's 0.9
    assert moving.told(graph, 10).endswith("`norm-momentum 0.74` in the spec suits this one")
    assert moving.told(graph, 3).endswith("train for more epochs, or with smaller batches")
    net.write_text(NET.replace("style resnet", "style resnet, norm-momentum 0.999"), encoding="utf-8")
    said = moving.told(archdsl.load(str(net)).network().graph, 100)
    assert said.startswith("norm-momentum 0.999 is for longer runs: 90% of what")
    net.write_text("input 4x4x1\nc 3x3, 8\nhead average pool, 10-d fc\n", encoding="utf-8")
    assert moving.told(archdsl.load(str(net)).network().graph, 1) == ""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(hardware, "_cpuinfo", lambda: "model name : test\nflags : amx_bf16\n")
    return tmp_path / "cache" / "archdsl" / "steps"


def test_precision_is_timed_once(net: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = archdsl.load(str(net)).network()
    monkeypatch.setattr(precision, "LEAST_WORK", 0)
    first = precision.choose(network.graph, "auto", 8, network.macs, 1000)
    (file,) = cache.glob("*.json")
    seconds = json.loads(file.read_text(encoding="utf-8"))
    assert first.precision == min(seconds, key=seconds.get) and "timed 3 steps of each" in first.because
    monkeypatch.setattr(timing, "step_seconds", None)
    again = precision.choose(network.graph, "auto", 8, network.macs, 1000)
    assert again.precision == first.precision and "remembered" in again.because
    file.write_text(
        json.dumps({"float32": seconds["bfloat16"] + 1, "bfloat16": seconds["bfloat16"]}), encoding="utf-8"
    )
    assert precision.choose(network.graph, "auto", 8, network.macs, 1000).precision == "bfloat16"


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"float32": 1}', '{"float32": 0, "bfloat16": 1}', '{"float32": "x", "bfloat16": 1}'],
)
def test_what_is_remembered_badly_is_measured_again(
    net: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    graph = archdsl.load(str(net)).network().graph
    monkeypatch.setattr(precision, "LEAST_WORK", 0)
    monkeypatch.setattr(timing, "step_seconds", lambda *_: {"float32": 1.0, "bfloat16": 2.0})
    cache.mkdir(parents=True)
    (cache / f"{remembered.key(graph, 8, precision.CHOICES)}.json").write_text(damage, encoding="utf-8")
    assert precision.choose(graph, "auto", 8, 1, 1) == (
        "float32",
        "2.00 times as fast as bfloat16 for this network (timed 3 steps of each)",
    )


def test_nothing_is_timed_for_a_short_run(net: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "step_seconds", None)
    network = archdsl.load(str(net)).network()
    # It has a depthwise convolution.
    assert precision.choose(network.graph, "auto", 8, network.macs, 1000).precision == "float32"
    plain = network.graph._replace(
        nodes=tuple(node for node in network.graph.nodes if node.op != "depthwise")
    )
    assert precision.choose(plain, "auto", 8, network.macs, 1000).precision == "bfloat16"
    assert precision.choose(plain, "bfloat16", 8, network.macs, 1000) == ("bfloat16", "")
    monkeypatch.setattr(hardware, "_cpuinfo", lambda: "model name : test\nflags : avx2\n")
    assert precision.choose(plain, "auto", 8, network.macs, 10**12).precision == "float32"


def test_a_cache_that_cannot_be_written_is_no_fault(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be", encoding="utf-8")
    remembered.write("question", {"float32": 1.0})
    assert remembered.read("question") == {}
