"""The progress of a command that takes long: one live line on a terminal (rich), plain lines anywhere
else."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[..., None]
_EVERY = 5.0  # seconds between plain lines


@contextmanager
def counting(what: str, unit: str) -> Iterator[Tell]:
    """Return a function that is told what was done since it was last called, and once the total."""
    live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    with (_live if live else _plain)(what, unit) as tell:
        yield tell


@contextmanager
def _live(what: str, unit: str) -> Iterator[Tell]:
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    numbers = DownloadColumn() if unit == "B" else MofNCompleteColumn()
    with Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=24), numbers, TimeRemainingColumn()
    ) as progress:
        task = progress.add_task(what, total=None)

        def tell(done: int, total: int | None = None) -> None:
            progress.update(task, advance=done, total=total)

        yield tell


@contextmanager
def _plain(what: str, unit: str) -> Iterator[Tell]:
    count, whole, last = 0, None, time.monotonic()

    def tell(done: int, total: int | None = None) -> None:
        nonlocal count, whole, last
        count, whole = count + done, total or whole
        if time.monotonic() - last > _EVERY:
            last = time.monotonic()
            print(f"{what} {count:,}{f' of {whole:,}' if whole else ''} {unit}", flush=True)

    yield tell
    print(f"{what} done: {count:,} {unit}", flush=True)
