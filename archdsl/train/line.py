"""What the live line and the rows of the epochs say in so many columns of a terminal: the most that fits."""

from typing import Any

from archdsl.train.pace import Now
from archdsl.train.progress import clock

# Columns of the bar, at least and at most.
LEAST, BAR = 4, 30
# Columns of the table of epochs: key of the row, header, width. What is first to go on a narrow terminal is
# last in `DROPPED`.
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
    """Return what stands before and behind the bar of a step: the first form that leaves room for one."""
    forms = [form for form in _forms(now, epochs) if sum(map(len, form)) + 2 + LEAST <= width]
    return forms[0] if forms else (f"{now.epoch}/{epochs}", "")


def _forms(now: Now, epochs: int) -> list[tuple[str, str]]:
    place, left, batches = f"{now.epoch}/{epochs}", f"{clock(now.left)} left", f"{now.done}/{now.batches}"
    long = f"loss {now.loss:.4f}  accuracy {now.accuracy:.4f}"
    short = f"loss {_short(now.loss)} acc {now.accuracy:.3f}"
    brief = f"loss {_brief(now.loss)} acc {now.accuracy:.0%}"
    if now.validating:
        return [
            (f"validating {place}", f"{batches}  {long}  {left}"),
            (f"val {place}", f"{short} {left}"),
            (place, left),
        ]
    steps, images = f"{_brief(now.steps_s)} steps/s", f"{_brief(now.images_s)} img/s"
    return [
        (f"epoch {place}", f"{batches}  {long}  {steps}  {now.images_s:,.0f} img/s  {left}"),
        (f"epoch {place}", f"{batches}  {short}  {steps}  {images}  {left}"),
        (f"epoch {place}", f"{short}  {steps}  {images}  {left}"),
        (f"epoch {place}", f"{short} {steps} {images} {left}"),
        (place, f"{brief} {steps} {images} {clock(now.left)}"),
        (place, f"{brief} {images} {left}"),
        (place, f"loss {_brief(now.loss)} {left}"),
        (place, left),
    ]


def _short(loss: float) -> str:
    return f"{loss:.3f}" if abs(loss) < 1000 else _brief(loss)


def _brief(number: float) -> str:
    """Write a positive number in five characters at most: 0.05, 8.13, 96, 1234, 12.3k."""
    if number >= 1e6:
        return f"{number:.0e}"
    if number >= 1e4:
        return f"{number / 1e3:.3g}k"
    return f"{number:.0f}" if number >= 10 else f"{number:.2f}"


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
    return (
        f"{values[key]:,.0f}"
        if key == "img_s"
        else f"{values[key]:.5f}"
        if key == "rate"
        else f"{values[key]:.4f}"
    )
