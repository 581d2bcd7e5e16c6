"""The devices and processes of a training as one place: what it computes on, its part of the images, who writes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from archdsl.scale.processes import Processes


class PlaceError(Exception):
    """Training cannot run on these devices or processes; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a training runs. `devices` counts those of all processes; `text` names them for the user.

    `strategy` is what the model is made under: None on one device, else TensorFlow's or Keras' own strategy.
    """

    devices: int
    text: str
    strategy: Any = None
    processes: Processes = field(default_factory=Processes)

    @property
    def leads(self) -> bool:
        """Tell whether this process writes the run folder and tells the user."""
        return self.processes.index == 0

    @property
    def part(self) -> tuple[int, int]:
        """Give which rows of each global batch this process reads: `(index, count)`."""
        return self.processes.index, self.processes.count

    def scope(self) -> AbstractContextManager[Any]:
        """Give the context in which the model is made, compiled and trained."""
        return self.strategy.scope() if self.strategy is not None else nullcontext()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let this process make or save a model by itself: Keras on JAX would wait for the other processes with each variable."""
        if self.processes.count == 1:
            yield
            return
        from archdsl.backends.quiet import import_keras

        distribution = import_keras().distribution
        before = distribution.distribution()
        distribution.set_distribution(None)
        try:
            yield
        finally:
            distribution.set_distribution(before)

    def check_batch(self, size: int) -> None:
        """Raise PlaceError where a global batch cannot be divided among the devices."""
        if size % self.devices:
            fits = max(size // self.devices, 1) * self.devices
            raise PlaceError(f"a batch of {size} cannot be divided among {self.devices} devices: take --batch-size {fits}")
