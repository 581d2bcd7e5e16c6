"""What training shows: a live line and a row per epoch on a terminal, plain `key=value` lines anywhere
else."""

import os
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol, TextIO

from archdsl.train.pace import Now

# Where no live line can be shown, a line like this often tells that a long epoch goes on.
SILENCE = 60.0


class Display(Protocol):
    """Where a training run tells how it goes."""

    def phase(self, text: str) -> None:
        """Show what begins: the import, tracing, an evaluation; it ends with the next phase, step or
        epoch."""

    def step(self, now: Now) -> None:
        """Show a finished step of the training or of the validation."""

    def epoch(self, row: dict[str, Any]) -> None:
        """Show a finished epoch, by its row of `metrics.jsonl`."""

    def note(self, text: str) -> None:
        """Show something that stays to be read: a damaged checkpoint, what a run goes on from."""

    def close(self) -> None:
        """Leave the terminal as it was. More may be told afterwards."""


def row_text(row: dict[str, Any]) -> str:
    """Write an epoch as one plain line."""
    return " ".join(f"{key}={_value(key, value)}" for key, value in row.items())


def _value(key: str, value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return (
        f"{value:.0f}" if key in ("img_s", "seconds") else f"{value:.5f}" if key == "rate" else f"{value:.4f}"
    )


class Silent:
    """Shows nothing."""

    def phase(self, text: str) -> None:
        pass

    def step(self, now: Now) -> None:
        pass

    def epoch(self, row: dict[str, Any]) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class PlainDisplay:
    """Lines without escape codes, flushed one by one: for files, pipes and CI."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.perf_counter) -> None:
        self.stream = stream
        self._clock = clock
        self._told = clock()

    def phase(self, text: str) -> None:
        self._tell(f"phase={text.replace(' ', '-')}")

    def step(self, now: Now) -> None:
        if self._clock() - self._told >= SILENCE:
            self._tell(step_text(now))

    def epoch(self, row: dict[str, Any]) -> None:
        self._tell(row_text(row))

    def note(self, text: str) -> None:
        self._tell(f"note: {text}")

    def close(self) -> None:
        pass

    def _tell(self, line: str) -> None:
        print(line, file=self.stream, flush=True)
        self._told = self._clock()


def step_text(now: Now) -> str:
    """Write a step as one plain line; it begins otherwise than the line of an epoch."""
    what = "validating" if now.validating else "step"
    numbers = (
        f"loss={now.loss:.4f} accuracy={now.accuracy:.4f} steps_s={now.steps_s:.1f} img_s={now.images_s:.0f}"
    )
    return f"{what}={now.done}/{now.batches} epoch={now.epoch} {numbers} left={clock(now.left)}"


def clock(seconds: float) -> str:
    """Write a duration as `1:02:03` or `2:03`."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def display(epochs: int) -> Display:
    """Choose the display that fits standard output."""
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return PlainDisplay(sys.stdout)
    from archdsl.train.live import LiveDisplay

    return LiveDisplay(epochs)
