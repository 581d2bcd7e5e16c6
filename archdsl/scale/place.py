"""The devices and processes of a training as one place: what it computes on, its part of the images, who
writes."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from archdsl.scale.processes import Processes, StopTogether, differing, gathered, leave, trusted


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
        """Return whether this process writes the run folder and tells the user."""
        return self.processes.index == 0

    @property
    def part(self) -> tuple[int, int]:
        """Return which rows of each global batch this process reads: `(index, count)`."""
        return self.processes.index, self.processes.count

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Be in the context in which the model is made, compiled and trained."""
        with ExitStack() as stack:
            if self.strategy is not None:
                stack.enter_context(self.strategy.scope())
            if self.processes.count > 1:
                stack.enter_context(trusted())
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let this process make or save a model by itself: Keras on JAX would wait for the other processes
        with each variable."""
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

    def compare(self, facts: Mapping[str, Any], when: str = "") -> None:
        """Raise PlaceError where facts of this training are not the same in every process."""
        if self.processes.count == 1:
            return
        for number, name in differing(facts):
            raise PlaceError(
                f"process {number} has another {name} than process 0{when and ' ' + when}: start all "
                f"with "
                f"the same"
            )

    def agree(self, problem: str) -> None:
        """Raise PlaceError in every process where one has a problem (an empty text is none)."""
        said = [problem] if self.processes.count == 1 else gathered(problem)
        for number, text in enumerate(said):
            if text:
                raise PlaceError(text if number == 0 else f"process {number}: {text}")

    def as_first(self, text: str) -> str:
        """Return what process 0 says: a choice that every process made for itself, and might have made
        otherwise."""
        return text if self.processes.count == 1 else gathered(text)[0]

    def leave(self) -> None:
        """Part from the other processes, each of which comes here; what follows is computed alone."""
        if self.processes.count > 1:
            leave()

    def stop_signal(self) -> Any:
        """Return what heeds SIGINT and SIGTERM of every process, so that all stop after the same step; None
        for one process."""
        return StopTogether() if self.processes.count > 1 else None

    def check_batch(self, size: int) -> None:
        """Raise PlaceError where a global batch cannot be divided among the devices."""
        if size % self.devices:
            fits = max(size // self.devices, 1) * self.devices
            raise PlaceError(
                f"a batch of {size} cannot be divided among {self.devices} devices: take --batch-size {fits}"
            )
