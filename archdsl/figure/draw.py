"""Network -> svg, png, pdf, tex (TikZ), dot, mmd or html: runs Graphviz, keeps its warnings from the user.

Graphviz comes as the library that the wheel of pygraphviz bundles: it is there after a plain `pip install`,
is the same version on every machine, and needs no process of its own (a figure takes about 30 ms). Only where
pygraphviz cannot be imported, a `dot` on the PATH is used, through the graphviz package. Both get a font
configuration that names the installed font package first, so text looks alike on every machine, also on those
without a single font.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from importlib.util import find_spec
from io import StringIO
from threading import Lock
from typing import TYPE_CHECKING

from archdsl.figure.dot import write
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
from archdsl.writing import write_whole

if TYPE_CHECKING:
    from archdsl.network import Network

FORMATS = ("svg", "png", "pdf", "tex", "dot", "mmd", "html")
INSTALL = "pip install pygraphviz"
_PLAIN = Sheet()
DPI = _PLAIN.dpi
# Package -> where its fonts are.
_FONT_DIRECTORIES = {
    "font_roboto": "files",
    "matplotlib": "mpl-data/fonts/ttf",
}
_SYSTEM_FONTS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts"),
    *("~/Library/Fonts", "/Library/Fonts", "/System/Library/Fonts", "WINDOWSFONTDIR"),
)
_MISSING = 3
_GUARDED = """
import sys
from archdsl.figure.draw import EngineMissingError, run_graphviz
try:
    sys.stdout.buffer.write(run_graphviz(sys.stdin.buffer.read().decode(), sys.argv[1], int(sys.argv[2])))
except EngineMissingError:
    sys.exit(3)
"""
Engine = Callable[[str, str], bytes]  # DOT text and svg, png or pdf -> the figure
_given: list[Engine] = []
_lock = Lock()  # file descriptors and the environment belong to the whole process


class EngineMissingError(RuntimeError):
    """No Graphviz can be found; the message says how to install one."""


class LayoutError(RuntimeError):
    """Graphviz broke down over a figure; the message says what to try."""


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
    if sheet.width is None:
        return modelled(graph, file, level)
    return fitted(graph, file, level, sheet, _laid_out)


def _facts(network: "Network | Graph", model: Figure | Paper) -> Facts:
    graph, source = (network, None) if isinstance(network, Graph) else (network.graph, network.source)
    return network_facts(graph, model, source)


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


def lay_out_by(engine: Engine | None) -> None:
    """Have figures laid out by a function, such as the Graphviz of a browser; None: by the installed
    Graphviz again."""
    _given[:] = [engine] if engine else []


def run_graphviz(dot: str, kind: str, dpi: int = DPI) -> bytes:
    """Lay out DOT text and give it as svg, png or pdf; raise EngineMissingError where there is no
    Graphviz."""
    if _given:
        return _given[0](dot, kind)
    with _lock, _fonts():
        try:
            return _bundled(dot, kind, dpi)
        except ImportError:
            return _on_path(dot, kind, dpi)


def run_guarded(dot: str, kind: str, dpi: int = DPI) -> bytes:
    """Lay out DOT text in a process of its own, which an assertion in Graphviz may end.

    What it fails at are edges cut at the border of a card, so the second try lets them reach inside.
    """
    if _given:
        return _given[0](dot, kind)
    for text in (dot, dot.replace("compound=true ", "", 1)):
        done = subprocess.run(
            [sys.executable, "-c", _GUARDED, kind, str(dpi)],
            input=text.encode(),
            capture_output=True,
            check=False,
        )
        if not done.returncode and done.stdout:
            return done.stdout
        if done.returncode == _MISSING:
            raise EngineMissingError(f"drawing needs Graphviz; install it with `{INSTALL}`")
    raise LayoutError("Graphviz broke down over this figure; draw level `stage` instead")


def _bundled(dot: str, kind: str, dpi: int) -> bytes:
    from pygraphviz import AGraph

    with _stderr_held():
        layout = AGraph(string=dot)
        if kind == "png":
            layout.graph_attr["dpi"] = str(dpi)
        data: bytes = layout.draw(format=kind, prog="dot")
    return data


def _on_path(dot: str, kind: str, dpi: int) -> bytes:
    try:
        from graphviz import ExecutableNotFound, Source
    except ImportError:
        raise EngineMissingError(f"drawing needs Graphviz; install it with `{INSTALL}`") from None
    text = dot.replace("graph [", f"graph [dpi={dpi} ", 1) if kind == "png" else dot
    try:
        data: bytes = Source(text).pipe(format=kind, quiet=True)
    except ExecutableNotFound:
        raise EngineMissingError(f"drawing needs Graphviz; install it with `{INSTALL}`") from None
    return data


@contextmanager
def _fonts() -> Iterator[None]:
    """Point fontconfig at the installed font packages, then at the system's fonts for other scripts."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fonts.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(_font_configuration())
        os.environ["FONTCONFIG_FILE"] = path
        try:
            yield
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before


def _font_configuration() -> str:
    packages = [(find_spec(name), folder) for name, folder in _FONT_DIRECTORIES.items()]
    own = [
        os.path.join(os.path.dirname(spec.origin), folder)
        for spec, folder in packages
        if spec and spec.origin
    ]
    directories = "".join(f"<dir>{folder}</dir>" for folder in (*own, *_SYSTEM_FONTS))
    head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    unhinted = '<match target="font"><edit name="hinting" mode="assign"><bool>false</bool></edit></match>'
    return (
        f"{head}<fontconfig>{directories}{unhinted}<cachedir "
        f'prefix="xdg">fontconfig</cachedir></fontconfig>\n'
    )


@contextmanager
def _stderr_held() -> Iterator[None]:
    """Hold back what C libraries write to standard error."""
    try:
        saved = os.dup(2)
    except OSError:  # there is no standard error to write to
        yield
        return
    with tempfile.TemporaryFile() as held, redirect_stderr(StringIO()):
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
