"""The memory that a plan takes, beside what the machine has: said before the start, refused where it cannot
do."""

import shutil
from typing import Any

from archdsl.recipe import Recipe
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder
from archdsl.train.memory import FLOAT32, Estimate, estimate, weights
from archdsl.train.plan import Plan

# The estimate is within a quarter of what is measured.
SURE, TIGHT = 1.25, 0.8
# Figures, metrics and reports of a run.
REPORTS = 5 * 2**20
_REMEMBERED = {"sgd": 1, "muon": 1, "lion": 1, "adamw": 2, "lamb": 2}


def told(plan: Plan, policy: str, available: int | None = None) -> str:
    """Say what a plan takes in a precision policy; raise RunError where it is more than is `available` for
    sure."""
    needed = needs(plan, policy)
    free = free_memory() if available is None else available
    largest = needed.rows[0]
    held = (
        f"the largest maps are those of `{largest.label}` (line {largest.line}): "
        f"{size(largest.bytes * needed.batch)}"
    )
    said = f"memory: about {size(needed.total)} at batch {needed.batch}, {held}"
    if free is None or needed.total <= TIGHT * free:
        return said
    fits = needed.fitting(int(TIGHT * free))
    advice = f"`--batch-size {fits}` fits" if fits else "no batch fits: make the input or the network smaller"
    if needed.total > SURE * free:
        raise RunError(f"{said}; {size(free)} are free: {advice}")
    return f"{said}; only {size(free)} are free: {advice}"


def check_disk(plan: Plan, folder: RunFolder) -> None:
    """Raise RunError where a disk has no room for what a run keeps: three checkpoints for a moment, the best
    weights, the model."""
    values = FLOAT32 * weights(plan.network.graph)
    needed = values * (3 * (1 + _slots(plan.recipe)) + 3) + REPORTS
    there = next(path for path in (folder.path, *folder.path.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        begun = (folder / "config.json").exists()
        advice = "make room, and resume again" if begun else "choose another place with --out"
        raise RunError(
            f"the run needs about {size(needed)} of disk, and {there} has {size(free)} left: {advice}"
        )


def needs(plan: Plan, policy: str) -> Estimate:
    """Estimate what a plan takes."""
    held = sum(_held(split.images) for split in plan.data.splits.values())
    held += _held(plan.data.splits["train"].images)  # the pipeline has its own
    return estimate(plan.network.graph, plan.recipe.batch_size, policy, _slots(plan.recipe), held)


def _held(images: Any) -> int:
    return int(getattr(images, "nbytes", 0))


def _slots(recipe: Recipe) -> int:
    """Count the values per weight that the optimiser remembers."""
    averaged = bool(getattr(recipe, "ema", 0))
    return _REMEMBERED.get(recipe.optimizer, 2) + int(recipe.accumulation > 1) + int(averaged)


def free_memory() -> int | None:
    """Return the bytes that this process may still take: of the machine, or of its control group; None where
    nothing tells."""
    limits = [_machine(), _group()]
    return min((one for one in limits if one is not None), default=None)


def _machine() -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, ValueError, KeyError, IndexError):
        return None


def _group(folder: str = "/sys/fs/cgroup") -> int | None:
    """Return what a control group (version 2: of a container) has left."""
    try:
        with (
            open(f"{folder}/memory.max", encoding="ascii") as most,
            open(f"{folder}/memory.current", encoding="ascii") as now,
        ):
            return max(int(most.read()) - int(now.read()), 0)
    except (OSError, ValueError):
        return None


def size(count: int) -> str:
    """Write bytes in GiB, or in MiB where that is less than one."""
    return f"{count / 2**20:.3g} MiB" if count < 2**30 else f"{count / 2**30:.1f} GiB"
