"""How often within an epoch a checkpoint is due: `500` steps, `5min`, `30s`, or `epoch`: only at its end."""

import re
import time

_FORM = re.compile(r"(\d+)(s|min|h)?")
_SECONDS = {"s": 1, "min": 60, "h": 3600}


class Cadence:
    """Tells after which steps a checkpoint is due."""

    def __init__(self, text: str) -> None:
        """Read the text; raise ValueError where it is of no known form."""
        match = _FORM.fullmatch(text)
        if text != "epoch" and (match is None or not int(match[1])):
            raise ValueError(f"`{text}` is not a number of steps (500), a time (30s, 5min, 1h) or `epoch`")
        amount = int(match[1]) if match else 0
        timed = bool(match and match[2])
        self.steps = 0 if timed else amount
        self.seconds = amount * _SECONDS[match[2]] if match and timed else 0
        self.written()

    def written(self) -> None:
        """Count the time from now on."""
        self._since = time.monotonic()

    def due(self, step: int) -> bool:
        """Return whether a checkpoint is due after so many steps of the epoch."""
        if self.steps:
            return step % self.steps == 0
        return bool(self.seconds) and time.monotonic() - self._since >= self.seconds
