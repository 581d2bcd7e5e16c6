"""One training run, from a checked network and loaded images to a run folder with everything in it."""

import math
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archdsl.backends.names import layer_name
from archdsl.backends.quiet import held_back, import_keras
from archdsl.data.images import ImageData
from archdsl.network import Network
from archdsl.recipe import Recipe
from archdsl.train import batches, learner
from archdsl.train.folder import RunFolder
from archdsl.train.log import Logger, Loggers, Start
from archdsl.train.pace import Pace
from archdsl.train.progress import Display
from archdsl.train.watch import Diverged, Interrupted, StopSignal, watcher

if TYPE_CHECKING:
    from archdsl.evaluate import Evaluation


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be trained, on what, and how; `spec` and `source` are kept so that the run can be repeated."""

    network: Network
    data: ImageData
    recipe: Recipe
    seed: int
    precision: str
    spec: dict[str, Any]
    source: str
    data_options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `interrupted`, or with an evaluation of the best weights; `diverged` names the first bad row."""

    interrupted: bool = False
    diverged: str = ""
    evaluation: "Evaluation | None" = None


def run(plan: Plan, folder: RunFolder, display: Display, loggers: Sequence[Logger] = ()) -> Outcome:
    """Train, saving after every epoch; evaluate the best weights on the test split; write the report."""
    keras = import_keras()
    keras.utils.set_random_seed(plan.seed)
    policy = learner.precision_policy(plan.precision)
    config = _record(plan, folder, policy)
    made = learner.make(plan.network.graph, policy, training=True)
    images = len(plan.data.splits["train"].labels)
    steps = math.ceil(images / plan.recipe.batch_size)
    learner.compile_model(made, plan.recipe, steps)
    keeper = _Keeper(folder, made)
    log = Loggers(loggers)
    try:
        log.begin(Start(folder, 0, 0, config, plan.network, plan.data, plan.recipe, made.logits))
        validation = len(plan.data.splits["validation"].labels)
        pace = Pace(plan.recipe.epochs, steps, images, plan.recipe.batch_size, validation)
        with StopSignal() as stop:
            _fit(plan, made, watcher(pace, display, log, stop, keeper.epoch))
        return _finish(plan, folder, made, display, log)
    except Interrupted:
        keeper.save_last()
        return Outcome(interrupted=True)
    except Diverged as fault:
        if fault.weights is not None:
            made.logits.set_weights(fault.weights)
        return Outcome(diverged=_first_bad_row(plan, made))
    finally:
        display.close()
        log.close()


def _fit(plan: Plan, made: learner.Learner, watch: Any) -> None:
    for epoch in range(plan.recipe.epochs):
        made.logits.fit(
            batches.training(plan.data, plan.recipe, plan.seed, epoch),
            validation_data=batches.plain(plan.data, "validation", plan.recipe),
            initial_epoch=epoch,
            epochs=epoch + 1,
            shuffle=False,
            verbose=0,
            callbacks=[watch],
        )


class _Keeper:
    """Saves after each epoch: last weights and state, and the best weights so far."""

    def __init__(self, folder: RunFolder, made: learner.Learner) -> None:
        self.folder = folder
        self.made = made
        self.best = -1.0

    def epoch(self, row: dict[str, Any]) -> None:
        self.save_last()
        if row["val_accuracy"] > self.best:
            self.best = row["val_accuracy"]
            self.folder.save_weights(self.made.model, "best")

    def save_last(self) -> None:
        self.folder.save_weights(self.made.model, "last")
        self.folder.save_state(self.made.logits.optimizer)


def _record(plan: Plan, folder: RunFolder, policy: str) -> dict[str, Any]:
    import numpy
    import tensorflow

    from archdsl import __version__

    keras = import_keras()
    versions = {"archdsl": __version__, "python": platform.python_version(), "keras": keras.__version__}
    versions |= {"tensorflow": tensorflow.__version__, "numpy": numpy.__version__, "backend": keras.backend.backend()}
    config = {
        "version": 1,
        "network": plan.network.name,
        "parameters": plan.network.params._asdict(),
        "spec": plan.spec,
        "data": {"name": plan.data.name, **plan.data_options},
        "recipe": plan.recipe.as_dict(),
        "seed": plan.seed,
        "precision": policy,
        "versions": versions,
    }
    folder.write_text(plan.spec["file"], plan.source)
    folder.write_json("config.json", config)
    _draw(plan.network, folder)
    return config


def _draw(network: Network, folder: RunFolder) -> None:
    from archdsl.figure.draw import draw

    draw(network, str(folder / "network.svg"))


def _first_bad_row(plan: Plan, made: learner.Learner) -> str:
    """Name the first row of the table whose output is not finite for a training batch."""
    import numpy as np

    keras = import_keras()
    graph = plan.network.graph
    trained = {layer.name for layer in made.model.layers}
    named = {stage: layer_name(graph.nodes[stage.stop - 1]) for stage in graph.stages if stage.stop > stage.start}
    stages = [stage for stage, name in named.items() if name in trained]  # auxiliary heads are left out of training
    ends = [made.model.get_layer(named[stage]).output for stage in stages]
    images, _ = next(iter(batches.plain(plan.data, "train", plan.recipe, plan.recipe.batch_size)))
    outputs = keras.Model(made.model.input, ends).predict_on_batch(images)
    for stage, output in zip(stages, outputs if len(ends) > 1 else [outputs], strict=True):
        if not np.isfinite(np.asarray(output, np.float32)).all():
            return f"{stage.label or stage.name} (line {stage.line})"
    return "the loss itself"


def _finish(plan: Plan, folder: RunFolder, made: learner.Learner, display: Display, log: Loggers) -> Outcome:
    from archdsl.evaluate import measure, report

    display.phase("evaluating the best weights")
    final = learner.make(plan.network.graph, "float32")
    with held_back():
        final.model.load_weights(folder / "best.weights.h5")
    final.model.save(folder / "model.keras")
    evaluation = measure(final.model, plan.data, "test", plan.recipe) if "test" in plan.data.splits else None
    if evaluation:
        log.evaluated(evaluation)
    report.write(folder, evaluation)
    return Outcome(evaluation=evaluation)
