"""Network -> svg, png, pdf, tex (TikZ), dot, mmd or html, at a level of detail and on a sheet."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from archdsl.figure.dot import write
from archdsl.figure.engine import run_graphviz, run_guarded
from archdsl.figure.fitted import fitted
from archdsl.figure.levels import LEVELS, modelled, risky
from archdsl.figure.mermaid import mermaid
from archdsl.figure.page.facts import Facts, network_facts, sketch_facts
from archdsl.figure.paper_dot import write_paper
from archdsl.figure.parts import Figure, Paper
from archdsl.figure.sheet import Sheet
from archdsl.figure.svg import finish
from archdsl.figure.theme import THEMES
from archdsl.figure.tikz import tikz
from archdsl.figure.words import described
from archdsl.figure.wrap import PAGE, wrapped
from archdsl.graph.graph import Graph
from archdsl.graph.padding import unmasked
from archdsl.writing import write_whole

if TYPE_CHECKING:
    from archdsl.network import Network

FORMATS = ("svg", "png", "pdf", "tex", "dot", "mmd", "html")
_PLAIN = Sheet()


class FigureFormatError(ValueError):
    """The output's name ends in no known format, or theme or level are unknown; the message lists those there
    are."""


def draw(
    network: "Network | Graph",
    out: str,
    theme: str | None = None,
    level: str = "auto",
    sheet: Sheet = _PLAIN,
) -> None:
    """Draw the figure of a network into a file, in the format that its name ends in.

    The theme `auto` gives an SVG or a page that follows the reader's light or dark setting; the other formats
    are light then. Without a theme, a page is `auto` and all else `light`. The level `auto` draws blocks
    where that fits a page, else stages. Raises FigureFormatError, TooManyLayersError, TypeTooSmallError,
    EngineMissingError, LayoutError, or OSError where the file cannot be written.
    """
    kind = output_format(out)
    _write(out, render(network, kind, theme or default_theme(kind), level, sheet))


def draw_sketch(
    model: Figure,
    out: str,
    theme: str | None = None,
    facts: "Callable[[], Facts] | None" = None,
    sheet: Sheet = _PLAIN,
) -> None:
    """Draw the rows of a broken table, as `sketch` models them, into a file; `facts` returns what a page
    tells of them. Raises as `draw` does."""
    _write(out, render_sketch(model, output_format(out), theme, facts, sheet))


def render_sketch(
    model: Figure,
    kind: str,
    theme: str | None = None,
    facts: "Callable[[], Facts] | None" = None,
    sheet: Sheet = _PLAIN,
) -> bytes:
    """Return the rows of a broken table in one of `FORMATS`. Raises as `draw` does."""
    theme = theme or default_theme(kind)
    _known("theme", theme, THEMES)
    return _rendered(wrapped(model, sheet.page or PAGE), kind, theme, facts or _no_facts, sheet)


def _no_facts() -> Facts:
    return sketch_facts((), {}, None)


def default_theme(kind: str) -> str:
    """Return the theme of a format where none is asked for."""
    return "auto" if kind == "html" else "light"


def _known(what: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise FigureFormatError(f"unknown {what} `{name}`; there are {', '.join(names)}")


def _write(out: str, data: bytes) -> None:
    write_whole(out, data)


def output_format(out: str, formats: Sequence[str] = FORMATS) -> str:
    """Return the format that a file name asks for; raise FigureFormatError where it is none of `formats`."""
    kind = os.path.splitext(out)[1].lower().removeprefix(".")
    if kind not in formats:
        raise FigureFormatError(
            f"`{out}` does not end in a format that can be drawn: {', '.join('.' + name for name in formats)}"
        )
    return kind


def svg(network: "Network | Graph", theme: str = "auto", level: str = "auto") -> str:
    """Return the figure as an SVG element, to stand in HTML (a notebook)."""
    text = render(network, "svg", theme, level).decode()
    return text[text.index("<svg") :]


def sketch_svg(model: Figure, theme: str = "auto") -> str:
    """Return the figure of a broken table, as `sketch` models it, as an SVG element."""
    text = _rendered(wrapped(model), "svg", theme, _no_facts).decode()
    return text[text.index("<svg") :]


def render(
    network: "Network | Graph", kind: str, theme: str, level: str = "auto", sheet: Sheet = _PLAIN
) -> bytes:
    """Return the figure in one of `FORMATS`. Raises as `draw` does."""
    _known("theme", theme, THEMES)
    _known("level", level, LEVELS)
    model = _model(network, level, sheet)
    return _rendered(model, kind, theme, lambda: _facts(network, model), sheet)


def living(network: "Network | Graph", theme: str, level: str = "auto") -> tuple[str, Facts]:
    """Return a figure for a page that can be asked: an SVG element whose parts have names as classes, and the
    facts by those names. The element has no style of its own: in the theme `auto` the page has it."""
    model = _model(network, level, _PLAIN)
    return _tagged(model, theme, _PLAIN), _facts(network, model)


def living_sketch(model: Figure, theme: str) -> str:
    """Return the figure of a broken table as `living` does."""
    return _tagged(wrapped(model), theme, _PLAIN)


def _model(network: "Network | Graph", level: str, sheet: Sheet) -> Figure | Paper:
    graph, file = (
        (network, "") if isinstance(network, Graph) else (network.graph, os.path.basename(network.path))
    )
    graph = unmasked(graph)
    if sheet.width is None:
        return modelled(graph, file, level)
    return fitted(graph, file, level, sheet, _laid_out)


def _facts(network: "Network | Graph", model: Figure | Paper) -> Facts:
    graph, source = (network, None) if isinstance(network, Graph) else (network.graph, network.source)
    return network_facts(unmasked(graph), model, source)


def _laid_out(model: Figure | Paper, sheet: Sheet) -> str:
    return _run(model, _dot(model, "light", sheet), "svg", sheet.dpi).decode()


def _rendered(
    model: Figure | Paper, kind: str, theme: str, facts: Callable[[], Facts], sheet: Sheet = _PLAIN
) -> bytes:
    if kind == "mmd":
        return mermaid(model).encode()
    if kind == "html":
        return _page(model, theme, facts(), sheet)
    dot = _dot(model, theme, sheet)
    if kind == "dot":
        return dot.encode()
    data = _run(model, dot, "svg" if kind == "tex" else kind, sheet.dpi)
    if kind not in ("svg", "tex"):
        return data
    svg = _finish(data, model, theme if kind == "svg" else "light")
    return (svg if kind == "svg" else tikz(svg)).encode()


def _dot(model: Figure | Paper, theme: str, sheet: Sheet, *, tagged: bool = False) -> str:
    headed = sheet.title != ""
    title = sheet.title or model.title
    if isinstance(model, Paper):
        text = write_paper(model._replace(title=title), theme, headed=headed, tagged=tagged)
    else:
        text = write(model._replace(title=title), theme, headed=headed, tagged=tagged)
    return sheet.applied(text)


def _run(model: Figure | Paper, dot: str, kind: str, dpi: int) -> bytes:
    """Lay out DOT text, in a process of its own where Graphviz may break down over the figure."""
    if isinstance(model, Figure) and risky(model):
        return run_guarded(dot, kind, dpi)
    return run_graphviz(dot, kind, dpi)


def _finish(data: bytes, model: Figure | Paper, theme: str) -> str:
    return finish(data.decode(), model.title, described(model), theme)


def _tagged(model: Figure | Paper, theme: str, sheet: Sheet) -> str:
    data = _run(model, _dot(model, theme, sheet, tagged=True), "svg", sheet.dpi)
    text = _finish(data, model, "dark" if theme == "dark" else "light")
    return text[text.index("<svg") :]


def _page(model: Figure | Paper, theme: str, facts: Facts, sheet: Sheet) -> bytes:
    from archdsl.figure.page.document import document

    svg, title = _tagged(model, theme, sheet), sheet.title or model.title
    return document(svg, title, model.subtitle, facts, theme).encode()
