"""A data set as a picture: a row of images for each class (matplotlib)."""

import io
import os
import warnings
from typing import Any

from archdsl.data.faults import DataError, reason
from archdsl.data.images import ImageData
from archdsl.writing import write_whole

_COLUMNS = 10
_ROWS = 40  # of more classes, the first
_DPI = 100


def draw(data: ImageData, path: str) -> int:
    """Write the first images of each class of the first split as a picture; give how many. Raise DataError
    where that fails."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    split = next(iter(data.splits.values()))
    classes = data.classes[:_ROWS]
    figure = Figure(figsize=(1.6 + 0.8 * _COLUMNS, 0.84 * len(classes) + 0.3), dpi=_DPI)
    FigureCanvasAgg(figure)
    axes = figure.subplots(
        len(classes), _COLUMNS, squeeze=False, gridspec_kw={"wspace": 0.08, "hspace": 0.08}
    )
    drawn = 0
    for label, row in enumerate(axes):
        found = np.flatnonzero(split.labels == label)[:_COLUMNS]
        images = split.images[found] if len(found) else ()
        for place in row:
            place.axis("off")
        for place, image in zip(row, images, strict=False):
            place.imshow(
                image[..., 0] if image.shape[-1] == 1 else image,
                cmap="gray",
                vmin=0,
                vmax=255,
                interpolation="nearest",
            )
        row[0].text(
            -0.15, 0.5, classes[label], transform=row[0].transAxes, ha="right", va="center", fontsize=9
        )
        drawn += len(found)
    _save(figure, path)
    return drawn


def _save(figure: Any, path: str) -> None:
    """Write a picture in the format of its ending, PNG where it has none, to exactly this path."""
    picture = io.BytesIO()
    kind = os.path.splitext(path)[1].removeprefix(".").lower() or "png"
    try:
        with warnings.catch_warnings():  # letters that the font lacks are drawn as boxes
            warnings.simplefilter("ignore", UserWarning)
            figure.savefig(picture, format=kind, bbox_inches="tight", pad_inches=0.1)
        write_whole(path, picture.getvalue())
    except (OSError, ValueError) as error:
        raise DataError(
            f"cannot write {path}: {reason(error) if isinstance(error, OSError) else error}"
        ) from None
