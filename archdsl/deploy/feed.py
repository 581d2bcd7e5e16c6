"""What a network is fed, and what its outputs stand for: kept with a deployed model, so that it can be used
alone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Feed:
    """`image * scale + offset`, per channel, is what the network takes of an image of 0..255; `classes` are
    its outputs."""

    classes: tuple[str, ...]
    scale: tuple[float, ...]
    offset: tuple[float, ...]

    def scaled(self, images: "np.ndarray") -> "np.ndarray":
        """Return what the network takes, float32, of images as uint8 [..., channels]."""
        import numpy as np

        return (images * np.asarray(self.scale, np.float32) + np.asarray(self.offset, np.float32)).astype(
            np.float32
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain data for a JSON file."""
        return {"classes": list(self.classes), "scale": list(self.scale), "offset": list(self.offset)}


def of_data(data: Any, recipe: Any) -> Feed:
    """Return how a training by a recipe feeds a data set (`ImageData`)."""
    from archdsl.train.batches import scaling

    scale, offset = scaling(data, recipe)
    return Feed(tuple(data.classes), tuple(map(float, scale)), tuple(map(float, offset)))
