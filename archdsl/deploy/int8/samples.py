"""Images of a data set, as a written model takes them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archdsl.deploy.check import Engine
from archdsl.deploy.feed import Feed

if TYPE_CHECKING:
    import numpy as np

BATCH = 64
# The images that tell the accuracy: never those that ranges are taken from, where there are others.
MEASURED = ("test", "validation", "train")


def calibration(data: Any, feed: Feed, images: bool, count: int) -> Iterator["np.ndarray"]:
    """Return up to `count` images of the training split, spread evenly over it, as batches of one example.

    `images` says that the model takes uint8; otherwise they are scaled.
    """
    import numpy as np

    split = calibrating(data)
    for row in np.linspace(0, len(split.labels) - 1, min(count, len(split.labels))).astype(np.int64):
        batch = np.asarray(split.images[row : row + 1])
        yield batch if images else feed.scaled(batch)


def calibrating(data: Any) -> Any:
    """Return the split that ranges are taken from: training images, where there are any."""
    return data.splits.get("train") or next(iter(data.splits.values()))


def measured(data: Any) -> str:
    """Return the split that accuracy is measured on."""
    return next(name for name in MEASURED if name in data.splits)


def accuracy(engine: Engine, data: Any, split: str, feed: Feed, images: bool) -> float:
    """Return the share of a split's images whose largest output is their class."""
    import numpy as np

    kept = data.splits[split]
    right = 0
    for start in range(0, len(kept.labels), BATCH):
        batch = np.asarray(kept.images[start : min(start + BATCH, len(kept.labels))])
        outputs = engine(batch if images else feed.scaled(batch))
        right += int((outputs.reshape(len(batch), -1).argmax(-1) == kept.labels[start : start + BATCH]).sum())
    return right / len(kept.labels)
