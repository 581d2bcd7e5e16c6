"""What happens between the steps: counting, showing, saving, stopping on a signal or on a loss that is no use
any more."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.train.cadence import Cadence
from archdsl.train.log import Loggers
from archdsl.train.pace import Pace
from archdsl.train.progress import Display
from archdsl.train.signals import Interrupted, StopSignal

# A mean loss of an epoch that no run comes back from: cross-entropy of ten classes begins at 2.3.
EXPLODED = 1e4


class Diverged(Exception):
    """The loss is not finite any more, or has exploded, in a step (from 0) of an epoch (from 0), or in its
    validation."""

    def __init__(self, epoch: int, step: int, loss: float, validating: bool = False) -> None:
        super().__init__()
        self.epoch, self.step, self.loss, self.validating = epoch, step, loss, validating


class Progress:
    """How far training is: `epoch` epochs finished and `step` steps of the next; tells and stops between
    steps."""

    def __init__(
        self, pace: Pace, display: Display, log: Loggers, stop: StopSignal, cadence: Cadence
    ) -> None:
        self.pace, self.display, self.log, self.stop, self.cadence = pace, display, log, stop, cadence
        self.epoch = self.step = 0

    def at(self, epoch: int, step: int) -> None:
        """Set where training goes on."""
        self.epoch, self.step = epoch, step
        self.pace.begin(epoch)
        if not self.pace.traced:
            self.display.phase("tracing the first step")

    def stepped(self, logs: Mapping[str, float]) -> None:
        """Count a step that ended with these means of the epoch so far; raise Diverged where they are no
        use."""
        batch, loss = self.step, logs["loss"]
        self.step += 1
        if not math.isfinite(loss) or loss > EXPLODED:
            raise Diverged(self.epoch, batch, loss)
        self.display.step(self.pace.step(batch, logs))
        self.log.step(self.steps, {key: float(value) for key, value in logs.items()})

    def validated(self, batch: int, logs: Mapping[str, float]) -> None:
        """Count a step of the validation."""
        self.display.step(self.pace.validated(batch, logs))
        self.heed()

    def finished(self, row: dict[str, Any]) -> None:
        """Show a finished epoch."""
        self.epoch, self.step = row["epoch"], 0
        self.cadence.written()
        self.display.epoch(row)
        self.log.epoch(row)
        self.heed()

    def heed(self) -> None:
        """Raise Interrupted where a signal asked to stop."""
        if self.stop.asked:
            raise Interrupted

    @property
    def steps(self) -> int:
        """Return the steps of the run so far."""
        return self.epoch * self.pace.steps + self.step


def watcher(progress: Progress, begin: Callable[[], None], save: Callable[[], None]) -> Any:
    """Return the Keras callback of one epoch; `begin` sets the metrics it goes on from, `save` writes a
    checkpoint."""
    keras: Any = import_keras()

    class Watcher(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            begin()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            progress.stepped(logs)
            progress.heed()
            if progress.step < progress.pace.steps and progress.cadence.due(progress.step):
                assert self.model is not None  # reading it makes JAX bring the variables up to date
                save()

    return Watcher()


def heeder(progress: Progress) -> Any:
    """Return the Keras callback of a validation."""
    keras: Any = import_keras()

    class Heeder(keras.callbacks.Callback):  # type: ignore[misc]
        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            progress.validated(batch, logs)

    return Heeder()
