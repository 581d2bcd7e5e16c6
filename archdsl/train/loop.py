"""The epochs of a run, each a call of Keras' `fit`: begun where a checkpoint left off, validated, saved."""

import math
from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.scale import parts
from archdsl.scale.place import Place
from archdsl.train import batches, patience
from archdsl.train.averages import averaged
from archdsl.train.checkpoint import Checkpoint
from archdsl.train.keeper import Keeper
from archdsl.train.plan import Plan
from archdsl.train.signals import Interrupted
from archdsl.train.state import capture, variables
from archdsl.train.watch import Diverged, Progress, heeder, watcher


class Loop:
    """Trains a compiled model by a plan, in its part of a place."""

    def __init__(self, plan: Plan, model: Any, keeper: Keeper, progress: Progress, place: Place) -> None:
        self.plan, self.model, self.keeper, self.progress, self.place = plan, model, keeper, progress, place
        self._before = 0.0

    def go(self, begun: Checkpoint) -> None:
        """Train from a checkpoint, whose state the model has, to the end; raise Interrupted with all saved,
        or Diverged.

        Several processes part then: what follows is for process 0 alone.
        """
        try:
            with self.place.scope():
                self._epochs(begun)
        except (Interrupted, Diverged):
            self.place.leave()
            raise
        self.place.leave()

    def _epochs(self, begun: Checkpoint) -> None:
        self._before = begun.seconds
        step, metrics = begun.step, begun.arrays["metrics"]
        for epoch in range(begun.epoch, self.plan.recipe.epochs):
            if not step and patience.exhausted(self.plan.recipe, self.keeper.rows):
                self.progress.display.note(
                    f"ended after epoch {epoch}: {self.plan.recipe.patience} epochs brought no better "
                    f"validation"
                )
                return
            self._epoch(epoch, step, metrics if step else None)
            step = 0

    def _epoch(self, epoch: int, step: int, metrics: list[Any] | None) -> None:
        self.progress.at(epoch, step)
        reached: list[Any] | None = None
        try:
            logs = self._train(epoch, step, metrics)
            reached = capture(self.model)["metrics"]  # validation uses the same variables
            row = self._validate(epoch, logs)
        except Interrupted:
            self._save(reached)
            raise
        if not math.isfinite(row.get("val_loss", 0.0)):
            raise Diverged(epoch, self.plan.steps, row["val_loss"], validating=True)
        self.place.compare({key: row[key] for key in row if key.endswith("loss")}, f"in epoch {epoch + 1}")
        self.keeper.checkpoint(epoch + 1, 0, self.seconds)
        self.progress.finished(row)

    def _train(self, epoch: int, step: int, metrics: list[Any] | None) -> dict[str, float]:
        if step < self.plan.steps:
            watch = watcher(self.progress, lambda: self._set_metrics(metrics), self._save)
            plan = self.plan
            data = batches.training(plan.data, plan.recipe, plan.recipe.seed, epoch, step, self.place.part)
            data = parts.training(self.place, data, plan.images, plan.recipe.batch_size, step)
            self.model.fit(
                data, initial_epoch=epoch, epochs=epoch + 1, shuffle=False, verbose=0, callbacks=[watch]
            )
        else:
            self._set_metrics(metrics)
        return {key: float(value) for key, value in self.model.get_metrics_result().items()}

    def _set_metrics(self, metrics: list[Any] | None) -> None:
        if metrics is not None:
            for variable, value in zip(variables(self.model, "metrics"), metrics, strict=True):
                variable.assign(value)

    def _validate(self, epoch: int, logs: dict[str, float]) -> dict[str, Any]:
        row: dict[str, Any] = {"epoch": epoch + 1, "step": self.progress.steps, **logs}
        convert = import_keras().ops.convert_to_numpy
        with averaged(self.model):
            if "validation" in self.plan.data.splits:
                values = self.model.evaluate(
                    self._validation(), verbose=0, return_dict=True, callbacks=[heeder(self.progress)]
                )
                row |= {f"val_{key}": float(value) for key, value in values.items()}
            row |= {
                "rate": float(convert(self.model.optimizer.learning_rate)),
                "img_s": self.progress.pace.rate,
            }
            row["seconds"] = self.seconds
            self.keeper.epoch(row)
        return row

    def _validation(self) -> Any:
        size = parts.measuring_size(self.place, 256)
        count = len(self.plan.data.splits["validation"].labels)
        rows = batches.plain(self.plan.data, "validation", self.plan.recipe, size, self.place.part)
        return parts.measuring(self.place, rows, count, size)

    def _save(self, metrics: list[Any] | None = None) -> None:
        self.keeper.checkpoint(self.progress.epoch, self.progress.step, self.seconds, metrics)
        self.progress.cadence.written()

    @property
    def seconds(self) -> float:
        """Return the seconds of the run so far, over all its processes."""
        return self._before + self.progress.pace.seconds
