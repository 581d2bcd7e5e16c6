"""The rows of `metrics.jsonl` -> the curves, the best epoch and the table of a run; what is missing or not
finite is left out."""

import math
from collections.abc import Sequence
from typing import Any

from archdsl.evaluate.plots import SERIES, Curve
from archdsl.evaluate.table import MISSING, Table

Row = dict[str, Any]
# Key -> its header and digits. `rate` and `seconds` are shown where a run has them.
_COLUMNS = {"loss": 4, "accuracy": 4, "val_loss": 4, "val_accuracy": 4, "rate": 5, "img_s": 0}
_HEADERS = {"val_loss": "validation loss", "val_accuracy": "validation accuracy", "img_s": "img/s"}


def number(row: Any, key: str) -> float | None:
    """Return a finite number of a table, or None."""
    value = row.get(key) if isinstance(row, dict) else None
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def best(rows: Sequence[Row]) -> Row | None:
    """Return the epoch with the highest validation accuracy, the first of equal ones; None where no epoch has
    one."""
    known = [row for row in rows if number(row, "val_accuracy") is not None]
    return max(known, key=lambda row: float(row["val_accuracy"])) if known else None


def curve(rows: Sequence[Row], key: str, name: str, colour: str, dash: str = "-") -> Curve:
    """Return the curve of one number over the epochs."""
    points = [
        (row.get("epoch", place), value)
        for place, row in enumerate(rows, 1)
        if (value := number(row, key)) is not None
    ]
    return Curve(name, [epoch for epoch, _ in points], [value for _, value in points], colour, dash)


def panels(rows: Sequence[Row]) -> dict[str, list[Curve]]:
    """Return the panels of a run: loss and accuracy of training and validation."""
    return {title: [line for line in _pair(rows, title) if line.epochs] for title in ("loss", "accuracy")}


def _pair(rows: Sequence[Row], key: str) -> list[Curve]:
    training = curve(rows, key, "training", SERIES[1], "--")
    return [training, curve(rows, f"val_{key}", "validation", SERIES[0])]


def description(rows: Sequence[Row]) -> str:
    """Describe the curves in words, for who cannot see them."""
    top = best(rows)
    ends = [
        f"{name} {number(rows[-1], key):.3f}" for key, name in _spoken() if number(rows[-1], key) is not None
    ]
    peak = (
        f"; highest validation accuracy {top['val_accuracy']:.4f} in epoch {top.get('epoch')}" if top else ""
    )
    return (
        f"Loss and accuracy over {len(rows)} epochs; at the end: "
        f"{', '.join(ends) or 'no finite number'}{peak}."
    )


def _spoken() -> list[tuple[str, str]]:
    names = {"loss": "training loss", "accuracy": "training accuracy"} | _HEADERS
    return [(key, names[key]) for key in ("loss", "val_loss", "accuracy", "val_accuracy")]


def epochs(rows: Sequence[Row]) -> Table:
    """Return the table of all epochs, with the best one stressed."""
    keys = [key for key in _COLUMNS if any(key in row for row in rows)]
    cells = [
        (str(row.get("epoch", place)), *(_cell(row, key) for key in keys))
        for place, row in enumerate(rows, 1)
    ]
    top = best(rows)
    column = keys.index("val_accuracy") + 1 if top else 0
    stressed = frozenset({(rows.index(top), column)}) if top else frozenset()
    return Table(
        "Every epoch", ("epoch", *(_HEADERS.get(key, key) for key in keys)), tuple(cells), 0, stressed
    )


def _cell(row: Row, key: str) -> str:
    value = number(row, key)
    return MISSING if value is None else f"{value:,.{_COLUMNS[key]}f}"
