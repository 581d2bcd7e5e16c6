"""An evaluation -> the tables and sentences that every report has: on a terminal, in Markdown, in HTML."""

from archdsl.evaluate.evaluation import ClassScore, Evaluation
from archdsl.evaluate.table import MISSING, Table, share, text

MANY = 20  # classes up to which a matrix is written out, and below which no row is left out
_WORST = 15


def percent(value: float | None, digits: int = 2) -> str:
    """Write a share as a percentage."""
    return MISSING if value is None else f"{100 * value:.{digits}f} %"


def interval(evaluation: Evaluation) -> str:
    """Write the interval of the accuracy, in percent."""
    low, high = evaluation.interval
    return f"{100 * low:.2f}–{100 * high:.2f} %"


def facts(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """List what is told first: name, value, and what the value means."""
    images = f"{evaluation.images:,} images"
    found = [
        ("accuracy", percent(evaluation.accuracy), f"95 % interval {interval(evaluation)} (Wilson), {images}")
    ]
    if evaluation.top_5 is not None:
        found.append(("top-5 accuracy", percent(evaluation.top_5), "the class is among the five most likely"))
    found.append(("macro F1", share(evaluation.macro.f1), "mean over the classes"))
    error = percent(evaluation.calibration_error)
    found.append(("calibration error", error, f"expected (ECE), {len(evaluation.bins)} bins of equal width"))
    found.append(("cross-entropy", share(evaluation.cross_entropy), "nats per image"))
    return found + _speed(evaluation)


def _speed(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    speed = evaluation.speed
    if speed is None:
        return []
    how = f"{speed.backend}, {speed.precision}"
    latency = f"median of single images; 95 % within {speed.latency_p95_ms:.2f} ms"
    rate = ("throughput", f"{speed.images_per_second:,.0f} img/s", f"batches of {speed.batch_size}, {how}")
    return [rate, ("latency", f"{speed.latency_ms:.2f} ms", latency)]


def notes(evaluation: Evaluation) -> list[str]:
    """List what a reader has to know of how the numbers came about."""
    found = []
    if evaluation.not_finite:
        images = f"{evaluation.not_finite:,} of {evaluation.images:,} images"
        found.append(f"The output for {images} is not finite (NaN or infinite): they count as mistakes.")
    if evaluation.softmax_applied:
        found.append("The model gives no probabilities that sum to 1: a softmax was applied to its outputs.")
    if evaluation.flips:
        found.append("Each image was evaluated with its mirror image, and the probabilities averaged.")
    absent = sum(not row.images for row in evaluation.per_class)
    if absent:
        found.append(f"{absent:,} of {len(evaluation.per_class):,} classes have no image in this split.")
    return found


def per_class(evaluation: Evaluation, every: bool = False) -> Table:
    """Return the scores of the classes; of many, those with the lowest F1, unless `every` one is asked
    for."""
    rows, caption = evaluation.per_class, "Scores of each class"
    if len(rows) > MANY and not every:
        rows = tuple(sorted((row for row in rows if row.images), key=lambda row: row.f1 or 0.0)[:_WORST])
        caption = f"The {len(rows)} classes with the lowest F1, of {len(evaluation.per_class):,}"
    cells = [_scores(row) for row in rows]
    return Table(caption, ("class", "precision", "recall", "F1", "images"), (*cells, _macro(evaluation)))


def _scores(row: ClassScore) -> tuple[str, ...]:
    return row.name, share(row.precision), share(row.recall), share(row.f1), f"{row.images:,}"


def _macro(evaluation: Evaluation) -> tuple[str, ...]:
    return "mean of all classes", *map(share, evaluation.macro), f"{evaluation.images:,}"


def confused(evaluation: Evaluation, most: int = 15) -> Table:
    """Return the pairs of classes that are taken for each other most often."""
    pairs = [
        (count, row, column)
        for row, counts in enumerate(evaluation.confusion)
        for column, count in enumerate(counts)
        if count and row != column
    ]
    names, worst = evaluation.classes, sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))[:most]
    cells = [
        (names[row], names[column], f"{count:,}", percent(count / evaluation.per_class[row].images, 1))
        for count, row, column in worst
    ]
    return Table(
        "The most frequent confusions", ("class", "predicted", "images", "of the class"), tuple(cells), 2
    )


def matrix(evaluation: Evaluation) -> Table:
    """Return the confusion matrix."""
    names = evaluation.classes
    rows = tuple(
        (name, *(f"{count:,}" for count in row))
        for name, row in zip(names, evaluation.confusion, strict=True)
    )
    caption = "Confusion matrix (rows: the class, columns: what it was called)"
    return Table(caption, ("", *names), rows)


def written(evaluation: Evaluation) -> str:
    """Write an evaluation for a terminal."""
    lines = [f"{evaluation.split}: accuracy {evaluation.accuracy:.4f} on {evaluation.note}", ""]
    values = facts(evaluation)
    width, second = (max(len(fact[place]) for fact in values) for place in (0, 1))
    lines += [f"{name:<{width}}  {value:>{second}}  {meaning}" for name, value, meaning in values]
    lines += ["", *map(_titled, (per_class(evaluation), _confusion(evaluation))), *notes(evaluation)]
    return "\n".join(lines).rstrip()


def _confusion(evaluation: Evaluation) -> Table:
    if len(evaluation.classes) > MANY:
        return confused(evaluation)
    table = matrix(evaluation)
    return table._replace(headers=("", *(name[:8] for name in evaluation.classes)))


def _titled(table: Table) -> str:
    return f"{table.caption[0].lower()}{table.caption[1:]}\n{text(table)}\n"
