"""The same training on one device, on several, in several processes; and what happens when one of them is lost.

With ARCHDSL_TEST_SCALE set: four processes, and Ray Train.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from scale_runs import (
    OPTIONS,
    assert_same_training,
    ends,
    environment,
    folder_with_spec,
    free_port,
    one_after_another,
    rows,
    start,
)

EXAMPLES = Path(__file__).parent.parent / "examples" / "scale"
LONG = pytest.mark.skipif(
    not os.environ.get("ARCHDSL_TEST_SCALE"), reason="set ARCHDSL_TEST_SCALE to run the long tests of scale"
)


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train on two devices and on one, on JAX."""
    pytest.importorskip("jax")
    folder = folder_with_spec(tmp_path_factory.mktemp("jax"))
    done = one_after_another(folder, "jax", (2, 1))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "computing on 2 CPU devices" in done.stdout
    return folder


def test_two_devices_train_as_one_on_jax(on_jax: Path) -> None:
    assert_same_training(on_jax / "jax-2", on_jax / "jax-1")


def test_two_devices_train_as_one_on_tensorflow(tmp_path: Path) -> None:
    done = one_after_another(folder_with_spec(tmp_path), "tensorflow", (2, 1))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "computing on 2 CPU devices" in done.stdout
    assert_same_training(tmp_path / "tensorflow-2", tmp_path / "tensorflow-1")


def test_torch_trains_and_goes_on(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    done = one_after_another(folder_with_spec(tmp_path), "torch", (1,))
    assert done.returncode == 0, done.stdout + done.stderr
    first, last = rows(tmp_path / "torch-1")
    assert last["loss"] < first["loss"]


def test_slurm_trains_two_processes_as_one(on_jax: Path, tmp_path: Path) -> None:
    """The example's own script, with `scontrol` and `srun` as Slurm has them: tasks that know their number."""
    folder = folder_with_spec(tmp_path)
    port = free_port()
    _program(folder / "bin" / "scontrol", "echo 127.0.0.1; echo other-host")
    _program(folder / "bin" / "archdsl", f'exec {sys.executable} -m archdsl "$@"')
    _program(
        folder / "bin" / "srun",
        'shift\nfor i in 0 1; do SLURM_PROCID=$i "$@" & done\ncode=0\nfor job in $(jobs -p); do wait $job || code=$?; done\nexit $code',
    )
    given = {
        "SLURM_JOB_ID": "7",
        "SLURM_JOB_NODELIST": "host[0-1]",
        "SLURM_NTASKS": "2",
        "PORT": str(port),
        "RUN": "run",
    }
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", str(EXAMPLES / "slurm.sbatch"), "net.arch", *OPTIONS]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env=environment(PATH=path, **given),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert "computing on 1 CPU device in each of 2 processes" in done.stdout
    assert "Gloo" not in done.stdout  # what C++ writes is kept apart
    assert_same_training(folder / "run", on_jax / "jax-1")
    told = [
        line.partition(" loss=")[2].partition(" ")[0]
        for line in done.stdout.splitlines()
        if line.startswith("epoch=2 ")
    ]
    assert len(told) == 2
    assert told[0] == told[1]  # both processes saw the same loss


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def _pod(folder: Path, number: int, port: int) -> "subprocess.Popen[str]":
    """Start a container of the example as Kubernetes does: command, arguments, environment and the pod's number."""
    yaml = pytest.importorskip("yaml")
    service, job = yaml.safe_load_all((EXAMPLES / "kubernetes.yaml").read_text(encoding="utf-8"))
    _check_manifest(service, job)
    container = job["spec"]["template"]["spec"]["containers"][0]
    given = {one["name"]: one["value"] for one in container["env"]}
    assert set(given) == {"PROCESSES", "COORDINATOR", "RUN", "TRAIN"}
    train = " ".join(["net.arch", *OPTIONS, "--lost-after", "30"])
    given |= {
        "COORDINATOR": f"127.0.0.1:{port}",
        "RUN": "run",
        "TRAIN": train,
        "JOB_COMPLETION_INDEX": str(number),
    }
    if not (program := folder / "bin" / "archdsl").exists():  # another pod may be starting it right now
        _program(program, f'exec {sys.executable} -m archdsl "$@"')
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        [*container["command"], *container["args"]], cwd=folder, env=environment(PATH=path, **given), **pipes
    )


def _check_manifest(service: dict[str, Any], job: dict[str, Any]) -> None:
    """Hold the two documents together: what has to be the same in both for the pods to meet."""
    assert (service["apiVersion"], service["kind"], job["apiVersion"], job["kind"]) == (
        "v1",
        "Service",
        "batch/v1",
        "Job",
    )
    spec, name = job["spec"], job["metadata"]["name"]
    pod = spec["template"]["spec"]
    given = {one["name"]: one["value"] for one in pod["containers"][0]["env"]}
    assert spec["completionMode"] == "Indexed"
    assert str(spec["completions"]) == str(spec["parallelism"]) == given["PROCESSES"]
    assert pod["subdomain"] == service["metadata"]["name"]
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == {"job-name": name}
    assert given["COORDINATOR"] == f"{name}-0.{pod['subdomain']}:{service['spec']['ports'][0]['port']}"
    assert {one["name"] for one in pod["containers"][0]["volumeMounts"]} == {
        one["name"] for one in pod["volumes"]
    }


def _await_checkpoint(run: Path, processes: list["subprocess.Popen[str]"], within: float = 300) -> None:
    """Wait until a run has a checkpoint behind its beginning."""
    end = time.monotonic() + within
    while not [
        path for path in run.glob("checkpoints/epoch-*.npz") if "epoch-0000-step-000000" not in path.name
    ]:
        assert time.monotonic() < end, "no checkpoint in time"
        assert all(process.poll() is None for process in processes), [
            process.communicate() for process in processes
        ]
        time.sleep(0.02)


def test_kubernetes_goes_on_when_a_pod_is_killed(on_jax: Path, tmp_path: Path) -> None:
    folder, port = folder_with_spec(tmp_path), free_port()
    pods = [_pod(folder, number, port) for number in (0, 1)]
    _await_checkpoint(folder / "run", pods)
    pods[1].kill()  # SIGKILL: it can say nothing to anybody
    (code, _, errors), (killed, _, _) = ends(pods, within=120)
    assert killed == -signal.SIGKILL
    assert code == 4
    assert errors.count("\n") == 1
    assert (
        "process 0 of 2 ended: another process was lost; start every process again with `--resume run`"
        in errors
    )
    for _ in range(2):  # pods may miss each other once on a busy machine; a Job starts them again
        again = ends([_pod(folder, number, port) for number in (0, 1)], within=400)
        if [code for code, *_ in again] == [0, 0]:
            break
    assert [code for code, *_ in again] == [0, 0], again
    assert "continuing after epoch 0 of 2, step" in again[0][1]
    assert_same_training(folder / "run", on_jax / "jax-1")


def test_a_process_waits_for_the_others_a_bounded_time(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    words = ["net.arch", *OPTIONS, "--out", "run", "--join-within", "5"]
    ((code, _, errors),) = ends([start(folder_with_spec(tmp_path), words, 2, free_port(), 1)], within=200)
    assert code == 4
    assert errors == (
        "archdsl: process 1 of 2 ended: the other processes did not come in time; nothing was trained yet: start every process again\n"
    )
    assert not (tmp_path / "run").exists()


@LONG
def test_four_processes_train_as_one(on_jax: Path, tmp_path: Path) -> None:
    folder, port = folder_with_spec(tmp_path), free_port()
    words = ["net.arch", *OPTIONS, "--out", "run"]
    done = ends([start(folder, words, 4, port, number) for number in range(4)], within=900)
    assert [code for code, *_ in done] == [0] * 4, done
    assert_same_training(folder / "run", on_jax / "jax-1")


@LONG
def test_a_signal_to_one_stops_all_after_the_same_step(on_jax: Path, tmp_path: Path) -> None:
    folder, port = folder_with_spec(tmp_path), free_port()
    words = ["net.arch", *OPTIONS, "--epochs", "50", "--out", "run"]
    both = [start(folder, words, 2, port, number) for number in (0, 1)]
    _await_checkpoint(folder / "run", both)
    both[1].send_signal(signal.SIGTERM)
    done = ends(both, within=200)
    assert [code for code, *_ in done] == [130, 130], done
    assert "`archdsl train --resume run` continues" in done[0][1]


@LONG
def test_processes_that_train_another_thing_are_told(tmp_path: Path) -> None:
    folder, port = folder_with_spec(tmp_path), free_port()
    both = [
        start(folder, ["net.arch", *OPTIONS, "--out", "run", "--seed", str(number)], 2, port, number)
        for number in (0, 1)
    ]
    for code, _, errors in ends(both, within=300):
        assert code == 2
        assert "process 1 has another seed than process 0" in errors


@LONG
def test_ray_trains_two_workers_as_one(on_jax: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    folder = folder_with_spec(tmp_path)
    command = [
        sys.executable,
        str(EXAMPLES / "ray_train.py"),
        "--run",
        str(folder / "run"),
        "net.arch",
        *OPTIONS,
    ]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=900, check=False, env=environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_training(folder / "run", on_jax / "jax-1")
