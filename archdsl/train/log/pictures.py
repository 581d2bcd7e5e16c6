"""Images that a network is fed -> one picture of them, to see what augmentation and scaling make of the
data."""

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

# Images per side of the sheet.
SIDE = 8


def inputs(start: Any) -> bytes:
    """Draw the first batch of the training, as the network gets it, as a PNG."""
    from archdsl.train.batches import training

    batch, _ = next(iter(training(start.data, start.recipe, start.recipe.seed, 0)))
    return png(sheet(batch.numpy()))


def sheet(images: "np.ndarray") -> "np.ndarray":
    """Lay float images (count, height, width, channels) out as one of uint8, each channel stretched to its
    range over all of them."""
    import numpy as np

    images = images[: SIDE * SIDE]
    low, high = (bound(images, axis=(0, 1, 2)) for bound in (np.min, np.max))
    pixels = np.rint(255 * (images - low) / np.maximum(high - low, 1e-9)).astype(np.uint8)
    columns = min(SIDE, len(pixels))
    missing = -len(pixels) % columns
    framed = np.pad(pixels, ((0, missing), (1, 1), (1, 1), (0, 0)), constant_values=255)
    _, height, width, channels = framed.shape
    rows = framed.reshape(-1, columns, height, width, channels).swapaxes(1, 2)
    return rows.reshape(-1, columns * width, channels)


def png(pixels: "np.ndarray") -> bytes:
    """Write a picture (height, width, 1 or 3 channels) as a PNG, small ones enlarged: what shows them does
    not."""
    from PIL import Image

    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    times = max(1, 512 // max(picture.size))
    enlarged = picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
    file = io.BytesIO()
    enlarged.save(file, "PNG")
    return file.getvalue()


def size(image: bytes) -> tuple[int, int]:
    """Return width and height of a PNG."""
    from PIL import Image

    with Image.open(io.BytesIO(image)) as picture:
        return picture.size
