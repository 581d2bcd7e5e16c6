"""Images brought to another size by a named rule (Pillow's resampling, bilinear, with antialiasing).

- `stretch`: to the size, whatever that does to the proportions;
- `crop`: until the shorter side fits, then the middle is cut out;
- `pad`: until the longer side fits, then black around it.

Where the channels differ, grey is repeated and colour becomes grey (ITU-R 601).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archdsl.data.faults import needs
from archdsl.data.split import Images

if TYPE_CHECKING:
    import numpy as np

RULES = ("stretch", "crop", "pad")


@dataclass(frozen=True, slots=True)
class Resized:
    """Reads like `images` brought to `size` (height, width, channels) by a rule."""

    images: "np.ndarray | Images"
    size: tuple[int, int, int]
    rule: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of all images."""
        return (self.images.shape[0], *self.size)

    def __getitem__(self, rows: Any) -> "np.ndarray":
        """Read these rows and resize them."""
        import numpy as np

        with needs("records"):
            from PIL import Image
        found = self.images[rows]
        out = np.empty((len(found), *self.size), np.uint8)
        for target, pixels in zip(out, found, strict=True):
            target[:] = resized(
                Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels), self.size, self.rule
            )
        return out


def resized(picture: Any, size: tuple[int, int, int], rule: str) -> "np.ndarray":
    """Return an image of Pillow as an array of uint8 of a size (height, width, channels)."""
    import numpy as np
    from PIL import Image, ImageOps

    height, width, channels = size
    picture = picture.convert("L" if channels == 1 else "RGB")
    if picture.size != (width, height):
        act: Any = {"stretch": Image.Image.resize, "crop": ImageOps.fit, "pad": ImageOps.pad}[rule]
        picture = act(picture, (width, height), Image.Resampling.BILINEAR)
    return np.asarray(picture, np.uint8).reshape(height, width, channels)
