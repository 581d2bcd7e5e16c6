"""What happens between the steps: counting, showing, saving, stopping on a signal or on a loss that is not finite."""

import math
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from archdsl.backends.quiet import import_keras
from archdsl.train.progress import Display, Speed
from archdsl.train.recipes import Recipe


class Interrupted(Exception):
    """A signal asked training to stop; the step at hand was finished."""


class Diverged(Exception):
    """The loss is not a finite number any more."""


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


def watcher(recipe: Recipe, steps: int, images: int, display: Display, stop: StopSignal, save: Callable[[dict[str, Any]], None]) -> Any:
    """Give the Keras callback of a run; `save` gets each finished epoch's numbers."""
    keras = import_keras()

    class Watcher(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.speed = Speed()
            self.traced = False
            self.at = 0
            self.began = time.perf_counter()

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.at = epoch
            self.speed.start()
            if not self.traced:
                display.phase("tracing the first step")

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if not math.isfinite(logs["loss"]):
                raise Diverged
            if self.traced:
                size = recipe.batch_size if batch < steps - 1 else images - (steps - 1) * recipe.batch_size
                self.speed.add(size)
            else:
                self.traced = True
                self.speed.start()
            left = ((recipe.epochs - self.at) * images - batch * recipe.batch_size) / self.speed.rate if self.speed.rate else 0
            display.step(self.at + 1, batch + 1, logs["loss"], logs["accuracy"], self.speed.rate, left)
            self._heed()

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            self._heed()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
            row = {"epoch": epoch + 1, **{key: float(logs[key]) for key in ("loss", "accuracy", "val_loss", "val_accuracy")}}
            row |= {"rate": rate, "img_s": self.speed.rate, "seconds": time.perf_counter() - self.began}
            display.epoch(row)
            save(row)

        def _heed(self) -> None:
            if stop.asked:
                raise Interrupted

    return Watcher()
