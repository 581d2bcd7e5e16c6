"""Faults while a run is trained: killed, disk full, folder read-only, bits flipped. It goes on to the same weights, to the bit.

`ARCHDSL_FAULTS=N` kills a run N times instead of twice.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import runs

from archdsl.train import budget, checkpoint
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder
from archdsl.train.keeper import SaveError

KILLS = int(os.environ.get("ARCHDSL_FAULTS", "2"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "run"
    assert not runs.train(path).interrupted
    return path


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def flip(path: Path, count: int = 40) -> None:
    """Flip bits all over a file."""
    data = bytearray(path.read_bytes())
    for place in random.Random(7).sample(range(len(data)), count):
        data[place] ^= 1 << place % 8
    path.write_bytes(data)


@pytest.mark.parametrize("step", [5, 7])
def test_an_interrupted_run_goes_on_as_if_nothing_had_been(step: int, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "run"
    assert runs.train(path, runs.Script({step: stop})).interrupted
    assert RunFolder(str(path)).status()["state"] == "interrupted"
    outcome, notes = runs.go_on(path)
    assert not outcome.interrupted
    assert not notes
    runs.same(whole, path)
    with pytest.raises(RunError, match="is finished"):
        runs.go_on(path)


def test_a_loss_that_explodes_names_the_first_row_to_blame_and_the_flag(tmp_path: Path) -> None:
    outcome = runs.train(tmp_path / "run", given=runs.plan("rate=1000", "warmup=0"))
    assert re.match(
        r"epoch 1, step \d+, loss .*: the output of `[^`]+` \(line [456]\) .*; try `--lr [\d.]+`",
        outcome.diverged,
    )
    with pytest.raises(RunError, match="diverged"):
        runs.go_on(tmp_path / "run")


@pytest.mark.parametrize(("begun", "advice"), [(False, "with --out"), (True, "resume again")])
def test_a_disk_without_room_is_told_with_what_can_be_done(
    begun: bool, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if begun:
        (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(RunError, match=advice):
        budget.check_disk(runs.plan(), RunFolder(str(tmp_path)))


def test_weights_of_classes_that_are_to_blame_are_named(tmp_path: Path) -> None:
    weights = ",".join(["1e30"] * 10)
    outcome = runs.train(tmp_path / "run", given=runs.plan(f"class_weights=[{weights}]", "warmup=1"))
    assert "no row has grown" in outcome.diverged
    assert re.search(r"try `--lr [\d.]+` .* or `--set class_weights=none`", outcome.diverged)


def test_a_validation_without_a_number_stops_the_run_and_names_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archdsl.train import loop

    train = loop.Loop._train

    def spoilt(self: loop.Loop, epoch: int, step: int, metrics: object) -> dict[str, float]:
        logs = train(self, epoch, step, metrics)  # type: ignore[arg-type]
        kernel = self.model.trainable_variables[-2]
        kernel.assign(kernel * float("nan"))
        return logs

    monkeypatch.setattr(loop.Loop, "_train", spoilt)
    outcome = runs.train(tmp_path / "run")
    assert re.match(
        r"validation of epoch 1, loss nan: the output of `[^`]+` \(line 6\) is not finite.*; try `--lr",
        outcome.diverged,
    )
    assert RunFolder(str(tmp_path / "run")).status()["state"] == "diverged"


def test_flipped_bits_in_the_newest_checkpoint_are_told_and_the_one_before_is_used(
    whole: Path, tmp_path: Path
) -> None:
    path = tmp_path / "run"
    assert runs.train(path, runs.Script({8: stop})).interrupted
    newest, older = checkpoint.found(path)
    flip(newest, 1)
    (path / "checkpoints/.checkpoint.new").write_bytes(b"begun by a process that was killed")
    outcome, notes = runs.go_on(path)
    assert not outcome.interrupted
    assert newest.name in notes[0]
    assert older.name in notes[0]
    runs.same(whole, path)
    for one in checkpoint.found(path):
        flip(one)
    with pytest.raises(RunError, match=r"no checkpoint of .* is whole"):
        checkpoint.last(path)
    assert not list(path.rglob("*.new"))


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Mount a disk of 12 MB."""
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", path], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--recursive", path], check=True)


def fill(folder: Path) -> None:
    """Write until the disk is full."""
    with suppress(OSError), open(folder / "filler", "wb", buffering=0) as file:
        while file.write(bytes(1000)):
            pass


def read_only(folder: Path) -> None:
    """Let nobody write into a folder, root neither."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
def test_a_full_and_a_read_only_disk_end_a_run_that_goes_on_later(whole: Path, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    with disk(place):
        with pytest.raises(SaveError, match=r"no space left on device; .*archdsl train --resume"):
            runs.train(place / "run", runs.Script({4: lambda: fill(place)}))
        (place / "filler").unlink(missing_ok=True)
        with pytest.raises(SaveError, match="read-only file system"):
            runs.go_on(place / "run", runs.Script({3: lambda: read_only(place / "run/checkpoints")}))
        subprocess.run(["umount", place / "run/checkpoints"], check=True)
        assert not runs.go_on(place / "run")[0].interrupted
        runs.same(whole, place / "run")


def test_a_run_that_is_killed_again_and_again(tmp_path: Path) -> None:
    plan = runs.plan(epochs=8)
    runs.train(tmp_path / "whole", given=plan)
    (tmp_path / "net.arch").write_text(runs.SPEC, encoding="utf-8")
    keys = ["--epochs", "8", "--limit", "160", "--seed", "3", "--precision", "float32", "--save-every", "1"]
    chance = random.Random()
    for kill in range(KILLS):
        words = (
            ["--resume", "run"]
            if (tmp_path / "run/config.json").exists()
            else ["net.arch", *keys, "--out", "run"]
        )
        process = start(tmp_path, *words)
        after_a_checkpoint(process, tmp_path / "run", kill)
        time.sleep(chance.random())
        process.kill()
        process.communicate()
    if RunFolder(str(tmp_path / "run")).status()["state"] != "finished":
        assert not runs.go_on(tmp_path / "run")[0].interrupted
    runs.same(tmp_path / "whole", tmp_path / "run")


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "archdsl", "train", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)


def after_a_checkpoint(process: subprocess.Popen[str], run: Path, kill: int) -> None:
    """Wait until a process has written a checkpoint of its own, or has ended."""
    before = {path.name for path in checkpoint.found(run)}
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        if {path.name for path in checkpoint.found(run)} - before:
            return
        time.sleep(0.02)


HOLDER = (
    "import time; from archdsl.train.folder import RunFolder; folder = RunFolder('run'); folder.create()\n"
    "print('held', flush=True); time.sleep(60)"
)


def test_the_lock_of_a_folder_goes_with_its_owner_however_that_ends(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    folder = RunFolder(str(tmp_path / "run"))
    with pytest.raises(RunError, match=f"in use: process {process.pid} on "):
        folder.create()
    process.kill()
    process.wait()
    process.stdout.close()
    folder.create()
    with pytest.raises(RunError, match="in use"):
        RunFolder(str(tmp_path / "run")).create()
    folder.close()
