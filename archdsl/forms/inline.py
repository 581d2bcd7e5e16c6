"""Marks inside a cell - Markdown, HTML tags and entities, LaTeX - -> the cell's plain text."""

from collections.abc import Callable

from archdsl.diagnostics import Diagnostic
from archdsl.patterns import pattern
from archdsl.source import Source
from archdsl.text.chars import Text, replaced, unwrapped
from archdsl.text.grid import Cell
from archdsl.text.normal import normal

_IN_MARKDOWN = ("*", "`", "__", "](", "~~")
_TAG = pattern(r"<(/?)([A-Za-z][\w-]*)(?:\s[^<>]{0,500}|/)?>")
_TAGS = {
    ("", "br"): ";",
    ("", "sup"): "^",
    ("", "sub"): "_",
    ("/", "p"): ";",
    ("/", "li"): ";",
    ("/", "div"): ";",
}
_MEANS_LATEX = pattern(r"[\\$]|\^\{|_\{")
_LINK = pattern(r"!?\[([^\[\]]{1,200})\]\((?:https?:|#|\.{0,2}/|[\w-]{1,100}[./])[^()\s]{0,500}\)")
_EMPHASIS = pattern(r"(?<![\w*)\]])\*(?=[^\s*])([^*]{1,200}?)(?<=[^\s*])\*(?![\w*])")
_MARKS = pattern(r"\*{2,}|(?<!\w)__(?=\S)|(?<=\S)__(?!\w)|`|~~|:math:(?=`)")
_ENTITY = pattern(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
# The entities of most tables: the list of all takes longer to load than a table to read.
COMMON = {
    "&times;": "×",
    "&nbsp;": "\xa0",
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#215;": "×",
    "&ndash;": "–",
    "&mdash;": "—",
    "&rarr;": "→",
}
# An exponent in Unicode and then its source, `2242224^{2}` for 224 squared, as copied from a converted page.
_TWIN_POWER = pattern(r"(?<![\d.])(\d{1,4})(\d)(?=\1\^\{?\2)")
_TWIN_BRACKET = pattern(r"\[[^\[\]\\]*\](?=\s*\\left\s*\[)")


def cell(source: Source, text: Text, report: Callable[[Diagnostic], None], markdown: bool = True) -> Cell:
    """Read a cell; every form's reader gives the raw text between its own separators."""
    chars = text.chars
    if "<" in chars:
        text = replaced(text, _TAG, lambda match: _TAGS.get((match[1], match[2].lower()), ""))
    if markdown and any(mark in chars for mark in _IN_MARKDOWN):
        text = _without_marks(text)
    if "&" in chars and ";" in chars:
        text = decoded(text)
    if _MEANS_LATEX.search(chars):
        text = _latex(source, text, report)
    return normal(text)


def decoded(text: Text) -> Text:
    """Return a text with the entities of HTML replaced by their characters."""
    return replaced(text, _ENTITY, lambda match: COMMON.get(match[0]) or _unescaped(match[0]))


def _unescaped(entity: str) -> str:
    import html

    return html.unescape(entity)


def _without_marks(text: Text) -> Text:
    return replaced(unwrapped(unwrapped(text, _LINK), _EMPHASIS), _MARKS, "")


def _latex(source: Source, text: Text, report: Callable[[Diagnostic], None]) -> Text:
    from archdsl.forms.latex.tables import clean

    text = replaced(text, _TWIN_POWER, "")
    text = replaced(text, _TWIN_BRACKET, "")
    return clean(source, text, report)
