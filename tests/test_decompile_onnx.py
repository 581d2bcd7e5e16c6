"""`archdsl decompile model.onnx`: the same function, by onnxruntime, whatever the layout of the file; or a refusal that names the layer."""

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx_twin import computed, written  # noqa: E402
from torch_twin import random_weights  # noqa: E402

import archdsl  # noqa: E402
from archdsl.cli.main import main  # noqa: E402
from archdsl.foreign.decompile import decompiled  # noqa: E402
from archdsl.foreign.errors import ForeignError  # noqa: E402
from archdsl.foreign.importing import weights  # noqa: E402
from archdsl.foreign.sources import match, opened  # noqa: E402
from archdsl.graph.graph import Graph  # noqa: E402

NETS = {
    "resnet": "style resnet\na 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x2\nc 4x4 [1x1, 8; 3x3, 8; 1x1, 32] x2\nd gap, 4-d fc, softmax\n",
    "symmetric": "style resnet, strided-padding symmetric, pool-padding symmetric\na 8x8 7x7, 8\np 4x4 3x3 max pool, stride 2\nb 2x2 [3x3, 16; 3x3, 16] x2\nd gap, 4-d fc\n",
    "flat": "a 16x16 3x3, 4\np 8x8 max pool 2x2\nq 4x4 average pool 2x2\nb flatten; dropout 0.5; fc 6, elu; fc 5, softmax\n",
    "gates": "style mobilenet-v3\na 8x8 3x3, 16\nb 8x8 bneck(3x3, 24, 16, se=1)\nc 4x4 bneck(5x5, 48, 24, se=1, nl=hard_silu)\nd gap, 4-d fc\n",
    "dense": "style densenet\nparam k = 4\nConvolution 8x8 7 × 7 conv, stride 2\nD1 8x8 [1 × 1 conv; 3 × 3 conv] × 3\nT1 4x4 1 × 1 conv; 2 × 2 average pool, stride 2\nhead 1x1 global average pool; 10D fully-connected\n",
    "groups": "a 8x8 3x3, 12, /2, groups=3, leaky relu 0.3; 1x3, 8, dilation 2, relu6\nb 8x8 depthwise 3x3, swish; 1x1, 6, gelu\nc 16x16 2x2 up-conv, 5\n",
}


def net(name: str, tmp_path: Path) -> Graph:
    path = tmp_path / f"{name}.arch"
    path.write_text(f"input 16x16x3\n{NETS[name]}")
    return archdsl.load(str(path)).network().graph


def again(path: Path, tmp_path: Path) -> Path:
    """Decompile a file, give its spec the file's weights, and write that as another file."""
    spec, graph = decompiled(str(path))
    (tmp_path / "again.arch").write_text(spec)
    source = opened(str(path), graph)
    found = match(graph, source)
    assert found.whole
    return written(
        graph, weights(graph, source, found, channels_first=True).weights, tmp_path / "again.onnx", last=True
    )


@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
@pytest.mark.parametrize("name", NETS)
def test_the_same_function_from_either_layout(name: str, last: bool, tmp_path: Path) -> None:
    graph = net(name, tmp_path)
    path = written(graph, random_weights(graph), tmp_path / "net.onnx", last)
    images = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype(np.float32)
    theirs, ours = computed(path, images), computed(again(path, tmp_path), images)
    np.testing.assert_allclose(ours, theirs, atol=2e-5 * np.abs(theirs).max())


def test_a_file_of_tf2onnx_is_read(tmp_path: Path) -> None:
    pytest.importorskip("tf2onnx")
    from archdsl.backends.keras import build
    from archdsl.deploy.formats.onnx_file import write

    model = build(net("gates", tmp_path))
    random = np.random.default_rng(0)
    model.set_weights([0.1 + 0.4 * random.random(array.shape) for array in model.get_weights()])
    path = tmp_path / "net.onnx"
    write(model, path, {})
    text, _ = decompiled(str(path))
    assert "hard swish" in text and "hard sigmoid" in text
    images = random.normal(size=(2, 16, 16, 3)).astype(np.float32)
    theirs = np.asarray(model(images))
    np.testing.assert_allclose(
        computed(again(path, tmp_path), images), theirs, atol=2e-5 * np.abs(theirs).max()
    )


def test_declared_layers_are_of_keras_models(tmp_path: Path) -> None:
    with pytest.raises(ForeignError, match="declares layers of Keras models"):
        decompiled(str(tmp_path / "net.onnx"), declaring="own.arch")


def test_a_folded_norm_is_said_and_a_free_batch_is_none_of_the_shape(tmp_path: Path) -> None:
    graph = net("groups", tmp_path)
    text, made = decompiled(str(written(graph, random_weights(graph), tmp_path / "net.onnx")))
    assert text.startswith("# a batch norm behind a convolution is folded")
    assert made.nodes[0].shape == (16, 16, 3)
    assert "Read from net.onnx" in text


def broken(tmp_path: Path, **changes: object) -> str:
    """Write a network of one operator that is changed."""
    said = {"kind": "Relu", "domain": "", "inputs": ["x"], "shape": [1, 3, 8, 8]} | changes
    kind = onnx.TensorProto.FLOAT
    node = onnx.helper.make_node(
        said["kind"], said["inputs"], ["y"], "odd", domain=said["domain"], **said.get("said", {})
    )
    ends = (
        [onnx.helper.make_tensor_value_info("x", kind, said["shape"])],
        [onnx.helper.make_tensor_value_info("y", kind, None)],
    )
    path = tmp_path / "odd.onnx"
    onnx.save(
        onnx.helper.make_model(onnx.helper.make_graph([node], "net", *ends, said.get("constants", []))), path
    )
    return str(path)


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"kind": "NonZero"}, 4, "odd: the language has no NonZero"),
        ({"kind": "Mine", "domain": "mine"}, 4, "odd: mine.Mine is no operator of ONNX itself"),
        ({"kind": "Transpose", "said": {"perm": [1, 0, 2, 3]}}, 4, "odd: the examples of a batch are mixed"),
        (
            {"kind": "Pad", "said": {"mode": "reflect"}, "inputs": ["x", "w"]},
            4,
            "odd: only zeros around a map are said",
        ),
        ({"shape": [1, 3, None, None]}, 4, "x: its size is open: say it with --input"),
        ({"inputs": ["z"]}, 4, "odd: it reads z, which no operator gives"),
    ],
)
def test_what_cannot_be_said_is_named(
    changes: dict[str, object], code: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pads = onnx.numpy_helper.from_array(np.int64([0, 0, 1, 1, 0, 0, 1, 1]), "w")
    assert (
        main(["decompile", broken(tmp_path, constants=[pads], **changes), "-o", str(tmp_path / "net.arch")])
        == code
    )
    assert told in capsys.readouterr().err
    assert not (tmp_path / "net.arch").exists()


def test_an_input_that_nothing_reads_is_left_out(tmp_path: Path) -> None:
    path = Path(broken(tmp_path, shape=[1, 3, 8, 8]))
    model = onnx.load(path)
    left = onnx.helper.make_tensor_value_info("left", onnx.TensorProto.FLOAT, [1, 1, 3])
    model.graph.input.append(left)
    onnx.save(model, path)
    text, graph = decompiled(str(path))
    assert "input 8x8x3\n" in text
    assert len(graph.inputs) == 1


def test_an_open_size_is_said_as_the_language_has_it(tmp_path: Path) -> None:
    path, out = broken(tmp_path, shape=[1, 3, None, None]), tmp_path / "net.arch"
    assert main(["decompile", path, "-o", str(out), "--input", "4x6x3"]) == 0
    assert "input 4x6x3" in out.read_text()


def test_damaged_files_and_weights_elsewhere_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"no protocol buffer")
    with pytest.raises(ForeignError, match=r"damaged|no operator"):
        decompiled(str(path))
    with pytest.raises(ForeignError, match="cannot read"):
        decompiled(str(tmp_path / "missing.onnx"))


def outside(path: Path, where: str) -> None:
    """Keep the weights of a file in another file."""
    model = onnx.load(path)
    onnx.save(model, path, save_as_external_data=True, location="net.data", size_threshold=0)
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            entry.value = where if entry.key == "location" else entry.value
    onnx.save(model, path)


def test_weights_are_read_from_beside_the_model_and_from_nowhere_else(tmp_path: Path) -> None:
    graph = net("resnet", tmp_path)
    path = written(graph, random_weights(graph), tmp_path / "net.onnx")
    images = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype(np.float32)
    theirs = computed(path, images)
    outside(path, "net.data")
    np.testing.assert_allclose(computed(again(path, tmp_path), images), theirs, atol=2e-5)
    (tmp_path / "net.data").unlink()
    text, made = decompiled(str(path))  # the shapes alone say what the network is
    assert "[3x3, 16; 3x3, 16] x2" in text
    with pytest.raises(ForeignError, match="not beside it"):
        opened(str(path), made)
    for place in ("../net.data", "/etc/passwd", ".."):
        outside(written(graph, random_weights(graph), path), place)
        with pytest.raises(ForeignError, match="only those of a file beside"):
            decompiled(str(path))


def convolved(path: Path, kernels: tuple[str, str], norms: tuple[str, str]) -> Path:
    """Write two convolutions and norms in a row, by the names of the tensors that each has."""
    random = np.random.default_rng(0)
    tensors = {name: random.normal(size=(4, 4, 3, 3)).astype(np.float32) for name in {*kernels}}
    for name in {*norms}:
        tensors[name] = (
            random.random(4).astype(np.float32) if name.startswith("own") else np.ones(4, np.float32)
        )
    nodes, read = [], "x"
    for place, (kernel, norm) in enumerate(zip(kernels, norms, strict=True)):
        conv = onnx.helper.make_node("Conv", [read, kernel], [f"c{place}"], f"conv{place}", pads=[1] * 4)
        read = f"n{place}" if place == 0 else "y"
        normed = [f"c{place}", norm, norm, norm, norm]
        nodes += [conv, onnx.helper.make_node("BatchNormalization", normed, [read], f"norm{place}")]
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 4, 8, 8]) for name in "xy"]
    constants = [onnx.numpy_helper.from_array(array, name) for name, array in tensors.items()]
    onnx.save(
        onnx.helper.make_model(onnx.helper.make_graph(nodes, "net", ends[:1], ends[1:], constants)), path
    )
    return path


@pytest.mark.parametrize(
    ("kernels", "norms", "shared"),
    [
        (("k", "k"), ("own", "own"), ["conv", "batch_norm"]),
        (("k", "k"), ("own1", "own2"), ["conv"]),
        (("k", "l"), ("ones", "ones"), []),  # as before training: exporters keep equal tensors once
    ],
)
def test_layers_of_the_same_tensors_are_one_layer(
    kernels: tuple[str, str], norms: tuple[str, str], shared: list[str], tmp_path: Path
) -> None:
    path = convolved(tmp_path / "net.onnx", kernels, norms)
    text, graph = decompiled(str(path))
    assert [node.op for node in graph.nodes if node.shares >= 0] == shared
    assert ("reuse" in text) == bool(shared)
    source = opened(str(path), graph)
    assert match(graph, source).whole
