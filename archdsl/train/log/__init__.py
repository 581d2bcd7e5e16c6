"""Where the numbers of a run go beside the display: files of the run folder, TensorBoard, trackers of experiments."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Start(NamedTuple):
    """What a logger is told when training begins: `epoch` and `step` are those already done (0, or where a resumed run goes on);
    `config` is what `config.json` holds, `network` an `archdsl.network.Network`, `data` an `archdsl.data.images.ImageData`,
    `recipe` the recipe, `model` the compiled Keras model that learns (on logits)."""

    folder: Any
    epoch: int
    step: int
    config: dict[str, Any]
    network: Any
    data: Any
    recipe: Any
    model: Any


class Logger(Protocol):
    """Takes the numbers of a run. A fault of a logger must never end the training: see `Loggers`."""

    def begin(self, start: Start) -> None:
        """Begin, or go on after `start.step` steps; whatever was logged after them is of a lost attempt, and dropped."""

    def step(self, step: int, values: dict[str, float]) -> None:
        """Log a finished step, counted over the whole run from 1."""

    def epoch(self, row: dict[str, Any]) -> None:
        """Log a finished epoch: the row of `metrics.jsonl`, `epoch` from 1 and `step` in it."""

    def evaluated(self, evaluation: Any) -> None:
        """Log the final evaluation of the best weights."""

    def close(self) -> None:
        """Write what is still held; the run has ended, or was stopped."""


class Loggers:
    """Several loggers as one."""

    def __init__(self, loggers: Sequence[Logger]) -> None:
        self.loggers = loggers

    def begin(self, start: Start) -> None:
        for logger in self.loggers:
            logger.begin(start)

    def step(self, step: int, values: dict[str, float]) -> None:
        for logger in self.loggers:
            logger.step(step, values)

    def epoch(self, row: dict[str, Any]) -> None:
        for logger in self.loggers:
            logger.epoch(row)

    def evaluated(self, evaluation: Any) -> None:
        for logger in self.loggers:
            logger.evaluated(evaluation)

    def close(self) -> None:
        for logger in self.loggers:
            logger.close()


def loggers(names: Sequence[str] = ()) -> list[Logger]:
    """Give the loggers of a run: the files that every run has, and the trackers that `names` ask for."""
    from archdsl.train.log.metrics import MetricsLogger
    from archdsl.train.log.tensorboard import TensorBoardLogger

    return [MetricsLogger(), TensorBoardLogger()]
