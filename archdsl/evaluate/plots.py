"""Numbers -> pictures (matplotlib): figures that are drawn light, and can be put into a page that is light or
dark."""

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.evaluate.markup import Html, tag
from archdsl.figure.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archdsl.evaluate.evaluation import Evaluation

# Of the lines of a plot, in order; the page has a lighter one of each for dark (`report.css`): Okabe and
# Ito's, by hue.
SERIES = ("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#7d6b00", "#0a7f8f", "#59636e")
_INK, _GRID = LIGHT.ink.lower(), LIGHT.border.lower()
_STYLE: dict[Any, Any] = {
    "font.size": 9, "font.family": "sans-serif", "svg.fonttype": "none",
    "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10, "axes.titleweight": "bold",
    "legend.frameon": False, "axes.grid": True, "axes.axisbelow": True, "grid.linewidth": 0.6,
    **{f"{name}color": _INK for name in ("text.", "axes.label", "axes.edge", "xtick.", "ytick.")},
    "grid.color": _GRID,
}  # fmt: skip


class Curve(NamedTuple):
    """A line of a plot: its name, its points, its look; one without a name is left out of the legend."""

    name: str
    epochs: Sequence[float]
    values: Sequence[float]
    colour: str
    dash: str = "-"


@contextmanager
def style() -> Iterator[None]:
    """Make and save figures in our style; letters that the font lacks are drawn as boxes, without a word."""
    import matplotlib

    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        yield


def curves(panels: dict[str, list[Curve]], logarithmic: Sequence[str] = ()) -> "Figure":
    """Draw panels of curves over epochs, side by side, with one legend below."""
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(4.4 * len(panels), 3.3), layout="constrained")
        for axes, (title, lines) in zip(
            figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
        ):
            _panel(axes, title, lines)
            if title in logarithmic:
                axes.set_yscale("log")
        handles, labels = figure.axes[0].get_legend_handles_labels()
        if handles:
            columns = min(4, len(labels)) if max(map(len, labels)) < 40 else 1
            figure.legend(handles, labels, loc="outside lower center", ncols=columns)
    return figure


def _panel(axes: Any, title: str, lines: list[Curve]) -> None:
    for line in lines:
        marker = "o" if len(line.epochs) <= 20 else ""
        style_of = {"linestyle": line.dash, "marker": marker, "markersize": 3, "linewidth": 1.5}
        axes.plot(line.epochs, line.values, label=plain(line.name) or None, color=line.colour, **style_of)
    axes.set_title(title, loc="left")
    axes.set_xlabel("epoch")
    axes.xaxis.get_major_locator().set_params(integer=True)


def plain(text: str) -> str:
    """Keep a name from being read as a formula, or left out of the legend."""
    return "\u200b" * text.startswith("_") + text.replace("$", r"\$")


def confusion(evaluation: "Evaluation") -> "Figure":
    """Draw the confusion matrix, each row in shares of its class; names and numbers where there is room for
    them."""
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm
    from matplotlib.figure import Figure

    counts = np.array(evaluation.confusion)
    shares = counts / counts.sum(axis=1, keepdims=True).clip(1)
    classes = len(counts)
    side = 5.2 if classes <= 20 else 7.0
    with style():
        figure = Figure(figsize=(side, side), layout="constrained")
        axes = figure.subplots()
        colours = LinearSegmentedColormap.from_list("share", ["#2f81f700", "#2f81f7ff"])
        # Where no numbers are written, what is rare must still be seen.
        scale = PowerNorm(1 if classes <= 20 else 0.5, vmin=0, vmax=1)
        axes.imshow(shares, cmap=colours, norm=scale, interpolation="nearest")
        axes.grid(visible=False)
        axes.set_xlabel("predicted" if classes <= 60 else "predicted (number of the class)")
        axes.set_ylabel("class" if classes <= 60 else "class (its number)")
        if classes <= 60:
            _names(axes, evaluation.classes)
        if classes <= 20:
            for (row, column), count in np.ndenumerate(counts):
                colour = "#ffffff" if shares[row, column] > 0.5 else _INK
                if count:
                    axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour, fontsize=7)
    return figure


def _names(axes: Any, names: Sequence[str]) -> None:
    shown = [plain(name if len(name) <= 16 else f"{name[:15]}…") for name in names]
    size = 8 if len(names) <= 20 else 5
    axes.set_xticks(range(len(names)), shown, rotation=90, fontsize=size)
    axes.set_yticks(range(len(names)), shown, fontsize=size)


def reliability(evaluation: "Evaluation") -> "Figure":
    """Draw the accuracy of predictions by their confidence, and how many there are of each confidence."""
    from matplotlib.figure import Figure

    bins = [one for one in evaluation.bins if one.images]
    width = evaluation.bins[0].high if evaluation.bins else 0.1
    with style():
        figure = Figure(figsize=(4.4, 4.2), layout="constrained")
        above, below = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
        middles = [(one.low + one.high) / 2 for one in bins]
        above.plot([0, 1], [0, 1], color=_INK, linewidth=1, linestyle=":", label="perfectly calibrated")
        above.bar(
            middles,
            [one.accuracy for one in bins],
            width * 0.92,
            color=SERIES[0],
            alpha=0.55,
            label="accuracy",
        )
        above.plot(
            [one.confidence for one in bins],
            [one.accuracy for one in bins],
            "o-",
            color=SERIES[1],
            markersize=4,
        )
        above.set(xlim=(0, 1), ylim=(0, 1), ylabel="accuracy")
        figure.legend(*above.get_legend_handles_labels(), loc="outside upper left", ncols=2)
        shares = [one.images / sum(other.images for other in bins) for one in bins]
        below.bar(middles, shares, width * 0.92, color=SERIES[0], alpha=0.55)
        below.set(xlabel="confidence of the predicted class", ylabel="share of images")
    return figure


def png(figure: "Figure") -> bytes:
    """Return a figure as PNG, on white."""
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format="png", dpi=150)
    return buffer.getvalue()


def svg(figure: "Figure") -> bytes:
    """Return a figure as an SVG file, on white, the same bytes for the same numbers."""
    buffer = io.BytesIO()
    _save_svg(figure, buffer, "figure", transparent=False)
    return buffer.getvalue()


def inline(figure: "Figure", name: str, description: str) -> Html:
    """Return a figure as an SVG element whose colours follow the page; `name` is unlike that of every other
    on the page."""
    buffer = io.BytesIO()
    _save_svg(figure, buffer, name, transparent=True)
    text = buffer.getvalue().decode()
    text = re.sub(r"font-family: [^;\"]*", "font-family: var(--face)", text[text.index("<svg") :])
    for number, colour in enumerate(SERIES):
        text = text.replace(colour, f"var(--series-{number})")
    text = text.replace(_INK, "var(--ink)").replace(_GRID, "var(--line)")
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", text)
    named = tag("title", description)
    return Html(re.sub(r"<svg ([^>]*)>", lambda match: f'<svg role="img" {match[1]}>{named}', text, count=1))


def _save_svg(figure: "Figure", buffer: io.BytesIO, salt: str, transparent: bool) -> None:
    import matplotlib

    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with style(), matplotlib.rc_context({"svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", transparent=transparent, metadata=nothing)
