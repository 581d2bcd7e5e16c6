"""Seconds per call of engines, measured in turns so that what disturbs the machine disturbs all of them."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from archdsl.deploy.check import Engine

if TYPE_CHECKING:
    import numpy as np

WARM_UPS, LEAST, ROUNDS = 2, 2, 3


class Timings(NamedTuple):
    """Seconds of single calls on a batch of `batch` examples, in the order they were made."""

    batch: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the latency that half of the calls keep to, in seconds."""
        from statistics import median

        return median(self.seconds)

    @property
    def p95(self) -> float:
        """Return the latency that 95 % of the calls keep to, in seconds (the nearest call that was made)."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, -(-95 * len(ordered) // 100) - 1)]

    @property
    def throughput(self) -> float:
        """Return examples per second, from the median."""
        return self.batch / self.median


def interleaved(engines: Mapping[str, Engine], inputs: "np.ndarray", seconds: float) -> dict[str, Timings]:
    """Time engines on one batch, each for about `seconds` in three turns; at least two calls a turn."""
    for engine in engines.values():
        for _ in range(WARM_UPS):
            engine(inputs)
    found: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            found[name] += turn(engine, inputs, seconds / ROUNDS)
    return {name: Timings(len(inputs), tuple(times)) for name, times in found.items()}


def turn(engine: Engine, inputs: "np.ndarray", seconds: float) -> list[float]:
    """Call an engine again and again for some seconds."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < LEAST or time.perf_counter() < end:
        start = time.perf_counter()
        engine(inputs)
        times.append(time.perf_counter() - start)
    return times
