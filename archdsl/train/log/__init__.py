"""Where the numbers of a run go beside the display: files of the run folder, TensorBoard, trackers of
experiments."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol


class Start(NamedTuple):
    """What a logger is told when training begins: `epoch` and `step` are those already done (0, or where a
    resumed run goes on); `config` is what `config.json` holds, `network` an `archdsl.network.Network`, `data`
    an `archdsl.data.images.ImageData`, `recipe` the recipe, `model` the compiled Keras model that learns (on
    logits)."""

    folder: Any
    epoch: int
    step: int
    config: dict[str, Any]
    network: Any
    data: Any
    recipe: Any
    model: Any


class LogError(Exception):
    """A tracker cannot be used; the message is one sentence for the user."""


class Logger(Protocol):
    """Takes the numbers of a run; `name` is what a person calls it. See `Loggers` for what its faults do."""

    name: str

    def begin(self, start: Start) -> None:
        """Begin, or go on after `start.step` steps; whatever was logged after them is of a lost attempt, and
        dropped."""

    def step(self, step: int, values: Mapping[str, float]) -> None:
        """Log a finished step, counted over the whole run from 1; `values` are Keras' means of the epoch so
        far."""

    def epoch(self, row: dict[str, Any]) -> None:
        """Log a finished epoch: the row of `metrics.jsonl`, `epoch` from 1 and `step` in it."""

    def evaluated(self, evaluation: Any) -> None:
        """Log the final evaluation of the best weights; the report and its pictures are in the run folder."""

    def close(self) -> None:
        """Write what is still held; the run has ended, or was stopped."""


class Loggers:
    """Several loggers as one. One that fails while it begins is a LogError; later it is told, and the
    training goes on without it."""

    def __init__(self, loggers: Sequence[Logger], tell: Callable[[str], None]) -> None:
        self.loggers = list(loggers)
        self.tell = tell
        self._begun: list[Logger] = []

    def begin(self, start: Start) -> None:
        for logger in self.loggers:
            try:
                logger.begin(start)
            except Exception as error:
                raise LogError(f"cannot log to {logger.name}: {_reason(error)}") from error
            self._begun.append(logger)

    def step(self, step: int, values: Mapping[str, float]) -> None:
        self._each(lambda logger: logger.step(step, values))

    def epoch(self, row: dict[str, Any]) -> None:
        self._each(lambda logger: logger.epoch(row))

    def evaluated(self, evaluation: Any) -> None:
        self._each(lambda logger: logger.evaluated(evaluation))

    def close(self) -> None:
        self._each(lambda logger: logger.close())
        self._begun = []

    def _each(self, call: Callable[[Logger], None]) -> None:
        for logger in list(self._begun):
            try:
                call(logger)
            except Exception as error:  # whatever a tracker does, hours of training are worth more
                self._begun.remove(logger)
                self.tell(f"logging to {logger.name} has stopped, training continues: {_reason(error)}")


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# Tracker -> its package, and where its logger is.
TRACKERS = {"mlflow": "MlflowLogger", "wandb": "WandbLogger"}


def missing(names: Iterable[str]) -> list[str]:
    """Return those of the trackers that are not installed, without importing any."""
    return [name for name in names if find_spec(name) is None]


def used(folder: Any) -> list[str]:
    """Return the trackers that a run folder was logged to: a resumed run goes on with them."""
    return [name for name in TRACKERS if (folder / f"{name}-run").is_file()]


def loggers(names: Iterable[str] = ()) -> list[Logger]:
    """Return the loggers of a run: the files that every run has, and the trackers that are asked for."""
    from archdsl.train.log import trackers
    from archdsl.train.log.metrics import MetricsLogger
    from archdsl.train.log.tensorboard import TensorBoardLogger

    return [
        MetricsLogger(),
        TensorBoardLogger(),
        *(getattr(trackers, TRACKERS[name])() for name in dict.fromkeys(names)),
    ]
