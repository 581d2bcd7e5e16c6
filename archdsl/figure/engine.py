"""DOT text -> svg, png or pdf: runs Graphviz, and keeps its warnings from the user.

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from importlib.util import find_spec
from io import StringIO
from threading import Lock

from archdsl.figure.sheet import Sheet

INSTALL = "pip install pygraphviz"
DPI = Sheet().dpi
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
from archdsl.figure.engine import EngineMissingError, run_graphviz
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
    raise LayoutError("Graphviz failed on this figure; draw level `stage` instead")


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
