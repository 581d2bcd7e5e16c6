"""Signals that ask a run to stop: remembered until the step at hand is done, so that a run ends with
everything saved."""

import signal
import threading
from types import FrameType
from typing import Any


def stopping() -> list[int]:
    """List the signals that ask a run to stop: Ctrl-C, SIGTERM, and a terminal that is closed, unless `nohup`
    says not to heed it."""
    hangup: int | None = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return [signal.SIGINT, signal.SIGTERM]
    return [signal.SIGINT, signal.SIGTERM, hangup]


class Interrupted(Exception):
    """A signal asked training to stop; the step at hand was finished."""


class StopSignal:
    """Remembers the signals; a second one ends the process. Outside the main thread it does nothing.

    Where `waits` is false, there is no step to be finished: a signal raises Interrupted then and there.
    """

    def __init__(self) -> None:
        self.asked = False
        self.waits = True
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "StopSignal":
        if threading.current_thread() is threading.main_thread():
            for number in stopping():
                self._before[number] = signal.signal(number, self._remember)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _remember(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        if not self.waits:
            raise Interrupted
