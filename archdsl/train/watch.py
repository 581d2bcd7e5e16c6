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


class Pace:
    """Counts the steps of a run: images per second without the first step, seconds left."""

    def __init__(self, recipe: Recipe, steps: int, images: int) -> None:
        self.recipe = recipe
        self.steps = steps
        self.images = images
        self.speed = Speed()
        self.traced = False
        self.epoch = 0
        self.began = time.perf_counter()

    def begin(self, epoch: int) -> None:
        """Begin an epoch (from 0)."""
        self.epoch = epoch
        self.speed.start()

    def step(self, batch: int) -> None:
        """Count a finished step; the first one of the run traced the model and does not count."""
        if not self.traced:
            self.traced = True
            self.speed.start()
            return
        rest = self.images - (self.steps - 1) * self.recipe.batch_size
        self.speed.add(self.recipe.batch_size if batch < self.steps - 1 else rest)

    def left(self, batch: int) -> float:
        """Estimate the seconds left of the run, without validation."""
        images = (self.recipe.epochs - self.epoch) * self.images - (batch + 1) * self.recipe.batch_size
        return max(images, 0) / self.speed.rate if self.speed.rate else 0.0


def watcher(pace: Pace, display: Display, stop: StopSignal, save: Callable[[dict[str, Any]], None]) -> Any:
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
            pace.step(batch)
            display.step(pace.epoch + 1, batch + 1, logs["loss"], logs["accuracy"], pace.speed.rate, pace.left(batch))
            self._heed()

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            self._heed()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
            row = {"epoch": epoch + 1, **{key: float(logs[key]) for key in ("loss", "accuracy", "val_loss", "val_accuracy")}}
            row |= {"rate": rate, "img_s": pace.speed.rate, "seconds": time.perf_counter() - pace.began}
            display.epoch(row)
            save(row)

        def _heed(self) -> None:
            if stop.asked:
                raise Interrupted

    return Watcher()
