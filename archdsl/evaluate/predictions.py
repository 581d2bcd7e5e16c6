"""Image files -> the most likely classes of each."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.data.faults import DataError

if TYPE_CHECKING:
    import numpy as np

_BATCH = 64


class Inputs(NamedTuple):
    """What a model takes: images of `size`, brought to it by `rule` (`archdsl.data.resize`), scaled as in
    training.

    `preprocessing` is the recipe (or what is known of it); `flip` tells whether a mirrored image keeps its
    class.
    """

    size: tuple[int, int, int]
    rule: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    flip: bool
    preprocessing: Any


class Prediction(NamedTuple):
    """A file and its most likely classes with their probabilities, the likeliest first; none where its output
    is not finite."""

    path: str
    classes: tuple[tuple[str, float], ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain data for a JSON file."""
        return {
            "image": self.path,
            "classes": [{"class": name, "probability": part} for name, part in self.classes],
        }


class Unreadable(NamedTuple):
    """A file that is no image, and why; one sentence for the user."""

    path: str
    message: str


def files(paths: Sequence[str]) -> list[str]:
    """List the files that are named, and the images in the folders that are named; raise DataError where a
    folder has none."""
    found: list[str] = []
    for path in paths:
        found += _within(path) if os.path.isdir(path) else [path]
    return found


def _within(folder: str) -> list[str]:
    from PIL import Image

    endings = tuple(Image.registered_extensions())
    names = [
        os.path.join(where, file)
        for where, _, listed in sorted(os.walk(folder))
        for file in sorted(listed)
        if file.lower().endswith(endings) and not file.startswith(".")
    ]
    if not names:
        raise DataError(f"{folder} holds no images")
    return names


def predict(model: Any, paths: Sequence[str], given: Inputs, top: int) -> Iterator[Prediction | Unreadable]:
    """Predict files, in order; what is no image is told in its place."""
    for start in range(0, len(paths), _BATCH):
        chunk = paths[start : start + _BATCH]
        pixels = [_read(path, given.size, given.rule) for path in chunk]
        images = [one for one in pixels if not isinstance(one, Unreadable)]
        found = iter(_likeliest(model, images, given, top) if images else ())
        for path, one in zip(chunk, pixels, strict=True):
            yield one if isinstance(one, Unreadable) else Prediction(path, next(found))


def _read(path: str, size: tuple[int, int, int], rule: str) -> "np.ndarray | Unreadable":
    import numpy as np

    from archdsl.data.folders import FileImages

    try:
        image: np.ndarray = FileImages(np.array([path], object), size, rule)[:1][0]
    except DataError as error:
        return Unreadable(path, str(error))
    return image


def _likeliest(
    model: Any, images: "list[np.ndarray]", given: Inputs, top: int
) -> list[tuple[tuple[str, float], ...]]:
    import numpy as np

    from archdsl.data.images import ImageData, Split
    from archdsl.evaluate.outputs import outputs

    split = Split(np.stack(images), np.zeros(len(images), np.int64), "images")
    data = ImageData("images", given.classes, {"images": split}, given.mean, given.deviation, given.flip)
    found = outputs(model, data, "images", given.preprocessing)
    best = np.argsort(-found.probabilities, axis=1, kind="stable")[:, :top]
    rows = zip(best, found.probabilities, found.finite, strict=True)
    return [
        tuple((given.classes[place], float(shares[place])) for place in row) if finite else ()
        for row, shares, finite in rows
    ]
