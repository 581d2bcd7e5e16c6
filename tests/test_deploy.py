"""Exported files: every op in every format, what is refused, 8-bit files, and the command as it is installed."""

import contextlib
import dataclasses
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import backend_graphs
import numpy as np
import pytest
from backend_graphs import Net
from commands import archdsl
from test_deploy_passes import ONCE, randomised

from archdsl.deploy import registry
from archdsl.deploy.check import TOLERANCE, allowed, difference, examples
from archdsl.deploy.errors import DeployError
from archdsl.deploy.export import write_checked
from archdsl.deploy.job import Job, written_model
from archdsl.deploy.packages import missing
from archdsl.deploy.registry import FORMATS, KERAS, ONNX, SAVED_MODEL, TFLITE, Format
from archdsl.graph.graph import Graph

SPEC = "input 16x16x3\nclasses 10\nstyle resnet\nc1 16x16 3x3, 8\nc2 8x8 [3x3, 16; 3x3, 16] x2\n 1x1 average pool, 10-d fc, softmax\n"


class Checked:
    """What a job asks of a network: here one of a graph made by hand."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.name, self.input = graph, graph.name, graph.nodes[0].shape


def job(graph: Graph, **options: Any) -> Job:
    return Job(Checked(graph), randomised(graph)[0], **options)  # type: ignore[arg-type]


def needs(form: Format) -> None:
    for name in form.needs:
        pytest.importorskip(name)


def few() -> Graph:
    """A convolution, a norm and a head."""
    net = Net((8, 8, 3))
    net.stage("row")
    net.conv(4, 3, "conv")
    net.head(3)
    return net.graph("few")


def maps(rank: int) -> Graph:
    """What there is for sequences and volumes: windows, pools and merges of another rank than images have."""
    net = Net((*(8, 6, 4)[:rank], 4))
    net.stage("row")
    window = {"kernel": (3,) * rank, "padding": "same", "bias": True, "initializer": "he_normal"}
    net.node("conv", {**window, **ONCE[rank], "channels": 8, "groups": 2}, (net.last,), "conv")
    net.node("batch_norm", {"epsilon": 1e-3, "momentum": 0.9}, (net.last,), "norm")
    if rank == 1:
        net.node("depthwise", {**window, **ONCE[rank]}, (net.last,), "depthwise")
    net.node("conv_transpose", {**window, "channels": 8, "stride": (2,) * rank}, (net.last,), "larger")
    pool = {"kernel": (2,) * rank, "stride": (2,) * rank, "padding": "same"}
    ends = [net.node(op, pool, (net.last,), op) for op in ("max_pool", "avg_pool")]
    net.node("add", {}, tuple(ends[-1:] * 2), "add")
    net.node("upsample", {"stride": (2,) * rank, "interpolation": "nearest"}, (net.last,), "upsample")
    net.node("lrn", backend_graphs.SHAPED["lrn"], (net.last,), "lrn")
    net.node("channel_shuffle", {"groups": 2}, (net.last,), "shuffle")
    net.node("pad_channels", {"amount": 2}, (net.last,), "more")
    net.node("select", {"start": 1, "stop": 7}, (net.last,), "some")
    net.head(3)
    return net.graph(f"rank{rank}")


GRAPHS = {"everything": backend_graphs.everything(False), "sequence": maps(1), "volume": maps(3)}


CASES = [(form, "everything") for form in (*FORMATS, SAVED_MODEL)] + [
    (ONNX, "sequence"),
    (ONNX, "volume"),
    (TFLITE, "sequence"),
]


@pytest.mark.parametrize(
    ("form", "name"), CASES, ids=lambda given: given if isinstance(given, str) else given.name
)
def test_every_op_answers_alike_in_every_format(form: Format, name: str, tmp_path: Path) -> None:
    needs(form)
    given = job(GRAPHS[name])
    error = write_checked(given, written_model(given, form.converted), tmp_path / f"model{form.ending}", form)
    assert error <= TOLERANCE


def test_a_layer_that_tensorflow_lite_lacks_is_named(tmp_path: Path) -> None:
    needs(TFLITE)
    net = Net((4, 4, 4, 2))
    net.stage("row")
    net.node("rescale", {"factor": 2.0}, (0,), "factor")
    net.node("max_pool", {"kernel": (2,) * 3, "stride": (2,) * 3, "padding": "valid"}, (net.last,), "pool")
    given = job(net.graph("volume"))
    with pytest.raises(
        DeployError, match=r"^TensorFlow Lite has no layer for 2×2×2 max pool \(row/pool, line 1\)"
    ):
        write_checked(given, written_model(given), tmp_path / "model.tflite", TFLITE)


def test_a_file_that_differs_is_refused(tmp_path: Path) -> None:
    given = job(few())
    other = written_model(given)
    other.set_weights([weight + 0.05 for weight in other.get_weights()])
    with pytest.raises(DeployError, match="differs from the network by"):
        write_checked(given, other, tmp_path / "model.keras", KERAS)


@dataclasses.dataclass
class Beside:
    """A model whose answers are moved by 3e-5: by what the last bit of the input says, or always."""

    model: Any
    by_last_bit: bool

    def predict_on_batch(self, inputs: Any) -> Any:
        moved = np.sin(1e7 * inputs.reshape(len(inputs), -1)[:, :1]) if self.by_last_bit else 1.0
        return self.model.predict_on_batch(inputs) + 3e-5 * moved


@pytest.mark.parametrize(("by_last_bit", "fits"), [(True, True), (False, False)])
def test_rounding_that_the_network_itself_has_is_allowed(
    by_last_bit: bool, fits: bool, tmp_path: Path
) -> None:
    given = job(few())
    assert allowed(given.model, given.network.graph) == TOLERANCE
    beside = dataclasses.replace(given, model=Beside(given.model, by_last_bit))
    with contextlib.nullcontext() if fits else pytest.raises(DeployError, match="more than 1e-05"):
        assert write_checked(beside, written_model(given), tmp_path / "model.keras", KERAS) > TOLERANCE


def test_outputs_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    given = job(few())
    given.model.get_layer("head-dense").bias.assign([np.nan] * 3)
    with pytest.raises(DeployError, match="nan"):
        write_checked(given, written_model(given), tmp_path / "model.keras", KERAS)


def test_the_layer_that_a_format_lacks_is_named(tmp_path: Path) -> None:
    def write(model: Any, path: Path, said: dict[str, Any]) -> None:
        if any(layer.__class__.__name__ == "Conv2D" for layer in model.layers):
            raise ValueError("no such op\nand more of it")
        registry.KERAS.write(model, path, said)

    given = job(few())
    with pytest.raises(
        DeployError, match=r"^Narrow has no layer for 3×3 conv \(row/conv, line 1\): no such op$"
    ):
        write_checked(
            given, written_model(given), tmp_path / "model.keras", KERAS._replace(name="Narrow", write=write)
        )


def test_differences_are_relative_to_large_outputs_only() -> None:
    ones = np.ones((2, 3), np.float32)
    assert difference(ones, ones * 1.5) == 0.5
    assert difference(ones * 100, ones * 150) == 0.5
    assert difference(ones / 100, ones / 50) == pytest.approx(0.01)
    assert np.isnan(difference(ones, ones[:1]))


def test_the_noise_is_the_same_each_time() -> None:
    np.testing.assert_array_equal(examples(few(), 3), examples(few(), 3))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a small network for one epoch; the folder holds `net.arch` and the run `run`."""
    folder = tmp_path_factory.mktemp("deploy")
    (folder / "net.arch").write_text(SPEC, encoding="utf-8")
    done = archdsl("train", "net.arch", "--epochs", "2", "--out", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_run_as_onnx_takes_images_and_says_what_it_is(trained: Path) -> None:
    needs(ONNX)
    done = archdsl("compile", "run", "-o", "images.onnx", "--with-scaling", cwd=trained)
    assert done.returncode == 0, done.stderr
    assert "6 of 6 batch norms folded" in done.stdout
    assert "differs by" in done.stdout
    assert done.stderr == ""
    import onnxruntime

    session = onnxruntime.InferenceSession(trained / "images.onnx")
    entry, result = session.get_inputs()[0], session.get_outputs()[0]
    assert (entry.type, entry.shape, result.name, result.shape) == (
        "tensor(uint8)",
        ["batch", 16, 16, 3],
        "output",
        ["batch", 10],
    )
    said = session.get_modelmeta().custom_metadata_map
    assert json.loads(said["classes"]) == list("0123456789")
    assert json.loads(said["input"])["values"] == "uint8, 0 to 255"
    from archdsl.data import digits

    split = digits.load((16, 16, 3)).splits["test"]
    images = np.asarray(split.images[:360])
    found = session.run(None, {entry.name: images})[0].argmax(-1)
    expected = json.loads((trained / "run/eval-test.json").read_text())["accuracy"]
    assert abs(float((found == split.labels).mean()) - expected) < 0.006


@pytest.mark.parametrize("ending", ["onnx", "tflite"])
def test_an_8_bit_file_is_smaller_and_as_good(ending: str, trained: Path) -> None:
    needs(ONNX if ending == "onnx" else TFLITE)
    done = archdsl("compile", "run", "-o", f"small.{ending}", "--int8", "--calibrate", "64", cwd=trained)
    assert done.returncode == 0, done.stderr
    words = done.stdout.replace(",", "").replace(";", "").split()
    plain, small = (float(words[words.index(word) + 1]) for word in ("float", "int8"))
    assert "ranges from 64 training images" in done.stdout
    assert abs(plain - json.loads((trained / "run/eval-test.json").read_text())["accuracy"]) < 0.006
    assert abs(plain - small) < 0.1
    assert [path.name for path in trained.iterdir() if path.name.startswith(".")] == []
    if ending == "tflite":
        assert zipfile.ZipFile(trained / "small.tflite").read("labels.txt").decode().split() == list(
            "0123456789"
        )


def test_the_keras_file_of_a_run_is_folded_and_that_of_a_spec_is_not(trained: Path) -> None:
    import keras

    for source, norms in (("run", 0), ("net.arch", 6)):
        done = archdsl("compile", source, "-o", f"{norms}.keras", cwd=trained)
        assert done.returncode == 0, done.stderr
        model = keras.models.load_model(trained / f"{norms}.keras")
        assert sum(type(layer).__name__ == "BatchNormalization" for layer in model.layers) == norms
    assert "6 batch norms kept" in done.stdout


def test_what_was_there_stays_where_compiling_fails(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC.replace("8x8", "9x9"), encoding="utf-8")
    (tmp_path / "mine").mkdir()
    for name in ("m.py", "m.keras", "mine/notes.txt"):
        (tmp_path / name).write_text("before", encoding="utf-8")
    assert archdsl("compile", "net.arch", "-o", "m.keras", cwd=tmp_path).returncode == 1
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    for target, words in (
        ("mine", "was not written by archdsl"),
        ("mine/", "was not written by archdsl"),
    ):
        done = archdsl("compile", "net.arch", "-o", target, cwd=tmp_path)
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert {(tmp_path / name).read_text() for name in ("m.py", "m.keras", "mine/notes.txt")} == {"before"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.keras", "m.py", "mine", "net.arch"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-o", "m.onnx", "--int8"), "pass --data"),
        (("-o", "m.keras", "--with-scaling"), "pass --data"),
        (("-o", "m.py", "--int8", "--data", "digits"), "only be written for a spec"),
        (("-o", "m.keras", "--int8", "--data", "digits"), "--int8 writes .onnx and .tflite"),
        (("-o", "m.v2"), "SavedModel"),
        (("-o", "m.onnx", "--calibrate", "0"), "whole number"),
        (("-o", "m.onnx", "--calibrate", "8"), "no effect without --int8"),
    ],
)
def test_impossible_requests(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    done = archdsl("compile", "net.arch", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["net.arch"]


@pytest.mark.parametrize(
    ("module", "target", "line"),
    [("tf2onnx", "m.onnx", "archdsl[onnx]"), ("ai_edge_litert", "m.tflite", "archdsl[tflite]")],
)
def test_a_missing_package_is_told_with_its_pip_line(
    module: str, target: str, line: str, tmp_path: Path
) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    code = (
        "import sys, importlib.util as u\nfound = u.find_spec\n"
        f"u.find_spec = lambda name, *more: None if name == {module!r} else found(name, *more)\n"
        f"from archdsl.cli.main import main\nsys.exit(main(['compile', 'net.arch', '-o', {target!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=100, check=False
    )
    assert done.returncode == 3
    assert f"pip install '{line}'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_bench_measures_what_is_installed(trained: Path) -> None:
    done = archdsl(
        "bench",
        "run",
        "--batch",
        "1,3",
        "--seconds",
        "0.05",
        "--engine",
        "function",
        "--engine",
        "onnx",
        "--format",
        "json",
        cwd=trained,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    rows = result["engines"]
    measured = {row["engine"] for row in rows}
    assert (
        {"Keras function", "folded function"}
        <= measured
        <= {"Keras function", "folded function", "ONNX Runtime"}
    )
    assert len(rows) == 2 * len(measured)
    assert all(
        row["error"] <= 1e-5 and 0 < row["median_s"] <= row["p95_s"] and row["calls"] >= 6 for row in rows
    )


def test_bench_refuses_an_engine_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    done = archdsl("bench", "net.arch", "--engine", "magic", cwd=tmp_path)
    assert done.returncode == 2
    assert "ONNX Runtime" in done.stderr


def test_the_predictor_answers_as_the_model_does() -> None:
    from archdsl.deploy.predictor import _WAYS, ENGINES, predictor

    given = job(few())
    inputs = examples(given.network.graph, 5)
    expected = given.model.predict_on_batch(inputs)
    for engine in ENGINES:
        if engine != "auto" and missing(_WAYS[engine].needs):
            continue
        found = predictor(given.network, given.model, engine, batch=2)(inputs)
        assert difference(expected, found) <= TOLERANCE


def test_the_predictor_leaves_out_an_engine_that_cannot_run_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from archdsl.deploy import predictor

    def fail(_: Job) -> Any:
        raise RuntimeError("no such operator")

    broken = {name: way._replace(make=fail, needs=()) for name, way in predictor._WAYS.items()}
    monkeypatch.setattr(predictor, "_WAYS", broken)
    given = job(few())
    inputs = examples(given.network.graph, 5)
    found = predictor.predictor(given.network, given.model)(inputs)
    assert difference(given.model.predict_on_batch(inputs), found) <= TOLERANCE


def test_the_predictor_takes_the_fastest_engine_for_as_many_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    from archdsl.deploy import predictor
    from archdsl.deploy.timing import Timings

    seconds = {"small": lambda count: 0.01 * count, "large": lambda count: 0.1}

    def timed(engines: dict[str, Any], inputs: Any, budget: float) -> dict[str, Timings]:
        return {name: Timings(len(inputs), (seconds[name](len(inputs)),)) for name in engines}

    monkeypatch.setattr(predictor, "interleaved", timed)
    answer = predictor._by_size({name: lambda _, name=name: name for name in seconds}, few(), 64)
    assert [answer(np.zeros(count)) for count in (0, 1, 7, 8, 63, 64, 200)] == ["small"] * 5 + ["large"] * 2


def test_the_fastest_engine_is_that_of_the_shortest_call() -> None:
    """Other work on the machine only makes calls longer."""
    from archdsl.deploy.predictor import fastest
    from archdsl.deploy.timing import Timings

    disturbed, steady = Timings(1, (0.1, 0.9, 0.9)), Timings(1, (0.2, 0.2, 0.2))
    assert fastest({"steady": steady, "disturbed": disturbed}) == "disturbed"


def test_timings_are_summed_up() -> None:
    from archdsl.deploy.timing import Timings

    timings = Timings(8, tuple(float(n) for n in range(1, 101)))
    assert (timings.median, timings.p95, timings.throughput) == (50.5, 95.0, 8 / 50.5)
    assert Timings(1, (2.0, 4.0)).p95 == 4.0
