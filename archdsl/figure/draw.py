"""Network -> svg, png, pdf, tex (TikZ), dot or mmd: runs Graphviz and keeps its warnings from the user.

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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from importlib.util import find_spec
from io import StringIO
from threading import Lock
from typing import TYPE_CHECKING

from archdsl.figure.dot import write
from archdsl.figure.fitted import fitted
from archdsl.figure.levels import LEVELS, modelled, risky
from archdsl.figure.mermaid import mermaid
from archdsl.figure.paper_dot import write_paper
from archdsl.figure.parts import Figure, Paper
from archdsl.figure.sheet import Sheet
from archdsl.figure.svg import finish
from archdsl.figure.theme import THEMES
from archdsl.figure.tikz import tikz
from archdsl.figure.words import described
from archdsl.figure.wrap import wrapped
from archdsl.graph.graph import Graph
from archdsl.writing import write_whole

if TYPE_CHECKING:
    from archdsl.network import Network

FORMATS = ("svg", "png", "pdf", "tex", "dot", "mmd")
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
_lock = Lock()  # file descriptors and the environment belong to the whole process


class EngineMissingError(RuntimeError):
    """No Graphviz can be found; the message says how to install one."""


class LayoutError(RuntimeError):
    """Graphviz broke down over a figure; the message says what to try."""


class FigureFormatError(ValueError):
    """The output's name ends in no known format, or theme or level are unknown; the message lists those there
    are."""


def draw(
    network: "Network | Graph", out: str, theme: str = "light", level: str = "auto", sheet: Sheet = _PLAIN
) -> None:
    """Draw the figure of a network into a file, in the format that its name ends in.

    The theme `auto` gives an SVG that follows the reader's light or dark setting; the other formats are light
    then. The level `auto` draws blocks where that fits a page, else stages. Raises FigureFormatError,
    TooManyLayersError, TypeTooSmallError, EngineMissingError, LayoutError, or OSError where the file cannot
    be written.
    """
    _write(out, render(network, output_format(out), theme, level, sheet))


def draw_sketch(model: Figure, out: str, theme: str = "light") -> None:
    """Draw the rows of a broken table, as `sketch` models them, into a file. Raises as `draw` does."""
    kind = output_format(out)
    _known("theme", theme, THEMES)
    _write(out, _rendered(wrapped(model), kind, theme))


def _known(what: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise FigureFormatError(f"unknown {what} `{name}`; there are {', '.join(names)}")


def _write(out: str, data: bytes) -> None:
    write_whole(out, data)


def output_format(out: str) -> str:
    """Return the format that a file name asks for; raise FigureFormatError where it is none of `FORMATS`."""
    kind = os.path.splitext(out)[1].lower().removeprefix(".")
    if kind not in FORMATS:
        raise FigureFormatError(
            f"`{out}` does not end in a format that can be drawn: {', '.join('.' + name for name in FORMATS)}"
        )
    return kind


def svg(network: "Network | Graph", theme: str = "auto", level: str = "auto") -> str:
    """Return the figure as an SVG element, to stand in HTML (a notebook)."""
    text = render(network, "svg", theme, level).decode()
    return text[text.index("<svg") :]


def sketch_svg(model: Figure, theme: str = "auto") -> str:
    """Return the figure of a broken table, as `sketch` models it, as an SVG element."""
    text = _rendered(wrapped(model), "svg", theme).decode()
    return text[text.index("<svg") :]


def render(
    network: "Network | Graph", kind: str, theme: str, level: str = "auto", sheet: Sheet = _PLAIN
) -> bytes:
    """Return the figure in one of `FORMATS`. Raises as `draw` does."""
    _known("theme", theme, THEMES)
    _known("level", level, LEVELS)
    graph, file = (
        (network, "") if isinstance(network, Graph) else (network.graph, os.path.basename(network.path))
    )
    if sheet.width is None:
        model = modelled(graph, file, level)
    else:
        model = fitted(graph, file, level, sheet, _laid_out)
    return _rendered(model, kind, theme, sheet)


def _laid_out(model: Figure | Paper, sheet: Sheet) -> str:
    return _run(model, _dot(model, "light", sheet), "svg", sheet.dpi).decode()


def _rendered(model: Figure | Paper, kind: str, theme: str, sheet: Sheet = _PLAIN) -> bytes:
    if kind == "mmd":
        return mermaid(model).encode()
    dot = _dot(model, theme, sheet)
    if kind == "dot":
        return dot.encode()
    data = _run(model, dot, "svg" if kind == "tex" else kind, sheet.dpi)
    if kind not in ("svg", "tex"):
        return data
    svg = _finish(data, model, theme if kind == "svg" else "light")
    return svg if kind == "svg" else tikz(svg.decode()).encode()


def _dot(model: Figure | Paper, theme: str, sheet: Sheet) -> str:
    headed = sheet.title != ""
    if isinstance(model, Paper):
        paper = model._replace(title=sheet.title or model.title)
        return sheet.applied(write_paper(paper, theme, headed=headed))
    return sheet.applied(write(model._replace(title=sheet.title or model.title), theme, headed=headed))


def _run(model: Figure | Paper, dot: str, kind: str, dpi: int) -> bytes:
    """Lay out DOT text, in a process of its own where Graphviz may break down over the figure."""
    if isinstance(model, Figure) and risky(model):
        return run_guarded(dot, kind, dpi)
    return run_graphviz(dot, kind, dpi)


def _finish(data: bytes, model: Figure | Paper, theme: str) -> bytes:
    return finish(data.decode(), model.title, described(model), theme).encode()


def run_graphviz(dot: str, kind: str, dpi: int = DPI) -> bytes:
    """Lay out DOT text and give it as svg, png or pdf; raise EngineMissingError where there is no
    Graphviz."""
    with _lock, _fonts():
        try:
            return _bundled(dot, kind, dpi)
        except ImportError:
            return _on_path(dot, kind, dpi)


def run_guarded(dot: str, kind: str, dpi: int = DPI) -> bytes:
    """Lay out DOT text in a process of its own, which an assertion in Graphviz may end.

    What it fails at are edges cut at the border of a card, so the second try lets them reach inside.
    """
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
