"""The processes of a training on several machines (JAX's own coordination): joining, agreeing, stopping
together."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

# How long a process waits for the others to join, and how long one may be silent before it counts as lost;
# seconds.
JOIN, LOST = 300, 60
_TEXT = 1024


@dataclass(frozen=True, slots=True)
class Processes:
    """One process of a training: `index` of `count`, all meeting at `coordinator` (HOST:PORT, in process
    0)."""

    count: int = 1
    index: int = 0
    coordinator: str = ""

    def __str__(self) -> str:
        return f"process {self.index} of {self.count}"


def join(processes: Processes, join_within: int = JOIN, lost_after: int = LOST) -> None:
    """Meet the other processes, before anything is computed. Where they do not come in time, JAX ends this
    process."""
    import jax

    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(
        processes.coordinator,
        processes.count,
        processes.index,
        cluster_detection_method="deactivate",
        initialization_timeout=join_within,
        heartbeat_timeout_seconds=lost_after,
        shutdown_timeout_seconds=lost_after,
    )


def leave() -> None:
    """Part from the other processes: all wait here until each has come."""
    import jax

    jax.distributed.shutdown()


def gathered(text: str) -> list[str]:
    """Return what each process says, in their order; long texts are cut."""
    import numpy as np
    from jax.experimental.multihost_utils import process_allgather

    said = np.zeros(_TEXT, np.uint8)
    raw = np.frombuffer(text.encode()[:_TEXT], np.uint8)
    said[: len(raw)] = raw
    rows = np.asarray(process_allgather(said)).reshape(-1, _TEXT)
    return [bytes(row).rstrip(b"\0").decode(errors="ignore") for row in rows]


def differing(facts: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Compare named facts among the processes: `(process, name)` for each that is not that of process 0."""
    marks = " ".join(sha256(repr(value).encode()).hexdigest()[:16] for value in facts.values())
    first, *others = [said.split() for said in gathered(marks)]
    return [
        (number, name)
        for number, other in enumerate(others, 1)
        for name, ours, theirs in zip(facts, first, other, strict=False)
        if ours != theirs
    ]


@contextmanager
def trusted() -> Iterator[None]:
    """Let values be spread over the processes without JAX comparing each one with all processes.

    That is a message to and from everybody for each variable of a model, and again each time one is set. What
    the values are made from was compared (`differing`), and what comes of them is, after each epoch.
    """
    from jax.experimental import multihost_utils

    compared = multihost_utils.assert_equal
    multihost_utils.assert_equal = lambda *args, **kwargs: None
    try:
        yield
    finally:
        multihost_utils.assert_equal = compared


class StopTogether:
    """Tells all processes to stop after the same step, when one of them gets SIGTERM or SIGINT.

    JAX has its own handler for SIGTERM, and agrees on the step with the others; so SIGINT is made one.
    """

    def __init__(self) -> None:
        self.waits = True
        self._asked = 0
        self._before: Any = None

    def __enter__(self) -> "StopTogether":
        self._before = signal.signal(
            signal.SIGINT, lambda number, frame: os.kill(os.getpid(), signal.SIGTERM)
        )
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    @property
    def asked(self) -> bool:
        """Return whether to stop now; every process has to ask as often."""
        from jax.experimental.multihost_utils import reached_preemption_sync_point

        self._asked += 1
        return bool(reached_preemption_sync_point(self._asked))
