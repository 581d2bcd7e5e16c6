"""What every data set gives: splits of images with labels, and the checks against the network that is to learn them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archdsl.data.split import Split

if TYPE_CHECKING:
    import numpy as np

    from archdsl.network import Network

SPLITS = ("train", "validation", "test")


class DataError(Exception):
    """The data cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class ImageData:
    """A data set. `mean` and `deviation` are per channel, on pixels / 255; `flip` tells whether a mirrored image keeps its class."""

    name: str
    classes: tuple[str, ...]
    splits: dict[str, Split]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    flip: bool

    def limited(self, count: int | None) -> "ImageData":
        """Keep the first `count` images of each split: for a quick look."""
        if count is None:
            return self
        splits = {name: split.limited(count) for name, split in self.splits.items()}
        return ImageData(self.name, self.classes, splits, self.mean, self.deviation, self.flip)


def check_network(network: "Network", name: str, classes: int, size: tuple[int, int, int] | None) -> None:
    """Raise DataError where the network cannot learn such images; `size` is None where they are resized to its input."""
    shape, output = network.input, network.output
    if len(shape) != 3 or shape[-1] not in (1, 3):
        raise DataError(f"{name} are images, and {network.name} takes {_by(shape)}: train needs an input of height x width x 1 or 3")
    if size is not None and shape != size:
        raise DataError(
            f"{name} images are {_by(size)}, and {network.name} takes {_by(shape)}: pass `--input {_by(size)}` or change `input`"
        )
    if output[-1] != classes or max(output[:-1], default=1) > 1:  # a map of 1x1 is flattened
        raise DataError(
            f"{name} has {classes} classes, and {network.name} ends in {_by(output)}: end the table in `{classes}-d fc, softmax`"
        )


def statistics(images: "np.ndarray") -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give mean and standard deviation per channel, on pixels / 255."""
    scaled = images.reshape(-1, images.shape[-1]) / 255.0
    return tuple(map(float, scaled.mean(0))), tuple(map(float, scaled.std(0).clip(1e-3)))


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
