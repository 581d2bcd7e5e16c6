"""scikit-learn's 1,797 handwritten digits, resized to the network's input: real images without a download."""

from archdsl.data.images import ImageData, statistics
from archdsl.data.split import Split

CLASSES = tuple("0123456789")
_SEED = 1797  # the split is the same for every run


def load(shape: tuple[int, ...]) -> ImageData:
    """Give the digits as images of `shape` (height, width, channels): 64 % train, 16 % validation, 20 % test, by class."""
    import numpy as np
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    height, width, channels = shape
    grey = np.clip(digits.images * (255.0 / 16.0), 0, 255).astype(np.float32)
    resized = zoom(grey, (1, height / 8, width / 8), order=1, mode="nearest", grid_mode=True)
    images = np.repeat(np.rint(resized).astype(np.uint8)[..., None], channels, axis=-1)
    labels = digits.target.astype(np.int64)
    rest, test = train_test_split(np.arange(len(labels)), test_size=0.2, random_state=_SEED, stratify=labels)
    train, validation = train_test_split(rest, test_size=0.2, random_state=_SEED, stratify=labels[rest])
    splits = {
        name: Split(images[chosen], labels[chosen], f"{len(chosen):,} of the 1,797 digits of scikit-learn")
        for name, chosen in (("train", train), ("validation", validation), ("test", test))
    }
    mean, deviation = statistics(images[train])
    return ImageData("digits", CLASSES, splits, mean, deviation, flip=False)
