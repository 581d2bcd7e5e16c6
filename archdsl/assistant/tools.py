"""The tools of an assistant: texts in, texts and pictures out. No file is read or written, nothing is
executed."""

from typing import Any

from archdsl.diagnostics import Diagnostic
from archdsl.explaining.texts import explain as explained
from archdsl.explaining.texts import overview
from archdsl.figure.draw import FigureFormatError, render
from archdsl.figure.engine import EngineMissingError, LayoutError
from archdsl.figure.levels import LEVELS, TooManyLayersError
from archdsl.network import Network, Spec, SpecError
from archdsl.pipeline import Compilation, compile_source
from archdsl.render.document import document
from archdsl.render.summary import text as summary
from archdsl.resolve.settings import Overrides
from archdsl.source import Source

MAX_TEXT = 200_000  # characters of a table: an assistant's answer is far shorter, and a check takes seconds
MAX_PICTURE = 4_000_000  # bytes
# What the ending of a file says elsewhere.
FORMS = {
    "native": "arch",
    "markdown": "md",
    "latex": "tex",
    "html": "html",
    "csv": "csv",
    "rst": "rst",
    "text": "txt",
}
PICTURES = ("svg", "png")


class ToolError(ValueError):
    """The request cannot be answered; the message says why, and what would help."""


def check(text: str, form: str, given: Overrides) -> dict[str, Any]:
    """Check the tables of a text: diagnostics with places and fixes, and the counts of each sound network."""
    found = _compiled(text, form, given)
    answer = document([found])
    return {**answer["files"][0], "summary": answer["summary"], "text": _told(found)}


def count(text: str, form: str, network: str, given: Overrides) -> str:
    """Write the table of one network with computed sizes, parameters and multiply-adds, and what was
    inferred."""
    return summary(_network(text, form, network, given), explain=True)


def draw(text: str, form: str, network: str, kind: str, level: str, theme: str, given: Overrides) -> bytes:
    """Draw one network as SVG or PNG."""
    _one_of("format", kind, PICTURES)
    _one_of("level", level, LEVELS)
    try:
        data = render(_network(text, form, network, given), kind, theme, level)
    except (EngineMissingError, LayoutError, FigureFormatError, TooManyLayersError) as fault:
        raise ToolError(str(fault)) from None
    if len(data) > MAX_PICTURE:
        raise ToolError(f"the figure has {len(data):,} bytes, more than {MAX_PICTURE:,}; draw level `stage`")
    return data


def explain(word: str) -> str:
    """Return the page of a problem's code, a style, a setting, a layer or a block; without a word, list
    them."""
    if not word.strip():
        return overview()
    text = (
        None if "#" in word or len(word) > 100 else explained(word.strip())
    )  # `FILE#block` would read a file
    if text is None:
        raise ToolError(f"nothing is called `{word[:100]}`; call without a word to list what there is")
    return text


def _compiled(text: str, form: str, given: Overrides) -> Compilation:
    _one_of("form", form, tuple(FORMS))
    if len(text) > MAX_TEXT:
        raise ToolError(
            f"the text has {len(text):,} characters, more than {MAX_TEXT:,}: give the table alone"
        )
    return compile_source(Source(f"table.{FORMS[form]}", text), given)


def _network(text: str, form: str, network: str, given: Overrides) -> Network:
    found = _compiled(text, form, given)
    if found.failed:
        raise ToolError(_told(found))
    try:
        return Spec(found).network(network or None)
    except SpecError as fault:
        raise ToolError(_rendered(fault.diagnostics)) from None


def _told(found: Compilation) -> str:
    networks = () if found.failed else Spec(found).networks
    parts = [_rendered(found.diagnostics), *map(summary, networks)]
    return "\n\n".join(part for part in parts if part)


def _rendered(diagnostics: tuple[Diagnostic, ...]) -> str:
    from archdsl.render.text import render_all

    return render_all(diagnostics).rstrip()


def _one_of(what: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise ToolError(f"unknown {what} `{word}`; there are {', '.join(known)}")
