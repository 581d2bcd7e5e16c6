"""What training shows: a live line and a row per epoch on a terminal, plain `key=value` lines anywhere else."""

import sys
import time
from typing import Any, Protocol, TextIO


class Display(Protocol):
    """Where a training run tells how it goes."""

    def phase(self, text: str) -> None:
        """Tell what is being done before the first step counts."""

    def step(self, epoch: int, done: int, loss: float, accuracy: float, speed: float, left: float) -> None:
        """Tell a finished step: batches done in this epoch, means so far, images per second, seconds left of the run."""

    def epoch(self, row: dict[str, Any]) -> None:
        """Tell a finished epoch."""

    def close(self) -> None:
        """Leave the terminal as it was."""


def row_text(row: dict[str, Any]) -> str:
    """Write an epoch as one plain line."""
    return " ".join(f"{key}={_value(key, value)}" for key, value in row.items())


def _value(key: str, value: Any) -> str:
    if key in ("epoch", "step"):
        return str(value)
    return f"{value:.0f}" if key in ("img_s", "seconds") else f"{value:.5f}" if key == "rate" else f"{value:.4f}"


class PlainDisplay:
    """Lines without escape codes, flushed one by one: for files, pipes and CI."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def phase(self, text: str) -> None:
        print(f"phase={text.replace(' ', '-')}", file=self.stream, flush=True)

    def step(self, epoch: int, done: int, loss: float, accuracy: float, speed: float, left: float) -> None:
        pass

    def epoch(self, row: dict[str, Any]) -> None:
        print(row_text(row), file=self.stream, flush=True)

    def close(self) -> None:
        pass


class LiveDisplay:
    """One line that is rewritten (rich), and a permanent row per epoch above it."""

    def __init__(self, epochs: int, batches: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self.epochs = epochs
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=18), TextColumn("{task.fields[numbers]}"))
        self.progress = Progress(*columns, refresh_per_second=4)
        self.task = self.progress.add_task("starting", total=batches, numbers="")
        self.progress.start()

    def phase(self, text: str) -> None:
        self.progress.update(self.task, description=text, numbers="")

    def step(self, epoch: int, done: int, loss: float, accuracy: float, speed: float, left: float) -> None:
        numbers = f"loss {loss:.3f}  accuracy {accuracy:.3f}  {speed:.0f} img/s  {clock(left)} left"
        self.progress.update(self.task, completed=done, description=f"epoch {epoch}/{self.epochs}", numbers=numbers)

    def epoch(self, row: dict[str, Any]) -> None:
        text = f"epoch {row['epoch']:>3}  loss {row['loss']:.3f}  accuracy {row['accuracy']:.3f}"
        text += f"  val_loss {row['val_loss']:.3f}  val_accuracy {row['val_accuracy']:.3f}  {row['img_s']:.0f} img/s"
        self.progress.console.print(text, highlight=False)

    def close(self) -> None:
        self.progress.update(self.task, visible=False)
        self.progress.stop()


def clock(seconds: float) -> str:
    """Write a duration as `1:02:03` or `2:03`."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def display(epochs: int, batches: int) -> Display:
    """Choose the display that fits standard output."""
    return LiveDisplay(epochs, batches) if sys.stdout.isatty() else PlainDisplay(sys.stdout)


class Speed:
    """Images per second over the steps that count: the first, which traces the model, does not."""

    def __init__(self) -> None:
        self.images = 0
        self.seconds = 0.0
        self._since = time.perf_counter()

    def start(self) -> None:
        """Begin to count from now."""
        self._since = time.perf_counter()

    def add(self, images: int) -> None:
        """Count the images of a step that ended now."""
        now = time.perf_counter()
        self.images += images
        self.seconds += now - self._since
        self._since = now

    @property
    def rate(self) -> float:
        """Give images per second."""
        return self.images / self.seconds if self.seconds else 0.0
