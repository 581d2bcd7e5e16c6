"""One training run, from a checked network and loaded images to a run folder with everything in it."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from archdsl.backends.quiet import held_back
from archdsl.scale.place import Place
from archdsl.train import batches, blame, budget, learner, moving, precision, record
from archdsl.train.averages import keep_apart
from archdsl.train.begin import freeze, read_weights
from archdsl.train.cadence import Cadence
from archdsl.train.checkpoint import Checkpoint
from archdsl.train.determinism import apply as make_repeatable
from archdsl.train.folder import RunFolder
from archdsl.train.keeper import BEST, MODEL, Keeper, Onlooker, model_file, saving
from archdsl.train.log import Logger, Loggers, Start
from archdsl.train.loop import Loop
from archdsl.train.pace import Pace
from archdsl.train.plan import Outcome, Plan
from archdsl.train.progress import Display
from archdsl.train.signals import Interrupted, StopSignal
from archdsl.train.state import capture, prime, put_back
from archdsl.train.watch import Diverged, Progress

# Seconds until a folder that one machine has made is seen on another.
_SEEN_WITHIN = 30


def run(
    plan: Plan,
    folder: RunFolder,
    display: Display,
    loggers: Sequence[Logger] = (),
    begun: Checkpoint | None = None,
    place: Place | None = None,
) -> Outcome:
    """Train, from the beginning or from where a checkpoint left off; evaluate the best weights; write the
    report.

    The folder is created or reopened, and locked; of several processes, process 0 writes into it and
    evaluates. Raises SaveError where something cannot be written, PlaceError where the processes do not train
    the same.
    """
    place = place or Place(1, "one device")
    plan = replace(plan, devices=place.devices)
    policy = _policy(plan, place, begun, display)
    budget.check_disk(plan, folder)
    log = Loggers(loggers, display.note)
    try:
        with place.stop_signal() or StopSignal() as stop:
            with place.scope():
                made = prepared(plan, policy)
                if begun is None and plan.recipe.initial:
                    display.note(read_weights(plan.recipe.initial, made.model))
                keeper = (Keeper if place.leads else Onlooker)(folder, made.logits, made.model, place)
                begun = _begin(plan, policy, keeper, begun)
            place.agree(_unseen(folder) if place.processes.count > 1 else "")
            progress = Progress(_pace(plan), display, log, stop, Cadence(plan.save_every))
            if place.leads:
                log.begin(_start(plan, keeper, begun))
            return _train(Loop(plan, made.logits, keeper, progress, place), made, policy, begun)
    finally:
        display.close()
        log.close()


def _policy(plan: Plan, place: Place, begun: Checkpoint | None, display: Display) -> str:
    """Choose the precision, the same one in all processes; say what it costs, and what is slow to settle."""
    recipe = plan.recipe
    images = recipe.epochs * plan.images
    chosen = precision.policy(plan.network, recipe.precision, recipe.batch_size, images, display.note)
    policy = place.as_first(chosen)
    place.compare(_facts(plan, policy, begun))
    display.note(budget.told(plan, policy))
    if slow := moving.told(plan.network.graph, recipe.epochs * plan.steps):
        display.note(slow)
    return policy


def _unseen(folder: RunFolder) -> str:
    """Say where this process does not see the run folder that process 0 writes; a network's file system may
    take a while."""
    for _ in range(_SEEN_WITHIN):
        if (folder / "config.json").exists():
            return ""
        time.sleep(1)
    return (
        f"it does not see {folder.path}, which process 0 writes: the run folder has to be on a file "
        f"system that all share"
    )


def _facts(plan: Plan, policy: str, begun: Checkpoint | None) -> dict[str, Any]:
    """Return what has to be the same in every process, by name; where the data lies need not be."""
    where = {"checkpoint": (begun.epoch, begun.step) if begun else None, "number of devices": plan.devices}
    config = record.config(plan, policy)
    kept = {key: value for key, value in config.items() if key not in ("data", "save_every", "recipe")}
    recipe: dict[str, Any] = config["recipe"]
    return recipe | kept | where


def _pace(plan: Plan) -> Pace:
    validation = plan.data.splits.get("validation")
    count = len(validation.labels) if validation else 0
    return Pace(plan.recipe.epochs, plan.steps, plan.images, plan.recipe.batch_size, count)


def _start(plan: Plan, keeper: Keeper, begun: Checkpoint) -> Start:
    step = begun.epoch * plan.steps + begun.step
    config = keeper.folder.configuration()
    return Start(keeper.folder, begun.epoch, step, config, plan.network, plan.data, plan.recipe, keeper.model)


def rehearse(plan: Plan, folder: RunFolder, place: Place) -> str:
    """Do what a run does before its first step, but write; say what memory it takes. Raises RunError,
    DataError."""
    plan = replace(plan, devices=place.devices)
    policy = learner.precision_policy(plan.recipe.precision)
    said = budget.told(plan, policy)
    budget.check_disk(plan, folder)
    with place.scope():
        made = prepared(plan, policy)
        if plan.recipe.initial:
            said += f"\n{read_weights(plan.recipe.initial, made.model)}"
    next(iter(batches.training(plan.data, plan.recipe, plan.recipe.seed, 0)))
    return said


def prepared(plan: Plan, policy: str) -> learner.Learner:
    """Build and compile the model of a plan in a precision policy, its weights made from its seed."""
    make_repeatable(plan.recipe)
    made = learner.make(plan.network.graph, policy, training=True)
    freeze(plan.recipe.frozen, plan.network.graph, made.model)
    labels = plan.data.splits["train"].labels
    learner.compile_model(made, plan.recipe, plan.steps, labels, weighted=plan.devices > 1)
    keep_apart(made.logits.optimizer)
    prime(made.logits, len(plan.data.classes))
    return made


def _begin(plan: Plan, policy: str, keeper: Keeper, begun: Checkpoint | None) -> Checkpoint:
    """Return the state to begin with, in the model and in the folder."""
    if begun is not None:
        put_back(keeper.model, begun.arrays)
    else:
        if keeper.place.leads:
            with saving(keeper.folder):
                record.write(plan, keeper.folder, policy)
        begun = Checkpoint(0, 0, capture(keeper.model))
        keeper.checkpoint(0, 0, 0.0)
    keeper.go_on(begun.rows)
    keeper.status("training")
    return begun


def _train(loop: Loop, made: learner.Learner, policy: str, begun: Checkpoint) -> Outcome:
    keeper = loop.keeper
    try:
        loop.go(begun)
        loop.progress.stop.waits = False
        return _finish(loop) if loop.place.leads else Outcome(rows=tuple(keeper.rows))
    except Interrupted:
        keeper.status("interrupted", epoch=loop.progress.epoch, step=loop.progress.step)
        if loop.place.leads:
            _report(keeper.folder, None)
        return Outcome(interrupted=True, rows=tuple(keeper.rows))
    except Diverged as fault:
        because = _told(loop, made, policy, fault) if loop.place.leads else "see process 0"
        keeper.status("diverged", epoch=fault.epoch, step=fault.step, because=because)
        return Outcome(diverged=because, rows=tuple(keeper.rows))


def _told(loop: Loop, made: learner.Learner, policy: str, fault: Diverged) -> str:
    """Say what made a run diverge: on one device, whose model it is or a new one."""
    if loop.place.strategy is not None:
        made = prepared(loop.plan, policy)
    return blame.told(loop.plan, policy, loop.keeper.folder, made, fault)


def _finish(loop: Loop) -> Outcome:
    from archdsl.evaluate import measure

    plan, keeper = loop.plan, loop.keeper
    folder = keeper.folder
    loop.progress.display.phase("evaluating the best weights")
    final = learner.make(plan.network.graph, "float32")
    folder.checksums.verify(BEST)
    with held_back():
        final.model.load_weights(folder / BEST)
    with saving(folder):
        folder.write_bytes(MODEL, model_file(final.model))
    evaluation = measure(final.model, plan.data, "test", plan.recipe) if "test" in plan.data.splits else None
    _report(folder, evaluation)
    if evaluation:
        loop.progress.log.evaluated(evaluation)
    keeper.status("finished", epoch=len(keeper.rows))
    return Outcome(evaluation=evaluation, rows=tuple(keeper.rows))


def _report(folder: RunFolder, evaluation: Any) -> None:
    from archdsl.evaluate import report

    with saving(folder):
        report.write(folder, evaluation)
