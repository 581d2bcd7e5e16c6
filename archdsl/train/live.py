"""The display on a terminal (rich): one line that is rewritten, and below each other a row for every
epoch."""

import time
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from archdsl.train import line
from archdsl.train.pace import Now


class LiveDisplay:
    """The line is made anew, for the width the terminal has then, a few times per second and not at every
    step."""

    def __init__(self, epochs: int, console: Console | None = None) -> None:
        self.epochs = epochs
        self.console = console or Console(highlight=False)
        self._headed = False
        self._phase = ""
        self._began = 0.0
        self._now: Now | None = None
        self._live: Live | None = None

    def phase(self, text: str) -> None:
        self._end_phase()
        self._phase, self._began, self._now = text, time.perf_counter(), None
        self._start()

    def step(self, now: Now) -> None:
        self._end_phase()
        self._now = now
        self._start()

    def epoch(self, row: dict[str, Any]) -> None:
        self._end_phase()
        self._now = None
        if not self._headed:
            self._print(Text(line.header(self.console.width - 1), "bold"))
            self._headed = True
        self._print(Text(line.row(row, self.epochs, self.console.width - 1)))

    def note(self, text: str) -> None:
        self.console.print(Text(text))

    def close(self) -> None:
        self._end_phase()
        self._now = None
        if self._live:
            self._live.stop()
            self._live = None

    def _end_phase(self) -> None:
        """Leave a finished phase to be read, with its time."""
        if self._phase:
            text, self._phase = f"{self._phase}: {time.perf_counter() - self._began:.1f} s", ""
            self._print(Text(text, "dim"))

    def _print(self, text: Text) -> None:
        self.console.print(text, overflow="ellipsis", no_wrap=True, crop=True)

    def _start(self) -> None:
        if not self._live:
            self._live = Live(
                get_renderable=self._render, console=self.console, refresh_per_second=5, transient=True
            )
            self._live.start()

    def _render(self) -> RenderableType:
        now, width = self._now, self.console.width - 1
        if self._phase:
            seconds = time.perf_counter() - self._began
            return Spinner(
                "dots" if self.console.encoding.startswith("utf") else "line",
                f"{self._phase} {seconds:.0f} s",
            )
        if now is None:
            return Text("")
        before, after = line.step(now, self.epochs, width)
        bar = ProgressBar(now.batches, now.done, width=min(width - len(before) - len(after) - 2, line.BAR))
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_row(Text(before, no_wrap=True), bar, Text(after, no_wrap=True))
        return grid
