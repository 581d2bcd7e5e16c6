"""A line of a document as it stands, whether or not it can be read: words, settings, what is before a
place."""

import re
from typing import NamedTuple

from archdsl.editor.document import Document
from archdsl.resolve.settings import is_key
from archdsl.source import Span

_WORD = re.compile(r"[^\W\d_][\w]*(?:-[\w]+)*")
_COMMENT = re.compile(r"(?:^|(?<=\s))#(?=\s|$|[^\d\s])")
_SETTING = re.compile(r"\s*([A-Za-z][\w-]*)(?:\s*[=:]\s*|\s+)")
# What begins a comment that speaks to archdsl, in Markdown, HTML and LaTeX.
_SPEAKS = re.compile(r"(?:<!--|%+|#+|//|\.\.)\s*archdsl:\s*")

_MARK = re.compile(r"\s*(?:%+|//|\.\.)\s?")


class Before(NamedTuple):
    """What stands in a line before a place: `text` from `start` on, without the marks of a comment.

    `said` tells that settings may stand there: in a spec, or in a comment that speaks to archdsl.
    """

    text: str
    start: int
    said: bool
    comment: bool


def word_at(document: Document, offset: int) -> Span:
    """Return the word around an offset; an empty span where there is none."""
    line = document.positions.line_span(document.source.position(offset)[0] - 1)
    text = document.source.clean[line.start : line.end]
    for match in _WORD.finditer(text):
        if match.start() <= offset - line.start <= match.end():
            return Span(line.start + match.start(), line.start + match.end())
    return Span(offset, offset)


def before(document: Document, offset: int) -> Before:
    """Return what stands before a place in its line."""
    line = document.positions.line_span(document.source.position(offset)[0] - 1)
    text = document.source.clean[line.start : offset]
    if document.is_spec:
        return Before(text, line.start, True, any(True for _ in _COMMENT.finditer(text)))
    spoken = list(_SPEAKS.finditer(text))
    if spoken:
        at = spoken[-1].end()
        return Before(text[at:], line.start + at, True, False)
    above = document.source.clean[: line.start]
    opened = above.rfind("<!--")
    if opened >= 0 and "-->" not in above[opened:] and _SPEAKS.match(above, opened):
        return Before(text, line.start, True, False)
    mark = _MARK.match(text)
    if mark and _goes_on(above.rstrip("\n").split("\n")):
        return Before(text[mark.end() :], line.start + mark.end(), True, False)
    return Before(text, line.start, False, False)


def _goes_on(above: list[str]) -> bool:
    """Return whether the lines above end in a comment that speaks to archdsl."""
    while above and _MARK.match(above[-1]) and not _SPEAKS.search(above[-1]):
        above.pop()
    return bool(above) and _SPEAKS.search(above[-1]) is not None


def key_at(document: Document, offset: int) -> str:
    """Return the setting that a line sets; empty where it sets none."""
    found = before(document, offset)
    match = _SETTING.match(found.text) if found.said else None
    key = match[1].lower() if match else ""
    return key if is_key(key) else ""
