"""`archdsl import-weights`: weights of other models reach a spec by structure and shape, or nothing is written."""

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch_twin import random_weights

import archdsl
from archdsl.backends.keras import build
from archdsl.backends.torch_weights import state
from archdsl.cli.main import main
from archdsl.deploy.weights import Weighted, assign, read
from archdsl.foreign import h5, safetensors
from archdsl.foreign.errors import ForeignError
from archdsl.foreign.match import hints, matched
from archdsl.foreign.slots import Slot, keras_slots, torch_slots
from archdsl.foreign.tensors import Group, Tensor, natural
from archdsl.graph.graph import Graph

NET = "input 16x16x3\nstyle resnet\na 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x2\nc 4x4 [3x3, 16; 3x3, 16] x2\nd gap, 4-d fc, softmax\n"
FLAT = "input 6x8x3\na 6x8 3x3, 4\nb flatten; dropout 0.5; fc 5\n"
Arrays = dict[str, np.ndarray]


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "net.arch"
    path.write_text(NET)
    return str(path)


def weighted(spec: str) -> Weighted:
    graph = archdsl.load(spec).network().graph
    return Weighted(graph, random_weights(graph))


def saved(spec: str, name: str) -> tuple[Path, Weighted]:
    """Save the Keras model of a spec with random weights."""
    source = weighted(spec)
    model = build(source.graph)
    assign(model, source)
    path = Path(spec).parent / name
    (model.save_weights if name.endswith(".h5") else model.save)(path)
    return path, source


def written(path: Path, arrays: Arrays, **metadata: str) -> Path:
    """Write a .safetensors file as other programs do: sorted by name."""
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    data = b""
    for name in sorted(arrays):
        raw = np.ascontiguousarray(arrays[name], np.float32).tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(arrays[name].shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def assert_taken(out: Path, source: Weighted) -> None:
    import keras

    taken = read(keras.saving.load_model(out), source.graph)
    for node, arrays in source.weights.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(taken.weights[node][name], array, err_msg=f"{node} {name}")


@pytest.mark.parametrize("name", ["other.keras", "other.weights.h5"])
def test_weights_of_keras(spec: str, name: str, tmp_path: Path) -> None:
    path, source = saved(spec, name)
    out = tmp_path / "out.keras"
    assert main(["import-weights", spec, "--from", str(path), "-o", str(out)]) == 0
    assert_taken(out, source)


def test_branches_of_one_shape_are_told_apart_by_structure(tmp_path: Path) -> None:
    """The two specs print their branches in another order; only what follows tells which is which."""
    text = "input 8x8x4\nblock b() = add\n    {}\n    {}\na 8x8 b()\nc 8x8 1x1, 3\n"
    one, other = "1x1, 4; 3x3, 4", "1x1, 4; 5x5, 4"
    first, second = tmp_path / "first.arch", tmp_path / "second.arch"
    first.write_text(text.format(one, other))
    second.write_text(text.format(other, one))
    path, source = saved(str(first), "first.keras")
    out = tmp_path / "out.keras"
    assert main(["import-weights", str(second), "--from", str(path), "-o", str(out)]) == 0
    import keras

    theirs = source.graph
    ours = archdsl.load(str(second)).network().graph
    taken = read(keras.saving.load_model(out), ours).weights
    for window in ((3, 3), (5, 5)):
        before, own = reduced(theirs, window), reduced(ours, window)
        np.testing.assert_array_equal(taken[own]["kernel"], source.weights[before]["kernel"])


def reduced(graph: Graph, window: tuple[int, int]) -> str:
    """Find the 1x1 convolution in front of that with a window."""
    node = next(node for node in graph.nodes if node.params.get("kernel") == window)
    while node.params.get("kernel") != (1, 1):
        node = graph.nodes[node.inputs[0]]
    return node.name


def test_weights_of_torch(spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = weighted(spec)
    arrays = state(source.graph, source.weights)
    arrays["layer.0.num_batches_tracked"] = np.zeros((), np.float32)
    path, out = written(tmp_path / "other.safetensors", arrays, format="pt"), tmp_path / "out.keras"
    assert main(["import-weights", spec, "--from", str(path), "-o", str(out)]) == 0
    assert "taken in order" in capsys.readouterr().err
    assert_taken(out, source)


@pytest.mark.parametrize("flattened", ["channels-first", "channels-last"])
def test_a_flattened_map_of_torch(tmp_path: Path, flattened: str) -> None:
    spec = tmp_path / "flat.arch"
    spec.write_text(FLAT)
    source = weighted(str(spec))
    arrays = state(source.graph, source.weights)
    name = next(name for name, array in arrays.items() if array.shape == (5, 6 * 8 * 4))
    if flattened == "channels-first":  # as PyTorch's own networks flatten
        arrays[name] = arrays[name].reshape(5, 6, 8, 4).transpose(0, 3, 1, 2).reshape(5, -1)
    path, out = written(tmp_path / "flat.safetensors", arrays), tmp_path / "out.keras"
    assert (
        main(["import-weights", str(spec), "--from", str(path), "-o", str(out), "--flattened", flattened])
        == 0
    )
    assert_taken(out, source)


RECURRENT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "one bias": ("LSTM", "LSTM 5", {}),
    "two biases": ("LSTM", "LSTM 5, biases=two", {}),
    "no biases": ("LSTM", "LSTM 5, no bias", {"bias": False}),
    "both directions, stacked": ("LSTM", "BiLSTM 5, layers=2", {"bidirectional": True, "num_layers": 2}),
    "gates of a GRU": ("GRU", "GRU 5", {}),
    "both directions of a GRU": ("GRU", "BiGRU 5, return sequences; GRU 5", {"bidirectional": True}),
    "an RNN of two biases, stacked": ("RNN", "RNN 5, layers=2, biases=two", {"num_layers": 2}),
    "an RNN with ReLU": ("RNN", "RNN 5, activation=relu", {"nonlinearity": "relu"}),
}


def recurrent_spec(folder: Path, layers: str) -> str:
    path = folder / "recurrent.arch"
    path.write_text(f"input 7x3\nstyle plain\nstates {layers}\nscores fc 2, linear\n")
    return str(path)


@pytest.mark.parametrize("case", RECURRENT)
def test_recurrent_layers_of_torch(case: str, tmp_path: Path) -> None:
    """What PyTorch computes, from the weights of its own modules."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    import keras

    kind, layers, options = RECURRENT[case]
    torch.manual_seed(0)
    modules = [getattr(torch.nn, kind)(3, 5, batch_first=True, **options)]
    if ";" in layers:
        modules.append(getattr(torch.nn, kind)(10, 5, batch_first=True))
    head = torch.nn.Linear(10 if layers.startswith("Bi") and ";" not in layers else 5, 2)
    given = torch.randn(2, 7, 3)
    with torch.inference_mode():
        states = given
        for module in modules:
            states, last = module(states)
        hidden = (last[0] if kind == "LSTM" else last)[-2 if head.in_features == 10 else -1 :]
        expected = head(torch.cat(list(hidden), 1)).numpy()
    named = {f"rnn{i}": module for i, module in enumerate(modules)} | {"fc": head}
    states = {own: module.state_dict() for own, module in named.items()}
    arrays = {f"{own}.{key}": value.numpy() for own, one in states.items() for key, value in one.items()}
    path, out = written(tmp_path / "other.safetensors", arrays), tmp_path / "out.keras"
    spec = recurrent_spec(tmp_path, layers)
    assert main(["import-weights", spec, "--from", str(path), "-o", str(out)]) == 0
    model = keras.saving.load_model(out)
    np.testing.assert_allclose(np.asarray(model(given.numpy())), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("layers", ["LSTM 5", "BiLSTM 5, biases=two", "BiGRU 5", "RNN 5; dropout 0.5"])
def test_recurrent_layers_of_our_own_source(layers: str, tmp_path: Path) -> None:
    """A channel of ones has the bias of a layer that has one."""
    spec = recurrent_spec(tmp_path, layers)
    source = weighted(spec)
    path = written(tmp_path / "own.safetensors", state(source.graph, source.weights))
    out = tmp_path / "out.keras"
    assert main(["import-weights", spec, "--from", str(path), "-o", str(out)]) == 0
    assert_taken(out, source)


def recurrent_arrays(gates: int, units: int = 5, entering: int = 3, **more: tuple[int, ...]) -> Arrays:
    rows = gates * units
    shapes = {"weight_ih_l0": (rows, entering), "weight_hh_l0": (rows, units), **more}
    shapes |= {} if more else {"bias_ih_l0": (rows,), "bias_hh_l0": (rows,)}
    return {f"rnn.{name}": np.zeros(shape, np.float32) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("layers", "arrays", "code"),
    [
        ("LSTM 5", recurrent_arrays(4), 0),
        ("LSTM 5", recurrent_arrays(3), 4),  # a GRU's
        ("LSTM 5", recurrent_arrays(4, units=6), 4),
        ("LSTM 5", recurrent_arrays(4, entering=5), 4),
        ("LSTM 5", recurrent_arrays(4, bias_ih_l0=(20,)), 4),
        ("LSTM 5", recurrent_arrays(4, bias_ih_l0=(20, 1), bias_hh_l0=(20, 1)), 4),
        ("LSTM 5", recurrent_arrays(4, weight_hr_l0=(2, 5)), 4),  # projections
        ("LSTM 5, no bias", recurrent_arrays(4), 4),
        ("BiLSTM 5", recurrent_arrays(4), 4),
        ("GRU 5", recurrent_arrays(3, bias_ih_l0=(15,), bias_hh_l0=(15,)), 0),
    ],
)
def test_recurrent_layers_that_fit_none(layers: str, arrays: Arrays, code: int, tmp_path: Path) -> None:
    spec, out = recurrent_spec(tmp_path, layers), tmp_path / "out.keras"
    head = {"fc.weight": np.zeros((2, 5), np.float32), "fc.bias": np.zeros(2, np.float32)}
    path = written(tmp_path / "other.safetensors", arrays | head)
    assert main(["import-weights", spec, "--from", str(path), "-o", str(out)]) == code
    assert out.exists() == (code == 0)


def test_a_layer_that_pytorch_has_not_is_told_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "other.safetensors", recurrent_arrays(3))
    given = ["--from", str(path), "-o", str(tmp_path / "out.keras")]
    assert main(["import-weights", recurrent_spec(tmp_path, "GRU 5, reset=before"), *given]) == 2
    assert "acts behind the product of the state" in capsys.readouterr().err


def test_layers_that_are_applied_again_are_given_weights_once(tmp_path: Path) -> None:
    spec = tmp_path / "twins.arch"
    spec.write_text("input a: 6\ninput b: 6\nx - from a; fc 4\ny - from b; reuse x\nz - add x; fc 2\n")
    source = weighted(str(spec))
    path = written(tmp_path / "twins.safetensors", state(source.graph, source.weights))
    out = tmp_path / "out.keras"
    assert main(["import-weights", str(spec), "--from", str(path), "-o", str(out)]) == 0
    assert_taken(out, source)


def test_what_does_not_fit_is_told_and_nothing_written(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = weighted(spec)
    arrays = state(source.graph, source.weights)
    arrays.pop(next(name for name in arrays if arrays[name].shape == (4,)))
    arrays["extra.weight"] = np.zeros((7, 9), np.float32)
    path, out = written(tmp_path / "other.safetensors", arrays), tmp_path / "out.keras"
    assert main(["import-weights", spec, "--from", str(path), "-o", str(out)]) == 4
    told = capsys.readouterr().err
    assert "so nothing is written" in told
    assert "d/dense: nothing has 4x16, 4" in told
    assert "extra: no layer takes 7x9" in told
    assert not out.exists()


def header(text: bytes, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(text)) + text + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        struct.pack("<Q", 2**60) + b"{}",
        header(b"[]"),
        header(b"{" * 5000),
        header(b'{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}', b"\0" * 8),
        header(b'{"a": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}}', b"\0" * 16),
        header(b'{"a": {"dtype": "F32", "shape": [1099511627776], "data_offsets": [0, 16]}}', b"\0" * 16),
        header(b'{"a": {"dtype": "pickle", "shape": [4], "data_offsets": [0, 16]}}', b"\0" * 16),
        header(b'{"a": 1}'),
    ],
)
def test_damaged_safetensors_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(ForeignError):
        safetensors.groups(str(path))


def test_half_precision_is_read(tmp_path: Path) -> None:
    values = np.array([1.5, -2.25], np.float32)
    upper = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    half = values.astype("<f2").tobytes()
    text = b'{"x.weight": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}, "y.weight": {"dtype": "F16", "shape": [2], "data_offsets": [4, 8]}}'
    path = tmp_path / "half.safetensors"
    path.write_bytes(header(text, upper + half))
    for group in safetensors.groups(str(path)):
        np.testing.assert_array_equal(group.tensors[0].read(), values)


def test_links_out_of_an_hdf5_file_are_not_followed(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["layers/dense/vars/0"] = np.ones((2, 2), np.float32)
    with h5py.File(tmp_path / "link.h5", "w") as file:
        file["layers/conv/vars/0"] = np.ones((3, 3), np.float32)
        file["layers/dense"] = h5py.ExternalLink("secret.h5", "/layers/dense")
        file["again"] = h5py.SoftLink("/layers")
    found = h5.groups(str(tmp_path / "link.h5"), 2**20)
    assert [group.tensors[0].shape for group in found] == [(3, 3)]
    with pytest.raises(ForeignError, match="larger"):
        h5.groups(str(tmp_path / "link.h5"), 8)
    (tmp_path / "none.h5").write_bytes(b"nothing")
    with pytest.raises(ForeignError, match="HDF5"):
        h5.groups(str(tmp_path / "none.h5"), 8)


def test_usage(spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.keras"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("config.json", "{")
    for source, out, said in (
        ("x.pt", "out.keras", "must be one of"),
        ("missing.safetensors", "out.keras", "no such file"),
        (str(bad), "out.keras", "damaged"),
        ("x.keras", "out.h5", "must end in .keras"),
    ):
        assert main(["import-weights", spec, "--from", source, "-o", str(tmp_path / out)]) == 2
        assert said in capsys.readouterr().err.lower()


def named_as_torchvision(graph: Graph, names: list[str]) -> tuple[list[Slot], list[Group], dict[str, str]]:
    """Return the slots of a graph, groups that have torchvision's names in the order of the network, and which is whose."""
    slots = torch_slots(graph)
    order = sorted(slots, key=lambda slot: slot.wants[0].node)
    groups = [
        Group(
            name,
            tuple(
                Tensor(str(i), want.placed.shape, lambda: np.zeros(1))
                for i, want in enumerate(slot.wants)
                if want.placed
            ),
        )
        for slot, name in zip(order, names, strict=True)
    ]
    return (
        slots,
        sorted(groups, key=lambda group: natural(group.name)),
        {slot.name: name for slot, name in zip(order, names, strict=True)},
    )


def densenet_names() -> list[str]:
    names = ["features.conv0", "features.norm0"]
    for block, count in enumerate((6, 12, 24, 16), 1):
        for layer in range(1, count + 1):
            names += [
                f"features.denseblock{block}.denselayer{layer}.{part}"
                for part in ("norm1", "conv1", "norm2", "conv2")
            ]
        names += [f"features.transition{block}.{part}" for part in ("norm", "conv")] if block < 4 else []
    return [*names, "features.norm5", "classifier"]


def resnet_names() -> list[str]:
    names = ["stem.conv", "stem.bn"]
    for stage in range(1, 5):
        for block in range(2):
            parts = ["conv1", "bn1", "conv2", "bn2"] + (
                ["downsample.0", "downsample.1"] if stage > 1 and block == 0 else []
            )
            names += [f"layer{stage}.{block}.{part}" for part in parts]
    return [*names, "fc"]


@pytest.mark.parametrize(("spec", "names"), [("densenet", densenet_names()), ("resnet", resnet_names())])
def test_names_that_do_not_sort_as_the_network_goes(spec: str, names: list[str]) -> None:
    graph = archdsl.load(f"specs/papers/{spec}.arch").networks[0].graph
    slots, groups, whose = named_as_torchvision(graph, names)
    found = matched(slots, groups)
    assert found.whole
    assert {slot.name: group.name for slot, group in found.pairs} == whose


def test_other_classes_and_folded_norms_are_told(spec: str) -> None:
    graph = archdsl.load(spec).network().graph
    slots = keras_slots(graph)
    groups = [
        Group(slot.name, tuple(Tensor("0", want.weight.shape, lambda: np.zeros(1)) for want in slot.wants))
        for slot in slots
    ]
    other = Group(
        "fc", (Tensor("0", (16, 1000), lambda: np.zeros(1)), Tensor("1", (1000,), lambda: np.zeros(1)))
    )
    assert hints(matched(slots, [*groups[:-1], other])) == [
        "only the width of d/dense differs: 4 in the spec, 1000 in the model"
    ]
    bare = [group for group, slot in zip(groups, slots, strict=True) if len(slot.wants) != 4]
    assert "folds them into convolutions" in hints(matched(slots, bare))[0]
    assert hints(matched(slots, groups)) == []


def kept(file: Any, path: str, *numbers: float) -> None:
    """Write the variables of a part of a layer, as Keras 3 does."""
    group = file.require_group(f"{path}/vars")
    group.attrs["name"] = path.rpartition("/")[2]
    for place, number in enumerate(numbers):
        group[str(place)] = np.full((2, 3), number, np.float32)


def test_parts_of_a_layer_are_one_group_in_the_order_of_its_weights(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "net.weights.h5"
    with h5py.File(path, "w") as file:
        for both in ("layers/both", "layers/tower/layers/both"):
            kept(file, both)
            kept(file, f"{both}/backward_layer/cell", 3, 4)
            kept(file, f"{both}/forward_layer/cell", 1, 2)
        kept(file, "layers/heads")
        for place, part in enumerate(("output_dense", "key_dense", "value_dense", "query_dense")):
            kept(file, f"layers/heads/{part}", (3, 1, 2, 0)[place])
        kept(file, "layers/tower")
    found = [
        (one.name, [float(tensor.read()[0, 0]) for tensor in one.tensors]) for one in h5.groups(str(path), 24)
    ]
    assert sorted(found) == [("both", [1, 2, 3, 4]), ("both", [1, 2, 3, 4]), ("heads", [0, 1, 2, 3])]


def test_weights_of_layers_that_have_parts(tmp_path: Path) -> None:
    import keras

    spec = tmp_path / "net.arch"
    spec.write_text(
        "input 7x8\nstyle transformer\na - attention(2); biLSTM 3, return sequences\n"
        "b - biGRU 4, return sequences; convolution kernel=3, 5\nc - LSTM 4; fc 2\n"
    )
    path, _ = saved(str(spec), "model.keras")
    again, out = str(tmp_path / "again.arch"), str(tmp_path / "out.keras")
    assert main(["decompile", str(path), "-o", again]) == 0
    assert main(["import-weights", again, "--from", str(path), "-o", out]) == 0
    sequence = np.random.default_rng(0).normal(size=(2, 7, 8)).astype(np.float32)
    expected = keras.saving.load_model(path)(sequence)
    np.testing.assert_allclose(keras.saving.load_model(out)(sequence), expected, rtol=1e-4, atol=1e-6)
