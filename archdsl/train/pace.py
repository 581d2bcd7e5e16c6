"""Counts the steps of a run: how fast the last seconds were, how long the rest will take."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

# The speed that is shown is that of the steps of so many seconds.
WINDOW = 10.0
# A step that takes longer than the window and so many times longer than each of the steps before it was none:
# the process was stopped (SIGSTOP, a machine that slept).
STOPPED = 20
# Until a validation has been timed, its images are taken to need a third of a training image: the forward
# pass alone.
FORWARD = 1 / 3
# Images per step of a validation (`batches.plain`).
VALIDATED = 256


class Now(NamedTuple):
    """Where a run stands after a step: `done` of `batches` in this epoch (from 1), means so far, speeds per
    second, seconds `left` of the whole run; `validating` where the batches are those of the validation."""

    epoch: int
    done: int
    batches: int
    loss: float
    accuracy: float
    images_s: float
    steps_s: float
    left: float
    validating: bool = False


class Pace:
    """Times the steps of a run of `epochs` x `steps` batches over `images`; after each epoch `validation`
    images are looked at, in batches of `VALIDATED`.

    The first step of the process traces the model: it counts as work done, not for the speed.
    """

    def __init__(
        self,
        epochs: int,
        steps: int,
        images: int,
        batch_size: int,
        validation: int = 0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.epochs, self.steps, self.images, self.batch_size, self.validation = (
            epochs,
            steps,
            images,
            batch_size,
            validation,
        )
        self.traced = False
        self.epoch = 0
        self._clock = clock
        self._window: deque[tuple[float, int]] = deque()
        self._total = [0.0, 0]  # seconds and images of this epoch's steps
        self._pause = 0.0  # seconds between the last step of an epoch and the next epoch: validation, saving
        self._since = self._ended = self._started = clock()

    def begin(self, epoch: int) -> None:
        """Begin an epoch (from 0)."""
        now = self._clock()
        if self.traced:
            self._pause = now - self._ended
        self.epoch, self._total, self._since = epoch, [0.0, 0], now

    def step(self, batch: int, logs: Mapping[str, float]) -> Now:
        """Count a finished training step (from 0)."""
        now = self._clock()
        images = (
            self.batch_size if batch < self.steps - 1 else self.images - (self.steps - 1) * self.batch_size
        )
        if self.traced:
            self._count(now - self._since, images)
        self.traced, self._since, self._ended = True, now, now
        return self._now(
            batch + 1, self.steps, logs, self._training(batch) + self._pauses(self.epochs - self.epoch)
        )

    def validated(self, batch: int, logs: Mapping[str, float]) -> Now:
        """Count a finished step (from 0) of the validation."""
        batches = max(-(-self.validation // VALIDATED), batch + 1)
        spent = self._clock() - self._ended
        rest = max(self._pauses(1) - spent, spent / (batch + 1) * (batches - batch - 1))
        left = self._training(self.steps - 1) + rest + self._pauses(self.epochs - self.epoch - 1)
        return self._now(batch + 1, batches, logs, left, True)

    @property
    def rate(self) -> float:
        """Return the training images per second of this epoch; of the last seconds where it has no timed
        step."""
        seconds, images = self._total
        return images / seconds if seconds else self._speed()[0]

    @property
    def seconds(self) -> float:
        """Return the seconds since this was made."""
        return self._clock() - self._started

    def _count(self, seconds: float, images: int) -> None:
        if self._stopped(seconds):
            return
        self._total = [self._total[0] + seconds, self._total[1] + images]
        self._window.append((seconds, images))
        while len(self._window) > 1 and sum(one for one, _ in self._window) - self._window[0][0] > WINDOW:
            self._window.popleft()

    def _stopped(self, seconds: float) -> bool:
        """Return whether the process was stopped during a step, which then says nothing of the speed."""
        slowest = max((one for one, _ in self._window), default=seconds)
        return seconds > max(WINDOW, STOPPED * slowest)

    def _speed(self) -> tuple[float, float]:
        """Return images and steps per second of the last seconds."""
        seconds = sum(one for one, _ in self._window)
        return (
            (sum(images for _, images in self._window) / seconds, len(self._window) / seconds)
            if seconds
            else (0.0, 0.0)
        )

    def _training(self, batch: int) -> float:
        rate = self._speed()[0]
        images = (self.epochs - self.epoch) * self.images - min((batch + 1) * self.batch_size, self.images)
        return images / rate if rate else 0.0

    def _pauses(self, count: int) -> float:
        rate = self._speed()[0]
        return count * (self._pause or (self.validation * FORWARD / rate if rate else 0.0))

    def _now(
        self, done: int, batches: int, logs: Mapping[str, float], left: float, validating: bool = False
    ) -> Now:
        return Now(
            self.epoch + 1, done, batches, logs["loss"], logs["accuracy"], *self._speed(), left, validating
        )
