"""Output that may be lost: a long run goes on when nobody reads it any more (`| head`, a closed terminal, a
full disk)."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class SteadyOutput:
    """A text stream whose first refusal is told once on standard error; from then on what is written is
    dropped."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write; never raise for a stream that refuses."""
        try:
            return int(self._stream.write(text))
        except OSError as error:
            self._lost(error)
            return len(text)

    def flush(self) -> None:
        """Write what is held."""
        try:
            self._stream.flush()
        except OSError as error:
            self._lost(error)

    def _lost(self, error: OSError) -> None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())  # what is held in buffers goes there too
        os.close(null)
        reason = (error.strerror or str(error)).lower()
        try:
            print(
                (
                    f"archdsl: standard output is lost ({reason}); the run goes on, its numbers are in its "
                    f"folder"
                ),
                file=sys.stderr,
            )
        except (OSError, ValueError):  # standard error went the same way
            os.dup2(self._stream.fileno(), 2)


@contextmanager
def steady_output() -> Iterator[None]:
    """Go on with the block when standard output is closed."""
    before = sys.stdout
    sys.stdout = SteadyOutput(before)
    try:
        yield
        sys.stdout.flush()
    finally:
        sys.stdout = before
