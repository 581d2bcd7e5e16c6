"""Where the numbers of a run go: CSV, TensorBoard, MLflow, W&B; and a run whose output nobody reads any more."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from archdsl.train.log import LogError, Loggers, Start, missing, used
from archdsl.train.log.metrics import MetricsLogger, table
from archdsl.train.log.pictures import png, sheet, size
from archdsl.train.log.steps import StepValues

SPEC = "input 16x16x3\nclasses 10\nstyle resnet\nc1 16x16 3x3, 8\nc2 8x8 [3x3, 16; 3x3, 16] x2\n 1x1 average pool, 10-d fc, softmax\n"


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Train with a tracker, with a reader that leaves after the first line."""
    pytest.importorskip("mlflow")
    folder = tmp_path_factory.mktemp("logs")
    (folder / "net.arch").write_text(SPEC, encoding="utf-8")
    train = f"{sys.executable} -m archdsl train net.arch --epochs 2 --limit 100 --out run --log mlflow"
    store = {
        "MLFLOW_TRACKING_URI": f"file:{folder / 'mlruns'}",
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_EXPERIMENT_NAME": "ours",
    }
    command = ["bash", "-o", "pipefail", "-c", f"{train} | head -1"]
    environment = {**os.environ, **store}
    return folder, subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=400, check=False
    )


def test_a_closed_pipe_does_not_end_the_training(
    logged: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = logged
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("net  input 16x16x3")
    assert done.stdout.count("\n") == 1
    assert done.stderr.count("standard output is lost (broken pipe); the run goes on") == 1
    assert "Traceback" not in done.stderr
    assert (folder / "run/report.md").is_file()


def test_metrics_as_csv(logged: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    run = logged[0] / "run"
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    with open(run / "metrics.csv", encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [{key: float(value) for key, value in row.items()} for row in read] == rows
    assert [row["epoch"] for row in rows] == [1, 2]


def test_tensorboard_has_scalars_images_and_the_graph(
    logged: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    run = logged[0] / "run"
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    train, validation = (
        EventAccumulator(str(run / "events" / name), {"images": 0}).Reload()
        for name in ("train", "validation")
    )
    steps = (
        train.Tensors("step/loss") if "step/loss" in train.Tags()["tensors"] else train.Scalars("step/loss")
    )
    assert [event.step for event in steps] == list(range(1, 9))  # 100 images in batches of 32, twice
    for place, row in enumerate(rows):
        assert _scalars(validation, "epoch/accuracy")[place] == pytest.approx(
            (4 * (place + 1), row["val_accuracy"])
        )
        assert _scalars(train, "epoch/loss")[place] == pytest.approx((4 * (place + 1), row["loss"]))
        values = [value for _, value in _scalars(train, "step/loss")[4 * place : 4 * place + 4]]
        assert np.average(values, weights=[32, 32, 32, 4]) == pytest.approx(row["loss"], rel=1e-4)
    images = train.Tags()["images"]
    assert {"inputs", "report/confusion_matrix"} <= set(images)
    graph = train.Graph()
    assert isinstance(graph, GraphDef)
    names = [node.name for node in graph.node]
    assert len(names) == len(set(names))
    assert all(source in names for node in graph.node for source in node.input)
    assert any(name.startswith("c2/block2/") for name in names)


def _scalars(events: Any, tag: str) -> list[tuple[int, float]]:
    return [(event.step, event.value) for event in events.Scalars(tag)]


def test_mlflow_has_the_run(logged: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = logged
    rows = [json.loads(line) for line in (folder / "run/metrics.jsonl").read_text().splitlines()]
    identity = (folder / "run/mlflow-run").read_text().strip()
    (kept,) = (folder / "mlruns").glob(f"*/{identity}")
    assert "name: ours" in (kept.parent / "meta.yaml").read_text()
    logged_losses = [line.split() for line in (kept / "metrics/val_loss").read_text().splitlines()]
    assert [(float(value), int(step)) for _, value, step, *_ in logged_losses] == [
        (row["val_loss"], row["epoch"]) for row in rows
    ]
    accuracy = json.loads((folder / "run/eval-test.json").read_text())["accuracy"]
    assert float((kept / "metrics/test_accuracy").read_text().split()[1]) == pytest.approx(accuracy)
    assert (kept / "params/recipe.epochs").read_text() == "2"
    assert (kept / "params/optimizer_name").is_file()  # by MLflow's own callback
    assert (kept / "artifacts/report.md").is_file()


@pytest.mark.filterwarnings("ignore")  # of the trackers' own libraries
@pytest.mark.parametrize("tracker", ["wandb", "mlflow"])
def test_a_tracker_goes_on_with_its_run(
    tracker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(tracker)
    keras = pytest.importorskip("keras")
    from archdsl.train.folder import RunFolder
    from archdsl.train.log import TRACKERS, trackers

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    (tmp_path / "run").mkdir()
    folder = RunFolder(str(tmp_path / "run"))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    ids = []
    assert used(folder) == []
    for epoch in (0, 1):
        logger = getattr(trackers, TRACKERS[tracker])()
        logger.begin(
            Start(
                folder,
                epoch,
                10 * epoch,
                {"network": "a net", "recipe": {"rate": 0.1}},
                None,
                None,
                None,
                model,
            )
        )
        logger.epoch({"epoch": epoch + 1, "step": 10 * (epoch + 1), "loss": 1.5, "val_loss": None})
        logger.close()
        ids.append((folder / f"{tracker}-run").read_text())
    assert ids[0] == ids[1]
    assert used(folder) == [tracker]


def test_a_tracker_that_is_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from archdsl.cli.main import main

    monkeypatch.setattr("archdsl.train.log.find_spec", lambda name: None if name == "wandb" else object())
    monkeypatch.chdir(tmp_path)
    Path("net.arch").write_text(SPEC, encoding="utf-8")
    assert missing(["wandb", "mlflow"]) == ["wandb"]
    assert main(["train", "net.arch", "--log", "wandb", "--log", "mlflow", "--out", "run"]) == 3
    told = capsys.readouterr()
    assert "wandb not installed: pip install wandb" in told.err
    assert not Path("run").exists()


class Failing:
    """A logger that fails at the call that it is made for."""

    def __init__(self, at: str) -> None:
        self.name, self.at, self.calls = "it", at, list[str]()

    def __getattr__(self, name: str) -> Any:
        def call(*_: Any) -> None:
            self.calls.append(name)
            if name == self.at:
                raise RuntimeError("the server is gone\nand more")

        return call


@pytest.mark.parametrize("at", ["step", "epoch", "evaluated", "close"])
def test_a_logger_that_fails_is_left_out(at: str) -> None:
    told: list[str] = []
    failing, sound = Failing(at), Failing("")
    both = Loggers([failing, sound], told.append)  # type: ignore[list-item]
    both.begin(None)  # type: ignore[arg-type]
    for _ in range(2):
        both.step(1, {})
        both.epoch({})
    both.evaluated(None)
    both.close()
    assert told == ["logging to it has stopped, training continues: the server is gone"]
    assert failing.calls.count(at) == 1
    assert sound.calls == ["begin", "step", "epoch", "step", "epoch", "evaluated", "close"]


def test_a_logger_that_cannot_begin_is_an_error() -> None:
    with pytest.raises(LogError, match=r"^cannot log to it: the server is gone$"):
        Loggers([Failing("begin")], print).begin(None)  # type: ignore[list-item, arg-type]


def test_numbers_of_steps_from_means() -> None:
    steps = StepValues(100, 32)
    losses = [4.0, 2.0, 3.0, 1.0]
    means = np.cumsum(np.array(losses) * [32, 32, 32, 4]) / np.cumsum([32, 32, 32, 4])
    for epoch in range(2):
        found = [steps.of(4 * epoch + place + 1, {"loss": mean})["loss"] for place, mean in enumerate(means)]
        assert found == pytest.approx(losses)
    resumed = StepValues(100, 32)
    assert resumed.of(6, {"loss": means[1]}) == {}
    assert resumed.of(7, {"loss": means[2]})["loss"] == pytest.approx(3.0)


def test_csv_of_rows_with_other_keys() -> None:
    assert (
        table([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25, "val_loss": 1.0}])
        == "epoch,loss,val_loss\n1,0.5,\n2,0.25,1.0\n"
    )


def test_csv_drops_what_comes_after_the_point_of_a_resume(tmp_path: Path) -> None:
    from archdsl.train.folder import RunFolder

    (tmp_path / "metrics.jsonl").write_text(
        "".join(json.dumps({"epoch": n, "loss": n / 2}) + "\n" for n in (1, 2, 3))
    )
    logger = MetricsLogger()
    logger.begin(SimpleNamespace(folder=RunFolder(str(tmp_path)), epoch=2))  # type: ignore[arg-type]
    logger.epoch({"epoch": 3, "loss": 7.5})
    assert (tmp_path / "metrics.csv").read_text() == "epoch,loss\n1,0.5\n2,1.0\n3,7.5\n"


@pytest.mark.parametrize(
    ("count", "channels", "shape"),
    [(64, 3, (80, 80, 3)), (70, 1, (80, 80, 1)), (3, 3, (10, 30, 3)), (9, 1, (20, 80, 1))],
)
def test_a_sheet_of_inputs(count: int, channels: int, shape: tuple[int, ...]) -> None:
    images = np.random.default_rng(1).normal(size=(count, 8, 8, channels)).astype(np.float32)
    picture = sheet(images)
    assert picture.shape == shape
    low, high = images[:64].min(axis=(0, 1, 2)), images[:64].max(axis=(0, 1, 2))
    np.testing.assert_allclose(picture[1:9, 11:19], 255 * (images[1] - low) / (high - low), atol=0.51)
    assert min(size(png(picture))) >= shape[0]
