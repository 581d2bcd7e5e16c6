"""The trials of a sweep -> a table of results (text, Markdown, CSV) and the best recipe as TOML."""

import csv
import io
from collections.abc import Sequence
from typing import Any, NamedTuple


class Result(NamedTuple):
    """A trial that ended: what it had set, the best accuracy on the validation images (None: `why`), in which
    epoch."""

    number: int
    sets: tuple[tuple[str, str], ...]
    value: float | None
    why: str = ""
    epoch: int | None = None
    epochs: int = 0


def table(results: Sequence[Result], keys: Sequence[str]) -> list[list[str]]:
    """Return the results as cells, the header first."""
    rows = [["trial", *keys, "val_accuracy", "epoch"]]
    for result in results:
        values = dict(result.sets)
        number = f"{result.value:.4f}" if result.value is not None else result.why
        epoch = f"{result.epoch}/{result.epochs}" if result.epoch else ""
        rows.append([str(result.number), *(values.get(key, "") for key in keys), number, epoch])
    return rows


def text(cells: list[list[str]]) -> str:
    """Write cells for a terminal: numbers to the right, under their headers."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def markdown(cells: list[list[str]]) -> str:
    """Write cells as a Markdown table."""
    head, *rows = cells
    lines = [head, ["---:"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def comma_separated(cells: list[list[str]]) -> str:
    """Write cells as CSV."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(cells)
    return file.getvalue()


def best(rows: Sequence[dict[str, Any]]) -> tuple[float, int] | None:
    """Return the highest validation accuracy of a run's epochs and the first epoch that has it; None where
    there is none."""
    values = [(row["val_accuracy"], -row["epoch"]) for row in rows if row.get("val_accuracy") is not None]
    if not values:
        return None
    value, epoch = max(values)
    return value, -epoch
