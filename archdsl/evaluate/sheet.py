"""The most confident mistakes -> one picture of all of them."""

from typing import TYPE_CHECKING

from archdsl.evaluate import plots
from archdsl.evaluate.table import one_line

if TYPE_CHECKING:
    from archdsl.evaluate.evaluation import Evaluation

_COLUMNS = 6
_NAME = 18


def sheet(evaluation: "Evaluation") -> bytes:
    """Draw the mistakes as a PNG: each image above the predicted class, the true one, and both
    probabilities."""
    from matplotlib.figure import Figure

    rows = -(-len(evaluation.mistakes) // _COLUMNS)
    with plots.style():
        figure = Figure(figsize=(1.7 * _COLUMNS, 2.15 * rows), layout="constrained")
        axes = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for one in axes:
            one.axis("off")
        for one, mistake, picture in zip(axes, evaluation.mistakes, evaluation.pictures, strict=False):
            grey = picture.shape[-1] == 1
            one.imshow(picture[..., 0] if grey else picture, cmap="gray" if grey else None, vmin=0, vmax=255)
            predicted, truth = (
                _short(evaluation.classes[place]) for place in (mistake.predicted, mistake.truth)
            )
            words = f"{predicted} {mistake.confidence:.2f}\nis {truth} {mistake.truth_confidence:.2f}"
            one.set_title(words, fontsize=7.5, fontweight="normal")
    return plots.png(figure)


def _short(name: str) -> str:
    name = plots.plain(one_line(name))
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
