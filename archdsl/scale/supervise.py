"""A training process of several, watched by a process of its own that outlives it and says how it ended.

When a process is lost, JAX ends all others at once, from C++, with a stack trace and no chance to say
anything. So the command starts itself again as a child, keeps what C++ writes to standard error, passes
signals on, and turns the end into one line and an exit code. A child whose watcher is gone ends too.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from types import FrameType
from typing import IO, Any, NamedTuple, NoReturn, TextIO

_LIFE, _LOG = "ARCHDSL_WATCHER_PIPE", "ARCHDSL_NATIVE_LOG"
_STDOUT, _STDERR = 1, 2
# The exit code of a child that met the loss of another process in Python, before JAX ended it.
_LOSS = 75
_LOST = re.compile(
    r"another task died|heartbeat|UNAVAILABLE|Connection (?:closed|reset)|Shutdown barrier", re.IGNORECASE
)
_UNMET = re.compile(r"DEADLINE_EXCEEDED[^*]*RegisterTask")  # JAX calls this a death, too
_LATE = re.compile(r"DEADLINE_EXCEEDED|timed? ?out", re.IGNORECASE)


class Ending(NamedTuple):
    """How a watched process ended: its exit code (negative: the signal), and what C++ wrote at last."""

    code: int
    log: str

    @property
    def abnormal(self) -> bool:
        """Return whether it ended without saying why."""
        return self.code < 0 or self.code == _LOSS

    @property
    def reason(self) -> str:
        """Say why it ended, where it did not end by itself."""
        if self.code == -signal.SIGKILL:
            return "it was killed (by SIGKILL; where nobody did, memory ran out)"
        if _LOST.search(self.log) and not _UNMET.search(self.log):
            return "another process was lost"
        if _LATE.search(self.log):
            return "the other processes did not come in time"
        if self.code >= 0:
            return "it lost the others"
        return f"it ended by {signal.Signals(-self.code).name}"


def is_watched() -> bool:
    """Return whether this process is a child that `watched` started."""
    return _LIFE in os.environ


def watched(argv: Sequence[str]) -> Ending:
    """Run `archdsl ARGV` as a watched child, and wait for its end."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as log:
        environment = {**os.environ, _LIFE: str(reading), _LOG: str(log.fileno())}
        command = [sys.executable, "-m", "archdsl", *argv]
        # A group of its own: Ctrl-C reaches it through us, once.
        child = subprocess.Popen(command, env=environment, pass_fds=(reading, log.fileno()), process_group=0)
        os.close(reading)
        with _PassedOn(child):
            code = child.wait()
        os.close(writing)
        return Ending(code, _tail(log))


def _tail(log: IO[bytes], size: int = 20_000) -> str:
    end = log.seek(0, os.SEEK_END)
    log.seek(max(end - size, 0))
    return log.read().decode(errors="replace")


class _PassedOn:
    """Passes SIGINT and SIGTERM on to a child."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self.child = child
        self.asked = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._pass)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _pass(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1
        if self.asked > 1:
            self.child.kill()  # as a second Ctrl-C does anywhere: do not wait for the step
        else:
            self.child.send_signal(number)


def begin() -> None:
    """Take up the part of the child: end with the watcher, and leave what C++ writes to it, on either
    stream."""
    life, log = int(os.environ.pop(_LIFE)), int(os.environ.pop(_LOG))
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    sys.stdout, sys.stderr = _kept(_STDOUT), _kept(_STDERR)
    os.dup2(log, _STDOUT)
    os.dup2(log, _STDERR)


def _kept(number: int) -> TextIO:
    """Return a standard stream under another number, for Python alone."""
    return open(os.dup(number), "w", encoding="utf-8", errors="backslashreplace", buffering=1)


def give_up(error: Exception) -> None:
    """End this child at once where an error says that another process was lost: JAX would wait for it."""
    if _LOST.search(str(error)):
        os.write(_STDERR, f"{error}\n".encode())
        end(_LOSS)


def end(code: int) -> NoReturn:
    """End this child at once: on a usual end, JAX waits for the other processes."""
    sys.stdout.flush()
    os._exit(code)


def _end_with(life: int) -> None:
    os.read(life, 1)  # gives nothing when the watcher is gone
    os._exit(128 + signal.SIGKILL)
