"""scikit-learn's 1,797 handwritten digits, resized to the network's input: real images without a download."""

from archdsl.data.images import ImageData, statistics
from archdsl.data.shares import shares
from archdsl.data.split import Split

CLASSES = tuple("0123456789")
SIZE = (8, 8, 1)


def load(shape: tuple[int, ...]) -> ImageData:
    """Return the digits as images of `shape` (height, width, channels): 64 % train, 16 % validation, 20 %
    test, by class."""
    import numpy as np
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    digits = load_digits()
    height, width, channels = shape
    grey = np.clip(digits.images * (255.0 / 16.0), 0, 255).astype(np.float32)
    resized = zoom(grey, (1, height / 8, width / 8), order=1, mode="nearest", grid_mode=True)
    images = np.repeat(np.rint(resized).astype(np.uint8)[..., None], channels, axis=-1)
    labels = digits.target.astype(np.int64)
    splits = {
        name: Split(images[chosen], labels[chosen], f"{len(chosen):,} of the 1,797 digits of scikit-learn")
        for name, chosen in shares(labels, CLASSES).items()
    }
    mean, deviation = statistics(splits["train"])
    return ImageData("digits", CLASSES, splits, mean, deviation, flip=False)
