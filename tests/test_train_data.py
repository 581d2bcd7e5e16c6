"""Training from records, streamed or held in memory: the same run, and an evaluation that finds its data again."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import archdsl

from archdsl import load as loaded
from archdsl.data.catalogue import again
from archdsl.data.faults import DataError

pytest.importorskip("google_crc32c")

SPEC = "input 12x12x3\nclasses 3\nstyle resnet\nc1 12x12 3x3, 8\nc2 6x6 [3x3, 8; 3x3, 8]\n 1x1 average pool, 3-d fc, softmax\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make images of three classes that differ in their brightest channel, as arrays and as records."""
    where = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(2)
    labels = np.arange(300) % 3
    images = random.integers(0, 120, (300, 12, 12, 3), dtype=np.uint8)
    images[np.arange(300), :, :, labels] += 100
    np.savez(where / "a.npz", images=images, labels=labels)
    (where / "net.arch").write_text(SPEC, encoding="utf-8")
    done = archdsl("data", "a.npz", "--out", "records", "--compress", cwd=where)
    assert done.returncode == 0, done.stderr
    return where


def train(folder: Path, out: str, *words: str) -> tuple[dict[str, Any], Path]:
    fixed = ("--epochs", "3", "--batch-size", "16", "--precision", "float32", "--seed", "3", "--lr", "0.02")
    done = archdsl("train", "net.arch", "--out", out, *fixed, *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / out / "metrics.jsonl").read_text().splitlines()[-1]), folder / out


def test_streamed_records_train_as_those_in_memory(folder: Path) -> None:
    held, run = train(folder, "held", "--data", "records")
    streamed, _ = train(folder, "streamed", "--data", "records", "--data-memory", "0")
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert abs(held[key] - streamed[key]) < 5e-3, key
    accuracy = json.loads((run / "eval-test.json").read_text())["accuracy"]
    assert accuracy > 0.9
    again = archdsl("eval", "held", cwd=folder)
    assert again.returncode == 0, again.stderr
    assert f"{accuracy:.4f}" in again.stdout


def test_a_record_damaged_under_way_is_named(folder: Path) -> None:
    assert archdsl("data", "a.npz", "--out", "bad", cwd=folder).returncode == 0
    path = next((folder / "bad").glob("train*"))
    data = bytearray(path.read_bytes())
    data[1000] ^= 8
    path.write_bytes(bytes(data))
    words = (
        "train",
        "net.arch",
        "--epochs",
        "1",
        "--precision",
        "float32",
        "--data",
        "bad",
        "--out",
        "run-bad",
    )
    for memory in ((), ("--data-memory", "0")):
        done = archdsl(*words, *memory, cwd=folder)
        assert done.returncode == 2, done.stderr
        # TensorFlow may log the fault of its own thread before that, whatever its log level is.
        assert f"{path.name} is damaged: record 1 " in done.stderr.splitlines()[-1]


def test_a_run_finds_its_data_where_it_was_or_says_so(folder: Path) -> None:
    _, run = train(folder, "from-arrays", "--data", "a.npz")
    (run / "status.json").write_text('{"state": "interrupted"}', encoding="utf-8")
    (folder / "a.npz").rename(folder / "b.npz")
    try:
        for words in (["eval", "from-arrays"], ["train", "--resume", "from-arrays", "--dry-run"]):
            done = archdsl(*words, cwd=folder)
            assert done.returncode == 2
            assert "a.npz, the data of the run, is not here: say where it is with --data" in done.stderr
            done = archdsl(*words, "--data", "b.npz", cwd=folder)
            assert done.returncode == 0, done.stderr
    finally:
        (folder / "b.npz").rename(folder / "a.npz")
    assert json.loads((run / "config.json").read_text())["data"]["source"] == "a.npz"


@pytest.mark.parametrize(
    "damage", [{"memory": "all"}, {"limit": -1}, {"resize": "melt"}, {"altered": None}, {"source": "a\0"}]
)
def test_a_damaged_choice_of_data_is_told(damage: dict[str, Any], folder: Path) -> None:
    kept = {"name": "a", "source": str(folder / "a.npz")} | damage
    network = loaded(str(folder / "net.arch")).network()
    with pytest.raises(DataError, match=next(iter(damage))):
        again(kept, network)
