"""The parts of a report in HTML: every picture inside it, nothing loaded from elsewhere, no script."""

import base64
import io
from typing import TYPE_CHECKING, Any

from archdsl.evaluate import history, plots, views
from archdsl.evaluate.evaluation import Evaluation, Mistake
from archdsl.evaluate.markup import Html, html, join, scroll, table, tag
from archdsl.evaluate.table import Table, one_line

if TYPE_CHECKING:
    import numpy as np

# A browser that obeys it loads nothing, whatever a name or a picture tries.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_THUMBNAIL = 192


def page(title: str, lead: str, sections: list[Html]) -> str:
    """Return a whole page."""
    from importlib.resources import files

    from archdsl import __version__

    style = files("archdsl.evaluate").joinpath("report.css").read_text(encoding="utf-8")
    metas = [
        tag("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=f"archdsl {__version__}"),
    ]
    head = tag("head", *metas, tag("title", title), Html(f"<style>\n{style}</style>"))
    header = tag("header", tag("h1", title), tag("p", lead, class_="lead"))
    footer = tag("footer", f"Written by archdsl {__version__}.")
    body = tag("body", tag("main", header, join(sections), footer))
    return f'<!DOCTYPE html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


def section(title: str, *content: Html) -> Html:
    """Return a part of a page with its heading."""
    return tag("section", tag("h2", title), join(list(content)))


def facts(values: list[tuple[str, str, str]]) -> Html:
    """Return the numbers that are told first."""
    cards = [
        tag("div", tag("dt", name), tag("dd", value, class_="value"), tag("dd", meaning, class_="meaning"))
        for name, value, meaning in values
    ]
    return tag("dl", *cards, class_="facts")


def notes(evaluation: Evaluation) -> Html:
    """Return what a reader has to know of how the numbers came about."""
    return join([tag("p", note, class_="warning") for note in views.notes(evaluation)])


def curves(rows: list[dict[str, Any]]) -> Html:
    """Return the learning curves."""
    words = history.description(rows)
    return tag(
        "figure",
        plots.inline(plots.curves(history.panels(rows)), "curves", words),
        tag("figcaption", words),
        class_="wide",
    )


def classes(evaluation: Evaluation) -> Html:
    """Return the scores of the classes; of many, the worst, and all in a box that opens."""
    shown = table(views.per_class(evaluation))
    if len(evaluation.classes) <= views.MANY:
        return shown
    every = scroll(table(views.per_class(evaluation, every=True)), "Scores of all classes")
    return join(
        [
            shown,
            folded(
                f"All {len(evaluation.classes):,} classes",
                Html(every.replace('"scroll"', '"scroll tall"', 1)),
            ),
        ]
    )


def folded(title: str, content: Html) -> Html:
    """Return a part that opens on demand, and is left out in print."""
    return tag("details", tag("summary", title), content, class_="long")


def confusion(evaluation: Evaluation) -> Html:
    """Return the confusion matrix: as a table where its numbers can be read, else as a picture; and the worst
    pairs."""
    pairs = views.confused(evaluation)
    known = tag("div", table(pairs) if pairs.rows else tag("p", "No image was taken for another class."))
    if len(evaluation.classes) <= views.MANY:
        return tag("div", _matrix(evaluation), known, class_="beside")
    first = (
        f"; most often {pairs.rows[0][0]} was called {pairs.rows[0][1]} ({pairs.rows[0][2]} images)"
        if pairs.rows
        else ""
    )
    words = (
        f"Confusion matrix of {len(evaluation.classes):,} classes, each row in shares of its class{first}."
    )
    picture = plots.inline(plots.confusion(evaluation), "confusion", words)
    return join([tag("figure", picture, tag("figcaption", words)), known])


def _matrix(evaluation: Evaluation) -> Html:
    data = views.matrix(evaluation)
    head = [tag("th", tag("span", one_line(name)), scope="col", title=name) for name in evaluation.classes]
    rows = [
        tag(
            "tr",
            tag("th", one_line(name), scope="row"),
            *(_part(count, max(1, sum(counts))) for count in counts),
        )
        for name, counts in zip(evaluation.classes, evaluation.confusion, strict=True)
    ]
    top = tag("thead", tag("tr", tag("th", "class \\ predicted", scope="col"), *head))
    whole = tag("table", tag("caption", data.caption), top, tag("tbody", *rows), class_="matrix")
    return scroll(whole, data.caption)


def _part(count: int, images: int) -> Html:
    part = count / images
    look = {"class_": "full" if part > 0.6 else "none"} if part > 0.6 or not count else {}
    return tag("td", f"{count:,}", style=f"--part: {0.15 + 0.85 * part if count else 0:.2f}", **look)


def calibration(evaluation: Evaluation) -> Html:
    """Return the reliability curve, and its numbers."""
    if evaluation.calibration_error is None:
        return tag("p", "No output is finite, so there is nothing to calibrate.")
    error = views.percent(evaluation.calibration_error)
    words = (
        f"Accuracy of the predictions by their confidence, in {len(evaluation.bins)} bins of equal width; "
        f"dots stand at the "
        f"mean confidence of a bin. Below, the share of images in each bin. The expected calibration "
        f"error is {error}."
    )
    picture = plots.inline(plots.reliability(evaluation), "reliability", words)
    used = [one for one in evaluation.bins if one.images]
    rows = [
        (f"{one.low:.2f}–{one.high:.2f}", f"{one.images:,}", f"{one.confidence:.3f}", f"{one.accuracy:.3f}")
        for one in used
    ]
    numbers = Table("Reliability curve", ("confidence", "images", "mean confidence", "accuracy"), tuple(rows))
    return tag("div", tag("figure", picture, tag("figcaption", words)), table(numbers), class_="beside")


def mistakes(evaluation: Evaluation) -> Html:
    """Return the most confident mistakes, each with its image."""
    if not evaluation.mistakes:
        return tag("p", "There is no mistake.")
    pairs = zip(evaluation.mistakes, evaluation.pictures, strict=True)
    return tag(
        "ol", *(_mistake(evaluation, mistake, picture) for mistake, picture in pairs), class_="mistakes"
    )


def _mistake(evaluation: Evaluation, mistake: Mistake, picture: "np.ndarray") -> Html:
    truth, predicted = (one_line(evaluation.classes[place]) for place in (mistake.truth, mistake.predicted))
    words = f"Image {mistake.row} of the split: {truth}, predicted {predicted}"
    small = {"class_": "small"} if max(picture.shape[:2]) < _THUMBNAIL else {}
    image = tag("img", src=f"data:image/png;base64,{_encoded(picture)}", alt=words, **small)
    wrong = tag("div", f"called {predicted} ({mistake.confidence:.3f})", class_="wrong")
    place = tag("div", f"image {mistake.row}", class_="note")
    return tag("li", image, wrong, tag("div", f"is {truth} ({mistake.truth_confidence:.3f})"), place)


def _encoded(picture: "np.ndarray") -> str:
    buffer = io.BytesIO()
    thumbnail(picture).save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def thumbnail(picture: "np.ndarray") -> Any:
    """Return an image of uint8 [h, w, 1 or 3] as a Pillow image of at most 192 pixels a side."""
    from PIL import Image

    image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
    image.thumbnail((_THUMBNAIL, _THUMBNAIL))
    return image


def network(svg: str) -> Html:
    """Return a figure that archdsl drew, following the page's light or dark."""
    from archdsl.figure.theme import auto_style

    text = svg[svg.index("<svg") :]
    themed = (
        text if "<style>" in text else text.replace("</desc>", f"</desc>\n<style>{auto_style()}</style>", 1)
    )
    return tag("figure", Html(themed), class_="network")


def pairs(values: dict[str, Any], caption: str) -> Html:
    """Return names and values as a table."""
    rows = tuple((name, said(value)) for name, value in values.items())
    return table(Table(caption, ("key", "value"), rows, 2))


def said(value: Any) -> str:
    """Write a value of a configuration for a person."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    return (
        f"{value:,}"
        if isinstance(value, int) and value >= 10_000
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def command(text: str) -> Html:
    """Return a command to be copied."""
    return tag("pre", tag("code", html(text)))
