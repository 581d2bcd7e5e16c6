"""Backends, devices and processes: the options, the even parts of batches, how a watched process ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import archdsl

from archdsl.backends.quiet import import_keras
from archdsl.scale import parts
from archdsl.scale.backend import BackendError, BackendMissing, choose
from archdsl.scale.place import Place, PlaceError
from archdsl.scale.processes import Processes
from archdsl.scale.supervise import Ending

SPEC = "input 16x16x3\nclasses 10\nstyle resnet\nc1 16x16 3x3, 8\nc2 8x8 [3x3, 16; 3x3, 16] x2\n 1x1 average pool, 10-d fc, softmax\n"
TOGETHER = ["--coordinator", "127.0.0.1:9911", "--process-id", "0", "--out", "run"]


@pytest.fixture(autouse=True)
def without_a_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no environment choose a backend; Keras, which keeps its first one, is loaded before a test names another."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    import_keras()


def train(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    (cwd / "net.arch").write_text(SPEC, encoding="utf-8")
    return archdsl("train", "net.arch", *words, cwd=cwd)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--process-id", "0"], "--process-id needs --processes"),
        (["--coordinator", "a:1"], "--coordinator needs --processes"),
        (["--processes", "2", "--out", "run"], "--processes needs --coordinator HOST:PORT"),
        (["--processes", "2", *TOGETHER, "--process-id", "2"], "2 processes are numbered 0 to 1"),
        (["--processes", "2", *TOGETHER, "--coordinator", "here"], "like 10.0.0.1:9911"),
        (["--processes", "2", *TOGETHER, "--coordinator", "here:70000"], "like 10.0.0.1:9911"),
        (
            ["--processes", "2", *TOGETHER, "--backend", "tensorflow"],
            "several processes need --backend jax, and this is tensorflow",
        ),
        (["--processes", "2", *TOGETHER[:4]], "name it with --out"),
        (["--processes", "0"], "not a whole number of at least 1"),
        (["--devices", "two"], "not a whole number of at least 1"),
        (["--backend", "theano"], "invalid choice"),
    ],
)
def test_options_that_do_not_fit_are_told_at_once(words: list[str], told: str, tmp_path: Path) -> None:
    done = train(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def test_the_backend_of_the_environment_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    done = train("--processes", "2", *TOGETHER, cwd=tmp_path)
    assert done.returncode == 2
    assert "this is torch" in done.stderr


def test_a_backend_that_is_missing_is_told_with_the_line_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    code = (
        "import sys, archdsl.scale.backend as backend\nfrom archdsl.cli.main import main\n"
        "backend.find_spec = lambda name: None\nsys.exit(main(['train', 'net.arch', '--backend', 'torch', '--out', 'run']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False
    )
    assert done.returncode == 3
    assert done.stderr == "archdsl: the backend torch is not installed: pip install 'archdsl[torch]'\n"
    assert not (tmp_path / "run").exists()


def test_keras_keeps_the_backend_that_it_was_imported_with(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    running = keras.backend.backend()
    choose(running)
    choose(None)
    with pytest.raises(BackendError, match="before Keras is imported"):
        choose("jax" if running != "jax" else "torch")
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setattr("archdsl.scale.backend.find_spec", lambda name: None)
    with pytest.raises(BackendMissing, match=r"pip install 'archdsl\[jax\]'"):
        choose("jax")


@pytest.mark.parametrize(("size", "devices", "fits"), [(30, 4, "28"), (3, 4, "4"), (129, 8, "128")])
def test_a_batch_that_cannot_be_divided_is_refused_with_one_that_can(
    size: int, devices: int, fits: str
) -> None:
    with pytest.raises(PlaceError, match=f"--batch-size {fits}$"):
        Place(devices, "").check_batch(size)
    Place(devices, "").check_batch(int(fits))


def test_a_dry_run_divides_its_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archdsl.scale.devices.place", lambda *_: Place(3, "three devices"))
    done = train("--batch-size", "32", "--devices", "3", "--dry-run", cwd=tmp_path)
    assert done.returncode == 2 and "among 3 devices: take --batch-size 30" in done.stderr
    together = ["--processes", "2", *TOGETHER, "--backend", "jax", "--batch-size", "33", "--dry-run"]
    monkeypatch.setattr("archdsl.cli.scale_options.choose", lambda _: None)
    done = train(*together, cwd=tmp_path)
    assert done.returncode == 2 and "among 6 devices: take --batch-size 30" in done.stderr


def places(devices: int, processes: int) -> list[Place]:
    return [Place(devices, "", None, Processes(processes, index, "x:1")) for index in range(processes)]


def rows_of(count: int, size: int, part: tuple[int, int]) -> Any:
    """Return batches of numbered rows, as the pipeline gives them to one process."""
    import tensorflow as tf

    numbers = np.arange(count, dtype=np.float32)
    batches = tf.data.Dataset.from_tensor_slices((numbers[:, None], numbers)).batch(size)
    return batches.map(lambda features, targets: (features[part[0] :: part[1]], targets[part[0] :: part[1]]))


@pytest.mark.parametrize(
    ("images", "size", "devices", "processes"),
    [(37, 8, 4, 2), (31, 16, 4, 4), (33, 16, 4, 2), (32, 8, 2, 1), (41, 8, 8, 2)],
)
def test_devices_get_as_many_rows_in_training(images: int, size: int, devices: int, processes: int) -> None:
    steps = parts.steps(images, size, devices)
    for start in (0, 2):
        seen: list[list[int]] = [[] for _ in range(steps - start)]
        for place in places(devices, processes):
            batches = list(
                parts.training(place, rows_of(images, size, place.part).skip(start), images, size, start)
            )
            assert len(batches) == steps - start
            for step, (features, targets) in enumerate(batches):
                assert len(features) % (devices // processes) == 0
                assert np.array_equal(features[:, 0], targets)
                seen[step] += [int(row) for row in targets]
        kept = [row for step in seen for row in step]
        assert len(set(kept)) == len(kept)
        assert all(len(step) % devices == 0 for step in seen)
        assert images - start * size - len(kept) < devices  # no more is left out than has to be
        assert all(
            sorted(step) == list(range((start + i) * size, (start + i) * size + len(step)))
            for i, step in enumerate(seen[:-1])
        )


@pytest.mark.parametrize(("images", "devices", "processes"), [(37, 4, 2), (5, 4, 4), (32, 4, 2), (33, 2, 1)])
def test_every_image_counts_once_when_measuring(images: int, devices: int, processes: int) -> None:
    size = parts.measuring_size(Place(devices, ""), 17)
    total, weights, seen = 0.0, 0.0, []
    rows = 0
    for place in places(devices, processes):
        for features, targets, weight in parts.measuring(
            place, rows_of(images, size, place.part), images, size
        ):
            assert len(features) == len(targets) == len(weight) == size // processes
            total += float((targets.numpy() ** 2 * weight.numpy()).sum())
            weights += float(weight.numpy().sum())
            rows += len(weight)
            seen += [int(row) for row in targets.numpy()[weight.numpy() > 0]]
    assert sorted(seen) == list(range(images))
    exact = np.mean(np.arange(images) ** 2.0)
    assert total / rows == pytest.approx(exact, rel=1e-5)  # as Keras takes the mean of a loss: over rows
    assert total / weights == pytest.approx(exact, rel=1e-5)  # as it takes that of a metric: over weights


def test_one_device_gets_the_batches_as_they_are() -> None:
    batches = rows_of(10, 4, (0, 1))
    place = Place(1, "")
    assert parts.training(place, batches, 10, 4) is batches
    assert parts.measuring(place, batches, 10, 4) is batches


@pytest.mark.parametrize(
    ("code", "log", "reason"),
    [
        (
            -signal.SIGABRT,
            "absl::Status: UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats):\n1",
            "another process was lost",
        ),
        (
            -signal.SIGABRT,
            "This most likely indicates that another task died; see the log",
            "another process was lost",
        ),
        (
            -signal.SIGABRT,
            "absl::Status: DEADLINE_EXCEEDED: Deadline Exceeded\n\nRPC: RegisterTask",
            "did not come in time",
        ),
        (-signal.SIGKILL, "", "SIGKILL"),
        (-signal.SIGSEGV, "", "SIGSEGV"),
        (75, "UNKNOWN: Gloo all-reduce failed: Connection closed by peer", "another process was lost"),
    ],
)
def test_the_end_of_a_watched_process_is_told(code: int, log: str, reason: str) -> None:
    ending = Ending(code, log)
    assert ending.abnormal
    assert reason in ending.reason


def test_a_usual_end_is_none_to_tell() -> None:
    assert not any(Ending(code, "").abnormal for code in (0, 2, 4, 130))


def test_a_child_ends_with_its_watcher(tmp_path: Path) -> None:
    child = "import os, time; from archdsl.scale import supervise; supervise.begin(); print(os.getpid(), flush=True); time.sleep(60)"
    watcher = f"import sys\nfrom archdsl.scale import supervise\nsys.executable = {str(_script(tmp_path, child))!r}\nsupervise.watched([])\n"
    process = subprocess.Popen([sys.executable, "-c", watcher], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert int(process.stdout.readline()) != process.pid
    process.kill()
    began = time.monotonic()
    assert process.stdout.read() == ""  # ends when the child, who has the other end, is gone too
    assert time.monotonic() - began < 50  # and that is not the end of its minute
    process.wait(20)
    process.stdout.close()


def _script(folder: Path, code: str) -> Path:
    """Write a program that runs Python code, whatever it is given."""
    path = folder / "child"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def test_signals_are_passed_on_and_the_exit_code_is_the_childs(tmp_path: Path) -> None:
    child = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7)); print('up', flush=True); time.sleep(60)"
    watcher = (
        "import sys\nfrom archdsl.scale import supervise\n"
        f"sys.executable = {str(_script(tmp_path, child))!r}\nsys.exit(supervise.watched([]).code)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", watcher], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.terminate()
    assert process.wait(20) == 7
    process.stdout.close()
