"""A file that is edited elsewhere -> its latest text."""

import os
from hashlib import sha256
from time import monotonic, sleep
from typing import Any, NamedTuple

from archdsl.diagnostics import Diagnostic
from archdsl.loading import read_source

_LOOK = 0.2  # seconds between two looks at the file


class State(NamedTuple):
    """The text of a file, and a name for this state of it."""

    name: str
    text: str
    version: str


class Watched:
    """One file; while it is away, as an editor may have it when it saves, its last state stands."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._stamp: tuple[int, int] = (0, 0)
        self._state = State(os.path.basename(path), "", "")

    def read(self) -> Diagnostic | None:
        """Read the file anew; say why it cannot be read, and keep the last state then."""
        source, problem = read_source(self.path, guess=True)
        if problem and problem.severity == "error":
            return problem
        version = sha256(source.text.encode(errors="replace")).hexdigest()[:16]
        self._state = State(os.path.basename(self.path), source.text, version)
        return None

    def state(self) -> State:
        """Return the latest state that could be read."""
        stamp = self._seen()
        if stamp and stamp != self._stamp and self.read() is None:
            self._stamp = stamp
        return self._state

    def changed(self, known: str, seconds: float) -> State:
        """Wait until the state is another one than `known`, at most some seconds, and give it."""
        end = monotonic() + seconds
        while (state := self.state()).version == known and monotonic() < end:
            sleep(_LOOK)
        return state

    def _seen(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def as_message(state: State, known: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return a state for the page, without the text where the page knows it; `options` say how it is read."""
    return {"version": state.version} if state.version == known else {**state._asdict(), **options}
