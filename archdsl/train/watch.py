"""What happens between the steps: counting, showing, saving, stopping on a signal or on a loss that is not finite."""

import math
import signal
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.train.log import Loggers
from archdsl.train.pace import Pace
from archdsl.train.progress import Display


class Interrupted(Exception):
    """A signal asked training to stop; the step at hand was finished."""


class Diverged(Exception):
    """The loss is not a finite number any more; `weights` are the last ones before, where the loss had grown suspicious."""

    def __init__(self, weights: Any) -> None:
        super().__init__()
        self.weights = weights


# A mean loss that no run survives: from here on the weights of each step are kept, to find the row that overflows.
EXPLODING = 1e3


class StopSignal:
    """Remembers SIGINT and SIGTERM until the step at hand is done; a second one ends the process at once."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "StopSignal":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._remember)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _remember(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


def watcher(pace: Pace, display: Display, log: Loggers, stop: StopSignal, save: Callable[[dict[str, Any]], None]) -> Any:
    """Give the Keras callback of a run; `save` gets each finished epoch's numbers."""
    keras: Any = import_keras()

    class Watcher(keras.callbacks.Callback):  # type: ignore[misc]
        exploding: Any = None

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            pace.begin(epoch)
            if not pace.traced:
                display.phase("tracing the first step")

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if not math.isfinite(logs["loss"]):
                raise Diverged(self.exploding)
            if logs["loss"] > EXPLODING:
                self.exploding = self.model.get_weights()
            display.step(pace.step(batch, logs))
            log.step(pace.epoch * pace.steps + batch + 1, {"loss": logs["loss"], "accuracy": logs["accuracy"]})
            self._heed()

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            display.step(pace.validated(batch, logs))
            self._heed()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
            row = epoch_row(pace, logs, rate)
            display.epoch(row)
            log.epoch(row)
            save(row)

        def _heed(self) -> None:
            if stop.asked:
                raise Interrupted

    return Watcher()


def epoch_row(pace: Pace, logs: Mapping[str, float], rate: float) -> dict[str, Any]:
    """Give the row of a finished epoch: number, step, Keras' numbers, learning rate, images per second, seconds of the run."""
    numbers = {key: float(logs[key]) for key in ("loss", "accuracy", "val_loss", "val_accuracy")}
    place = {"epoch": pace.epoch + 1, "step": (pace.epoch + 1) * pace.steps}
    return {**place, **numbers, "rate": rate, "img_s": pace.rate, "seconds": pace.seconds}
