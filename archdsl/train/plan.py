"""What a run is to do, and how it ended: plain facts, before any deep-learning framework is there."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archdsl.data.images import ImageData
from archdsl.network import Network
from archdsl.recipe import Recipe
from archdsl.scale.parts import steps

if TYPE_CHECKING:
    from archdsl.evaluate import Evaluation

SAVE_EVERY = "5min"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be trained, on what, and how; `spec` and `source` are kept so that the run can be repeated.

    `save_every` says how often within an epoch a checkpoint is written: `500` (steps), `5min`, `30s`, or
    `epoch` (only at its end). `devices` share each batch, so the last one of an epoch is cut to a multiple of
    them.
    """

    network: Network
    data: ImageData
    recipe: Recipe
    spec: dict[str, Any]
    source: str
    data_options: dict[str, Any]
    save_every: str = SAVE_EVERY
    devices: int = 1

    @property
    def images(self) -> int:
        """Return the number of training images."""
        return len(self.data.splits["train"].labels)

    @property
    def steps(self) -> int:
        """Return the number of steps of an epoch."""
        return steps(self.images, self.recipe.batch_size, self.devices)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `interrupted`, or with an evaluation of the best weights; `diverged` says where and
    why.

    `rows` are the numbers of its epochs.
    """

    interrupted: bool = False
    diverged: str = ""
    evaluation: "Evaluation | None" = None
    rows: tuple[dict[str, Any], ...] = field(default=())
