"""Runs of `archdsl train` for the tests of devices and processes: a small network that any difference would show in.

Batches of 8 make the statistics of a batch norm over a half of a batch quite other than those over the whole.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

SPEC = "input 16x16x3\nclasses 10\nstyle resnet\nc1 8x8 3x3, 8\nc2 4x4 3x3, 16\n 1x1 average pool, 10-d fc, softmax\n"
# 300 images: the last batch has 4, so no device goes without. 288 validate, in two batches of which the second is filled up.
OPTIONS = [
    "--epochs",
    "2",
    "--limit",
    "300",
    "--batch-size",
    "8",
    "--precision",
    "float32",
    "--save-every",
    "5",
]
# Compiling is most of such a run: what one process has compiled, the next of the same kind takes.
_COMPILED = tempfile.TemporaryDirectory(prefix="archdsl-jax-")
_CACHE = {"JAX_COMPILATION_CACHE_DIR": _COMPILED.name, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
PROGRAM = [sys.executable, "-m", "archdsl", "train"]


def environment(**values: str) -> dict[str, str]:
    """Return the environment of a run: one thread for each computation, or many processes starve each other."""
    kept = {key: value for key, value in os.environ.items() if key not in ("KERAS_BACKEND", "XLA_FLAGS")}
    return {**kept, "OMP_NUM_THREADS": "1", **_CACHE, **values}


def folder_with_spec(folder: Path) -> Path:
    """Write the spec into a folder."""
    (folder / "net.arch").write_text(SPEC, encoding="utf-8")
    return folder


def free_port() -> int:
    """Return a port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def one_after_another(
    folder: Path, backend: str, devices: tuple[int, ...]
) -> subprocess.CompletedProcess[str]:
    """Train on several numbers of devices in one process, the largest first; the runs are called by their number."""
    code = "import sys\nfrom archdsl.cli.main import main\n"
    for count in devices:
        words = [
            "train",
            "net.arch",
            *OPTIONS,
            "--backend",
            backend,
            "--devices",
            str(count),
            "--out",
            f"{backend}-{count}",
        ]
        code += f"main({words!r}) and sys.exit(1)\n"
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, timeout=900, check=False, env=environment()
    )


def start(
    folder: Path, words: list[str], count: int, port: int, number: int, **options: Any
) -> "subprocess.Popen[str]":
    """Start one of several processes."""
    together = [
        "--processes",
        str(count),
        "--process-id",
        str(number),
        "--coordinator",
        f"127.0.0.1:{port}",
        "--lost-after",
        "30",
    ]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*PROGRAM, *words, *together], cwd=folder, env=environment(), **pipes, **options)


def ends(processes: list["subprocess.Popen[str]"], within: float) -> list[tuple[int, str, str]]:
    """Wait for processes: exit code, output and errors of each; none outlives the test."""
    try:
        return [_end(process, within) for process in processes]
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.communicate()


def _end(process: "subprocess.Popen[str]", within: float) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=within)
    return process.returncode, output, errors


def rows(run: Path) -> list[dict[str, Any]]:
    """Read the numbers of a run's epochs."""
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def weights(run: Path) -> list[Any]:
    """Read the weights and statistics that a run ended with."""
    from archdsl.train import checkpoint

    state, notes = checkpoint.last(run)
    assert state is not None
    assert not notes
    return state.arrays["model"]


def assert_same_training(run: Path, other: Path, within: float = 2e-3) -> None:
    """Compare two runs: losses and accuracies of each epoch, and where the weights and statistics ended."""
    for one, two in zip(rows(run), rows(other), strict=True):
        for key in ("loss", "val_loss"):
            assert abs(one[key] - two[key]) <= within * abs(two[key]), (key, one, two)
    for mine, theirs in zip(weights(run), weights(other), strict=True):
        scale = max(float(np.abs(theirs).max()), 1e-3)
        assert float(np.abs(mine - theirs).max()) <= 20 * within * scale
