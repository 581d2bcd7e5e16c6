"""What a document shows letter for letter -> sources of their own, in which every character stands where it
stands in the file.

A fence of Markdown, a `verbatim` of LaTeX and an output of a notebook's cell hold what a program printed: a
summary, a drawn table, a printed module. Each is read in the form that it has itself.
"""

import re
from collections.abc import Iterable, Iterator

from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.source import Source, Span

_FENCE = pattern(r"^[ \t>]*(`{3,}|~{3,})[ \t]*([\w.+-]*)[^\n]*\n(.*?)^[ \t>]*\1", re.MULTILINE | re.DOTALL)
_ENVIRONMENT = pattern(
    r"\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|alltt)\}[^\n]*\n(.*?)\\end\{\1\}", re.DOTALL
)
_PRE = pattern(r"<pre\b[^<>\n]{0,200}>[ \t]*\n([^<]*)</pre>", re.IGNORECASE)
# A fence in one of these languages is read by the document's own reader, or shows how something else is
# written.
_OWN = frozenset(
    {"latex", "tex", "html", "markdown", "md", "arch", "diff", "json", "yaml", "toml", "xml", "bibtex"}
)


class Region(NamedTuple):
    """A part of a file: its text, as long as it is there, and the ending that a file of it would have."""

    start: int
    text: str
    ending: str = "txt"


def fences(text: str) -> Iterator[Region]:
    """Return the fenced blocks of a Markdown text; LaTeX in one without a language is the document's."""
    for match in _FENCE.finditer(text):
        if match[2].lower() not in _OWN and (match[2] or "\\begin" not in match[3]):
            yield Region(match.start(3), match[3])


def preformatted(text: str) -> Iterator[Region]:
    """Return what stands between the tags of `<pre>` on lines of its own."""
    for match in _PRE.finditer(text):
        yield Region(match.start(1), match[1])


def environments(text: str) -> Iterator[Region]:
    """Return the bodies of the environments of LaTeX that keep their letters."""
    for match in _ENVIRONMENT.finditer(text):
        yield Region(match.start(2), match[2])


def masked(source: Source, regions: Iterable[Region]) -> Source:
    """Return a source that is blank but for some regions, each of which begins a line; its places are those
    of the file."""
    blank = ["\n" if char == "\n" else " " for char in source.clean]
    for region in regions:
        blank[region.start - 1 : region.start] = "\n" * min(region.start, 1)
        blank[region.start : region.start + len(region.text)] = region.text
    part = Source(source.path, source.text)
    part.clean = "".join(blank)
    return part


def blanked(text: str, spans: Iterable[Span]) -> str:
    """Return a text with blanks for all but the line ends of some parts of it."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], "".join("\n" if char == "\n" else " " for char in text[start:end])]
        at = end
    return "".join((*parts, text[at:]))
