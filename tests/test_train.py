"""Training end to end: run folder, output, evaluation, interruption, divergence.

What a process shows by itself is shown by `process`: the installed command, in an interpreter of its own.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import runs
from commands import archdsl

SPEC = "input 16x16x3\nclasses 10\nstyle resnet\nc1 16x16 3x3, 8\nc2 8x8 [3x3, 16; 3x3, 16] x2\n 1x1 average pool, 10-d fc, softmax\n"
FILES = [
    "best.weights.h5",
    "checkpoints",
    "checksums.json",
    "config.json",
    "confusion_matrix.png",
    "eval-test.json",
    "learning_curves.png",
    "learning_curves.svg",
    "metrics.jsonl",
    "model.keras",
    "network.svg",
    "reliability.png",
    "report.html",
    "report.md",
    "spec.arch",
    "status.json",
]


def process(*words: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archdsl", *words]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, timeout=400, check=False, **options
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("train")
    (folder / "net.arch").write_text(SPEC, encoding="utf-8")
    return folder, process("train", "net.arch", "--epochs", "6", "--out", "run", cwd=folder)


def test_a_run_ends_with_an_accuracy_and_its_files(
    trained: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = trained
    assert done.returncode == 0, done.stderr
    assert set(FILES) <= {path.name for path in (folder / "run").iterdir()}
    assert not [path for path in (folder / "run").iterdir() if path.name.startswith(("new-", "."))]
    assert list((folder / "run/events").iterdir())
    accuracy = json.loads((folder / "run/eval-test.json").read_text())["accuracy"]
    assert accuracy > 0.8
    assert f"test accuracy {accuracy:.4f}" in done.stdout
    assert (folder / "run/spec.arch").read_text() == SPEC


def test_output_in_a_file_has_no_escape_codes(trained: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = trained
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout
    assert done.stderr == ""
    epochs = [line for line in done.stdout.splitlines() if line.startswith("epoch=")]
    assert len(epochs) == 6
    assert all(f"{key}=" in epochs[0] for key in ("loss", "accuracy", "val_loss", "val_accuracy", "img_s"))


def test_metrics_and_configuration_tell_the_run(
    trained: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    run = trained[0] / "run"
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5, 6]
    config = json.loads((run / "config.json").read_text())
    assert config["recipe"]["name"] == "digits"
    assert config["recipe"]["epochs"] == 6
    assert config["versions"]["keras"]
    assert str(Path.home()) not in json.dumps(config)


def test_the_saved_model_is_the_best_one(trained: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    import keras

    from archdsl.data import digits

    run = trained[0] / "run"
    model = keras.models.load_model(run / "model.keras")
    data = digits.load((16, 16, 3))
    scaled = (data.splits["test"].images / 255.0 - data.mean) / data.deviation
    predicted = model.predict(scaled.astype(np.float32), verbose=0).argmax(-1)
    accuracy = json.loads((run / "eval-test.json").read_text())["accuracy"]
    assert abs(float((predicted == data.splits["test"].labels).mean()) - accuracy) < 0.006


def test_eval_gives_the_same_accuracy_again(trained: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = trained
    before = json.loads((folder / "run/eval-test.json").read_text())["accuracy"]
    done = process("eval", "run", "--split", "test", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert f"accuracy {before:.4f}" in done.stdout
    assert "precision" in done.stdout
    assert "confusion matrix" in done.stdout
    matrix = np.array(json.loads((folder / "run/eval-test.json").read_text())["confusion"])
    assert matrix.sum() == 360
    assert abs(np.trace(matrix) / 360 - before) < 1e-9


def test_a_folder_in_use_is_never_overwritten(trained: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = trained
    done = archdsl("train", "net.arch", "--out", "run", cwd=folder)
    assert done.returncode == 2
    assert "not empty" in done.stderr


@pytest.mark.parametrize("damage", ["config", "weights", "no folder"])
def test_a_damaged_run_is_told(
    damage: str, trained: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    import shutil

    run = tmp_path / "run"
    if damage != "no folder":
        shutil.copytree(trained[0] / "run", run)
    if damage == "config":
        (run / "config.json").write_text("{", encoding="utf-8")
    if damage == "weights":
        (run / "best.weights.h5").write_bytes(b"not weights")
    done = archdsl("eval", str(run), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    done = archdsl("train", "net.arch", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "recipe digits" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["net.arch"]


@pytest.mark.parametrize(
    "words",
    [
        ["--epochs", "0"],
        ["--batch-size", "-3"],
        ["--epochs", "many"],
        ["--recipe", "magic"],
        ["--data", "imagenet"],
    ],
)
def test_impossible_settings_are_usage_errors(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    done = archdsl("train", "net.arch", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_broken_spec_is_told_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC.replace("8x8", "9x9"), encoding="utf-8")
    done = archdsl("train", "net.arch", cwd=tmp_path)
    assert done.returncode == 1
    assert "E0302" in done.stderr


def test_a_signal_to_a_process_saves_and_exits_130(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    command = [sys.executable, "-m", "archdsl", "train", "net.arch", "--epochs", "500", "--out", "run"]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        assert started.stdout is not None
        deadline = time.monotonic() + 200
        for line in started.stdout:
            if line.startswith("epoch=2") or time.monotonic() > deadline:
                break
        started.send_signal(signal.SIGTERM)
        out, err = started.communicate(timeout=100)
    finally:
        started.kill()
    saved(subprocess.CompletedProcess(command, started.returncode, out, err), tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_and_exits_130(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    steps = 9  # 128 images are 4 batches: in the third epoch
    interrupting = runs.Script({steps: lambda: os.kill(os.getpid(), number)})
    monkeypatch.setattr("archdsl.train.progress.display", lambda epochs: interrupting)
    ignored = signal.signal(number, signal.SIG_DFL)  # as it is where the tests run under `nohup`
    try:
        done = archdsl("train", "net.arch", "--epochs", "500", "--limit", "128", "--out", "run", cwd=tmp_path)
    finally:
        signal.signal(number, ignored)
    assert interrupting.count == steps
    saved(done, tmp_path)


def saved(done: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    """Assert that a run was stopped in its third epoch with all saved."""
    assert done.returncode == 130, done.stderr
    assert "archdsl train --resume run" in done.stdout
    assert "Traceback" not in done.stderr
    assert archdsl("eval", "run", "--weights", "last", cwd=tmp_path).returncode == 0
    report = (tmp_path / "run/report.md").read_text()
    assert "Not evaluated yet" in report and "| 2 |" in report


def test_a_run_begins_with_given_weights_and_ends_when_it_gets_no_better(
    trained: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = trained
    sets = ("initial=run/model.keras", "patience=2", "ema=0.9", "warmup=0", "decay=0")
    words = ["--out", "again", "--epochs", "9", "--lr", "1e-9", "--limit", "256"]
    for one in sets:
        words += ["--set", one]
    done = archdsl("train", "net.arch", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "layers from run/model.keras" in done.stdout + done.stderr
    assert "ended after epoch 3: 2 epochs brought no better" in done.stdout + done.stderr
    rows = [json.loads(line) for line in (folder / "again/metrics.jsonl").read_text().splitlines()]
    assert len(rows) == 3
    # Such a rate changes nothing, so what the averages reach is what the weights did from the start.
    assert rows[0]["val_accuracy"] > 0.8


def test_divergence_names_a_row_and_exits_4(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC.replace("style resnet", "style plain"), encoding="utf-8")
    words = ["--lr", "1e30", "--precision", "float32", "--set", "warmup=0", "--set", "smoothing=0"]
    done = archdsl("train", "net.arch", "--out", "run", *words, cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    assert "(line " in done.stderr
    assert "Traceback" not in done.stderr


def test_one_seed_gives_one_run(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    for name in ("a", "b"):
        environment = os.environ | {"TF_DETERMINISTIC_OPS": "1"}
        process(
            "train",
            "net.arch",
            "--epochs",
            "1",
            "--limit",
            "128",
            "--seed",
            "7",
            "--out",
            name,
            cwd=tmp_path,
            env=environment,
        )
    keys = ("loss", "accuracy", "val_loss", "val_accuracy")
    a, b = (
        [json.loads(line) for line in (tmp_path / name / "metrics.jsonl").read_text().splitlines()]
        for name in ("a", "b")
    )
    assert [[row[key] for key in keys] for row in a] == [[row[key] for key in keys] for row in b]


@pytest.mark.parametrize(
    "without", [{}, {"scale": False}, {"center": False}, {"scale": False, "center": False}], ids=str
)
def test_layers_for_the_cpu_compute_what_keras_own_do(without: dict[str, bool]) -> None:
    import keras
    import tensorflow as tf

    from archdsl.pipeline import compile_source
    from archdsl.source import Source
    from archdsl.train import learner

    # Keras' own strided 1x1 convolution of fewer than 16 channels may kill the process (archdsl/train/cpu_layers.py).
    graph = compile_source(Source("net.arch", SPEC.replace("3x3, 8", "3x3, 16"))).compiled[0].graph
    assert graph is not None
    nodes = (
        node._replace(params={**node.params, **without}) if node.op == "batch_norm" else node
        for node in graph.nodes
    )
    graph = graph._replace(nodes=tuple(nodes))
    keras.utils.set_random_seed(5)
    plain, ours = (learner.make(graph, "float32", training=training).logits for training in (False, True))
    for kind in ("BatchNormalization", "Conv2D"):
        kinds = [type(layer) for layer in ours.layers if type(layer).__name__ == kind]
        assert kinds
        assert all(
            issubclass(one, getattr(keras.layers, kind)) and one is not getattr(keras.layers, kind)
            for one in kinds
        )
    random = np.random.default_rng(3)
    images = random.normal(size=(64, 16, 16, 3)).astype(np.float32)
    labels = tf.constant(random.integers(0, 10, 64))
    ours.set_weights(plain.get_weights())
    np.testing.assert_allclose(ours(images, training=False), plain(images, training=False), atol=1e-4)
    results = []
    for model in (plain, ours):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                keras.losses.sparse_categorical_crossentropy(
                    labels, model(images, training=True), from_logits=True
                )
            )
        gradients = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
        results.append(
            (
                [float(loss)],
                [np.asarray(g) for g in gradients],
                [np.asarray(w) for w in model.non_trainable_variables],
            )
        )
    for own, theirs in zip(results[1], results[0], strict=True):
        for a, b in zip(own, theirs, strict=True):
            # By norm: a rounding that turns one ReLU around changes single entries of a gradient by much.
            assert np.linalg.norm(np.asarray(a) - b) <= 1e-2 * np.linalg.norm(b) + 1e-4
