"""Trains on the machines of a Ray cluster: Ray Train places a worker on each, and each is one process of
`archdsl train`.

    python examples/scale/ray_train.py --workers 4 --run /shared/runs/first specs/table1.arch --data
    /shared/cifar10

What stands behind the options is given to `archdsl train`; RUN has to be on a file system that all machines
share. Ray starts all workers again when one is lost (`--failures` times), and they go on from the last
checkpoint.
"""

import argparse
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import ray.train
from ray.train import FailureConfig, RunConfig, ScalingConfig
from ray.train.collective import broadcast_from_rank_zero
from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer


def free_address() -> str:
    """Return the address of this machine with a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return f"{ray.util.get_node_ip_address()}:{probe.getsockname()[1]}"


def command(run: str, options: list[str], count: int, number: int, coordinator: str) -> list[str]:
    """Return the command of one worker: to begin, or to go on where the run folder holds a run."""
    begun = (Path(run) / "config.json").exists()
    what = ["--resume", run] if begun else [*options, "--out", run, "--backend", "jax"]
    together = ["--processes", str(count), "--process-id", str(number), "--coordinator", coordinator]
    return [sys.executable, "-m", "archdsl", "train", *what, *together]


def work(config: dict[str, Any]) -> None:
    """Train in one worker; worker 0 reports the last epoch to Ray."""
    context = ray.train.get_context()
    number, count = context.get_world_rank(), context.get_world_size()
    # All look before any begins: the folder is made when all have met.
    line = command(config["run"], config["options"], count, number, broadcast_from_rank_zero(free_address()))
    subprocess.run(line, check=True, cwd=config["folder"])
    rows = (Path(config["run"]) / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    ray.train.report(json.loads(rows[-1]))


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--run", required=True, help="the run folder, as an absolute path")
    parser.add_argument("--gpus", action="store_true", help="give each worker a GPU; without, a CPU")
    parser.add_argument("--failures", type=int, default=3, help="how often a lost worker is replaced")
    known, options = parser.parse_known_args()
    config = {"run": str(Path(known.run).absolute()), "options": options, "folder": str(Path.cwd())}
    trainer = DataParallelTrainer(
        work,
        train_loop_config=config,
        scaling_config=ScalingConfig(num_workers=known.workers, use_gpu=known.gpus),
        run_config=RunConfig(
            storage_path=str(Path(known.run).absolute().parent / "ray"),
            failure_config=FailureConfig(known.failures),
        ),
    )
    print("last epoch:", trainer.fit().metrics)


if __name__ == "__main__":
    main()
