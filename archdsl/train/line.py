"""What the live line and the rows of the epochs say in so many columns of a terminal: the most that fits."""

from typing import Any

from archdsl.train.pace import Now
from archdsl.train.progress import clock

# Columns of the bar, at least and at most.
LEAST, BAR = 4, 30
# Columns of the table of epochs: key of the row, header, width. What is first to go on a narrow terminal is last in `DROPPED`.
COLUMNS = (
    ("epoch", "epoch", 9),
    ("loss", "loss", 8),
    ("accuracy", "accuracy", 10),
    ("val_loss", "val loss", 10),
    ("val_accuracy", "val accuracy", 14),
    ("rate", "rate", 10),
    ("img_s", "img/s", 8),
    ("seconds", "time", 9),
)
DROPPED = ("rate", "img_s", "loss", "val_loss", "seconds", "accuracy")


def step(now: Now, epochs: int, width: int) -> tuple[str, str]:
    """Give what stands before and behind the bar of a step: the first form that leaves room for one."""
    forms = [form for form in _forms(now, epochs) if sum(map(len, form)) + 2 + LEAST <= width]
    return forms[0] if forms else (f"{now.epoch}/{epochs}", "")


def _forms(now: Now, epochs: int) -> list[tuple[str, str]]:
    name = "validating" if now.validating else "epoch"
    mark = "val" if now.validating else "epoch"
    place, batches = f"{now.epoch}/{epochs}", f"{now.done}/{now.batches}"
    long = f"loss {now.loss:.4f}  accuracy {now.accuracy:.4f}"
    short = f"loss {_short(now.loss)}  acc {now.accuracy:.3f}"
    steps, images = f"{now.steps_s:.1f} steps/s", f"{now.images_s:,.0f} img/s"
    left = clock(now.left)
    return [
        (f"{name} {place}", f"{batches}  {long}  {steps}  {images}  {left} left"),
        (f"{name} {place}", f"{batches}  {short}  {steps}  {images}  {left} left"),
        (f"{mark} {place}", f"{short}  {steps}  {images}  {left} left"),
        (f"{mark} {place}", f"{short}  {images}  {left} left"),
        (place, f"{short}  {images}  {left} left"),
        (place, f"{short}  {left} left"),
        (place, f"{left} left"),
    ]


def _short(loss: float) -> str:
    return f"{loss:.3f}" if abs(loss) < 1000 else f"{loss:.2g}"


def _columns(width: int) -> list[tuple[str, str, int]]:
    columns = list(COLUMNS)
    for key in DROPPED:
        if sum(size for _, _, size in columns) <= width:
            break
        columns = [column for column in columns if column[0] != key]
    return columns


def header(width: int) -> str:
    """Write the names of the columns of the epochs."""
    return "".join(f"{name:>{size}}" for _, name, size in _columns(width))


def row(values: dict[str, Any], epochs: int, width: int) -> str:
    """Write the row of an epoch below the header of the same width."""
    return "".join(f"{_cell(key, values, epochs):>{size}}" for key, _, size in _columns(width))


def _cell(key: str, values: dict[str, Any], epochs: int) -> str:
    if key not in values:
        return "-"
    if key == "epoch":
        return f"{values[key]}/{epochs}"
    if key == "seconds":
        return clock(values[key])
    return f"{values[key]:,.0f}" if key == "img_s" else f"{values[key]:.5f}" if key == "rate" else f"{values[key]:.4f}"
