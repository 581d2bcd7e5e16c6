"""A run folder -> the plan and the state that an interrupted run goes on with."""

from dataclasses import dataclass, replace
from typing import Any

from archdsl.data.catalogue import again
from archdsl.train import checkpoint, record
from archdsl.train.checkpoint import Checkpoint
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder
from archdsl.train.plan import Plan
from archdsl.train.restore import Opened, opened


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a run goes on with; `begun` is None where it was killed before its first checkpoint. `notes` are
    for the user."""

    plan: Plan
    folder: RunFolder
    begun: Checkpoint | None
    notes: tuple[str, ...]


def resume(path: str, lock: bool = True, **changes: Any) -> Resumed:
    """Open a run to go on with it, locked; raise RunError, SpecError or DataError. A finished run has nothing
    left.

    `changes` are to how its data is loaded: the fields of `archdsl.data.catalogue.Choice`.
    """
    run = opened(path)
    _refuse_ended(run.folder)
    if lock:
        run.folder.reopen()
    try:
        begun, notes = checkpoint.last(run.folder.path)
        plan = _plan(run, changes)
    except BaseException:
        run.folder.close()
        raise
    return Resumed(plan, run.folder, begun, (*notes, *_others(run.config["versions"])))


def _refuse_ended(folder: RunFolder) -> None:
    state = folder.status().get("state")
    if state == "finished":
        raise RunError(f"{folder.path} is finished: there is nothing to resume")
    if state == "diverged":
        again = "going on would repeat that; train anew with a lower rate"
        raise RunError(f"{folder.path} diverged ({folder.status().get('because', 'its loss')}): {again}")


def _plan(run: Opened, changes: dict[str, Any]) -> Plan:
    data = again(run.config["data"], run.network, **changes)
    record.check_data(data, run.config)
    # What `auto` came to once, it stays.
    recipe = replace(run.recipe, precision=run.config["precision"].removeprefix("mixed_"))
    return Plan(
        run.network,
        data,
        recipe,
        run.config["spec"],
        run.source,
        run.config["data"],
        run.config["save_every"],
    )


def _others(before: dict[str, str]) -> list[str]:
    """Say what computes in another version than when the run began."""
    now = record.versions()
    changed = [
        f"{name} {now.get(name, 'none')} (was {old})" for name, old in before.items() if now.get(name) != old
    ]
    return (
        [f"what computes is not what it was, so the run may go on differently: {', '.join(changed)}"]
        if changed
        else []
    )
