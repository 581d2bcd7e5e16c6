"""Runs -> what differs between them, their curves in one plot, and a table of results."""

from typing import TYPE_CHECKING, Any

from archdsl.evaluate import history, page, plots
from archdsl.evaluate.history import number
from archdsl.evaluate.markup import Html, table, tag
from archdsl.evaluate.plots import SERIES, Curve
from archdsl.evaluate.runs import Record, flat
from archdsl.evaluate.table import MISSING, Table, markdown, share, text
from archdsl.train.command import command

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Where a run took place, and what follows from other keys.
_APART = ("labels.", "images.", "scale.", "data.directory", "spec.source", "version")
_DASHES = ("-", "-.", ":")
_FEW = 4  # runs up to which the training curves are drawn, too
_HIGHER, _LOWER = 1, -1


def differences(runs: list[Record]) -> Table:
    """Return the keys of the configurations whose values differ, with the value of each run."""
    configs = [flat(run.config) for run in runs]
    keys = dict.fromkeys(key for config in configs for key in config if not key.startswith(_APART))
    rows = []
    for key in keys:
        values = [config.get(key, MISSING) for config in configs]
        if any(value != values[0] for value in values[1:]):
            rows.append((key, *map(page.said, values)))
    return Table(
        "Configurations: keys that differ", ("key", *(run.name for run in runs)), tuple(rows), len(runs) + 1
    )


def results(runs: list[Record], split: str = "test") -> Table:
    """Return the results of the runs; the best of each column is stressed where all are of the same data."""
    evaluations = [run.evaluations.get(split, {}) for run in runs]
    columns: list[tuple[str, list[str], list[float | None], int]] = [
        _column(
            "parameters",
            [number(run.config.get("parameters", {}), "trainable") for run in runs],
            "{:,.0f}",
            0,
        ),
        _column("epochs", [float(len(run.rows)) for run in runs], "{:.0f}", 0),
        _column("validation accuracy", [number(run.best, "val_accuracy") for run in runs], "{:.2%}", _HIGHER),
        _column("in epoch", [number(run.best, "epoch") for run in runs], "{:.0f}", 0),
        _column(f"{split} accuracy", [number(one, "accuracy") for one in evaluations], "{:.2%}", _HIGHER),
        ("95 % interval", [_interval(one) for one in evaluations], [None] * len(runs), 0),
        _column(f"{split} images", [number(one, "images") for one in evaluations], "{:,.0f}", 0),
        _column(
            "calibration error",
            [number(one.get("calibration", {}), "error") for one in evaluations],
            "{:.2%}",
            _LOWER,
        ),
        _column("training", [_seconds(run) for run in runs], "{:,.0f} s", 0),
    ]
    shown = [column for column in columns if set(column[1]) != {MISSING}]
    cells = zip([run.name for run in runs], *(column[1] for column in shown), strict=True)
    alike = len({run.config["data"].get("name") for run in runs if isinstance(run.config["data"], dict)}) == 1
    stressed = {(row, place) for place, column in enumerate(shown, 1) for row in _best(*column[2:]) if alike}
    return Table(
        f"Results on the {split} images",
        ("run", *(one[0] for one in shown)),
        tuple(cells),
        1,
        frozenset(stressed),
    )


def _column(
    name: str, values: list[float | None], form: str, better: int
) -> tuple[str, list[str], list[float | None], int]:
    cells = [MISSING if value is None else form.format(value).replace("%", " %") for value in values]
    return name, cells, values, better


def _interval(evaluation: dict[str, Any]) -> str:
    kept = evaluation.get("interval")
    low, high = (number(kept, key) for key in ("low", "high")) if isinstance(kept, dict) else (None, None)
    return MISSING if low is None or high is None else f"{100 * low:.2f}–{100 * high:.2f}"


def _seconds(run: Record) -> float | None:
    return number(run.rows[-1], "seconds") if run.rows else None


def _best(values: list[float | None], better: int) -> list[int]:
    known = [better * value for value in values if value is not None]
    if not better or len(known) < 2:
        return []
    return [row for row, value in enumerate(values) if value is not None and better * value == max(known)]


def curves(runs: list[Record]) -> "Figure":
    """Draw loss and accuracy of all runs: validation, and of few runs training as thin dots."""
    return plots.curves({key: _lines(runs, key) for key in ("loss", "accuracy")})


def _lines(runs: list[Record], key: str) -> list[Curve]:
    lines = []
    for place, run in enumerate(runs):
        colour, dash = SERIES[place % len(SERIES)], _DASHES[place // len(SERIES) % len(_DASHES)]
        lines.append(history.curve(run.rows, f"val_{key}", run.name, colour, dash))
        if len(runs) <= _FEW:
            said = "training" if run is runs[-1] else ""  # once in the legend
            lines.append(history.curve(run.rows, key, said, colour, ":"))
    return lines


def description(runs: list[Record]) -> str:
    """Describe the curves in words."""
    ends = [
        f"{run.name} {share(number(run.best, 'val_accuracy'), 4)} in epoch {run.best.get('epoch', MISSING)}"
        for run in runs
    ]
    dots = "; dotted lines are of training" if len(runs) <= _FEW else ""
    return (
        f"Validation loss and accuracy over the epochs{dots}. Highest validation accuracy: {'; '.join(ends)}."
    )


def html(runs: list[Record], split: str = "test") -> str:
    """Write a comparison as one page of HTML."""
    words = description(runs)
    picture = tag(
        "figure", plots.inline(curves(runs), "curves", words), tag("figcaption", words), class_="wide"
    )
    return page.page(
        f"{len(runs)} runs",
        ", ".join(run.name for run in runs),
        [
            page.section("Results", table(results(runs, split))),
            page.section("Learning curves", picture),
            page.section("Configurations", _differences(runs)),
            page.section("Commands that repeat the runs", page.command(commands(runs))),
        ],
    )


def _differences(runs: list[Record]) -> Html:
    found = differences(runs)
    return table(found) if found.rows else tag("p", "The configurations are the same.")


def in_markdown(runs: list[Record], split: str = "test") -> str:
    """Write a comparison as Markdown."""
    found = differences(runs)
    second = markdown(found) if found.rows else "The configurations are the same.\n"
    return f"{markdown(results(runs, split))}\n{second}\n```sh\n{commands(runs)}\n```\n"


def commands(runs: list[Record]) -> str:
    """Write a line for each run: the command that trains it once more."""
    return "\n".join(command(run.config) for run in runs)


def written(runs: list[Record], split: str = "test") -> str:
    """Write a comparison for a terminal."""
    found = differences(runs)
    second = f"{found.caption}\n{text(found)}" if found.rows else "The configurations are the same."
    return f"{results(runs, split).caption}\n{text(results(runs, split))}\n\n{second}"


def as_json(runs: list[Record]) -> list[dict[str, Any]]:
    """Return the runs as plain data."""
    return [
        {
            "run": run.path,
            "command": command(run.config),
            "config": run.config,
            "best": run.best or None,
            "epochs": len(run.rows),
            "evaluations": run.evaluations,
        }
        for run in runs
    ]
