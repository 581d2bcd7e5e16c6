"""`archdsl decompile`: a spec of a Keras model that compiles to the same function, or a refusal that names the layer."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archdsl
from archdsl.backends.keras import build
from archdsl.cli.main import main
from archdsl.foreign.decompile import decompiled, written
from archdsl.foreign.errors import ForeignError

NET = "input 16x16x3\nstyle resnet\na 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x2\nc 4x4 [3x3, 16; 3x3, 16] x3\nd gap, 4-d fc, softmax\n"


def test_blocks_repeats_and_sizes_are_found(tmp_path: Path) -> None:
    spec = tmp_path / "net.arch"
    spec.write_text(NET.replace("; 3x3, 16]", "; max pool 3x3 /1 same; 3x3, 16]"))
    text, _ = written(archdsl.load(str(spec)).network().graph, "net")
    assert text.count("block residual-unit(") == 1
    assert "when projection" in text
    assert "residual-unit(st=2, projection=yes); [residual-unit] x2" in text
    assert "4x4x16" in text


@pytest.mark.parametrize("form", ["keras", "json"])
def test_there_and_back(tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec, out = tmp_path / "net.arch", tmp_path / "again.arch"
    spec.write_text(NET)
    model = build(archdsl.load(str(spec)).network().graph)
    path = tmp_path / f"net.{form}"
    if form == "keras":
        model.save(path)
    else:
        path.write_text(model.to_json())
    assert main(["decompile", str(path), "-o", str(out)]) == 0
    assert "it computes what" in capsys.readouterr().out
    assert main(["diff", str(spec), str(out)]) == 0


def application(name: str) -> Any:
    import keras

    return getattr(keras.applications, name)(weights=None, input_shape=(75, 75, 3), classes=5)


@pytest.mark.parametrize(
    "name", ["ResNet50", "MobileNetV2", "VGG16", "Xception", "DenseNet121", "EfficientNetB0"]
)
def test_networks_as_keras_builds_them(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(application(name).to_json())
    text, _ = decompiled(str(path))
    assert len(text.splitlines()) < 120


def test_the_same_outputs_from_the_same_weights(tmp_path: Path) -> None:
    import keras

    model = application("MobileNetV2")
    random = np.random.default_rng(0)
    for layer in model.layers:
        layer.set_weights(
            [
                0.1 + 0.3 * random.random(array.shape) if array.ndim == 1 else array
                for array in layer.get_weights()
            ]
        )
    path, spec, out = (str(tmp_path / name) for name in ("model.keras", "net.arch", "out.keras"))
    model.save(path)
    assert main(["decompile", path, "-o", spec]) == 0
    assert main(["import-weights", spec, "--from", path, "-o", out]) == 0
    images = random.random((2, 75, 75, 3), np.float32)
    np.testing.assert_allclose(keras.saving.load_model(out)(images), model(images), atol=1e-5)


def layer(kind: str, name: str, *inputs: str, module: str = "keras.layers", **config: Any) -> dict[str, Any]:
    tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": [one, 0, 0]}} for one in inputs]
    args = [tensors] if len(tensors) > 1 else tensors
    nodes = [{"args": args, "kwargs": {}}] if inputs else []
    return {"module": module, "class_name": kind, "config": {"name": name, **config}, "inbound_nodes": nodes}


INPUT = layer("InputLayer", "x", batch_shape=[None, 8, 8, 4])


def functional(*layers: dict[str, Any], output: str = "y") -> dict[str, Any]:
    ends = {"input_layers": ["x", 0, 0], "output_layers": [output, 0, 0]}
    return {"class_name": "Functional", "config": {"name": "net", "layers": list(layers), **ends}}


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (functional(INPUT, layer("Lambda", "y", "x", function="evil")), "y: it is a Lambda layer"),
        (functional(INPUT, layer("Mine", "y", "x", module="mine.layers")), "y: Mine is no layer of Keras"),
        (
            functional(INPUT, layer("GaussianNoise", "y", "x", stddev=0.1)),
            "y: the language has no GaussianNoise",
        ),
        (
            functional(
                INPUT,
                layer(
                    "MaxPooling2D", "y", "x", pool_size=[2, 2], strides=[2, 2], data_format="channels_first"
                ),
            ),
            "y: MaxPooling2D",
        ),
        (
            functional(layer("InputLayer", "x", batch_shape=[None, None, None, 3]), layer("ReLU", "y", "x")),
            "say it with --input",
        ),
        (functional(INPUT, layer("ReLU", "y", "z")), "reads what no layer gives"),
        ({"class_name": "MyModel", "config": {}}, "is code, not layers"),
        ({"class_name": "Functional", "config": {"layers": [1]}}, "damaged"),
        ([], "no configuration"),
    ],
)
def test_what_cannot_be_said_is_named_and_nothing_written(
    model: Any, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "model.json", tmp_path / "net.arch"
    path.write_text(json.dumps(model))
    assert main(["decompile", str(path), "-o", str(out)]) in (2, 4)
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_an_open_input_is_said(tmp_path: Path) -> None:
    path, out = tmp_path / "model.json", tmp_path / "net.arch"
    path.write_text(
        json.dumps(
            functional(
                layer("InputLayer", "x", batch_shape=[None, None, None, 3]),
                layer("ReLU", "y", "x", max_value=6.0),
            )
        )
    )
    assert main(["decompile", str(path), "-o", str(out), "--input", "4x4x3"]) == 0
    assert "relu6" in out.read_text()
    assert main(["decompile", str(path), "-o", str(out), "--input", "4xx"]) == 2
    assert main(["decompile", str(path), "-o", str(out), "--input", "4"]) == 4


def test_models_within_models_are_opened(tmp_path: Path) -> None:
    inner = {
        "class_name": "Sequential",
        "config": {"name": "inner", "layers": [layer("ReLU", "a"), layer("Flatten", "b")]},
        "inbound_nodes": layer("ReLU", "", "x")["inbound_nodes"],
    }
    path = tmp_path / "model.json"
    path.write_text(
        json.dumps(
            functional(INPUT, inner, layer("Dense", "y", "inner", units=3, activation="tanh", use_bias=True))
        )
    )
    text, graph = decompiled(str(path))
    assert [node.op for node in graph.nodes] == ["input", "activation", "flatten", "dense", "activation"]
    assert "tanh" in text


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    for content in (b"", b"no archive"):
        path.write_bytes(content)
        with pytest.raises(ForeignError, match="damaged"):
            decompiled(str(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "[" * 100_000)
    with pytest.raises(ForeignError, match="damaged"):
        decompiled(str(path))
    with pytest.raises(ForeignError, match="cannot read"):
        decompiled(str(tmp_path / "missing.keras"))
