"""A Jupyter notebook -> its Markdown cells as a document, and the outputs of its code cells, each character
where it stands."""

import re
from collections.abc import Iterator

from archdsl.forms.verbatim import Region
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.source import Source

_TYPE = pattern(r'"cell_type"\s*:\s*"(\w+)"')
_SOURCE = pattern(r'"source"\s*:\s*\[?')
_STRING = pattern(r'[\s,]*"((?:[^"\\\n]|\\.)*)"')
_LINE_END = pattern(r"[ \t]*,?[ \t]*\n")
_ESCAPE = pattern(r"\\(?:u[0-9a-fA-F]{4}|.)")
_SIGNS: Final = {"\\n": "\n", "\\t": "\t"}


# An output prints a stream, or has its value in several forms, of which the richest is read.
_OUTPUT = pattern(r'"output_type"\s*:\s*"(\w+)"')
_FORMS: Final = (('"text/html"', "html"), ('"text/plain"', "txt"), ('"text"', "txt"))


def as_document(source: Source) -> Source:
    """Return the Markdown cells as a text as long as the notebook, blank where it is something else."""
    regions = [
        Region(start, text)
        for kind, first, last in _between(_TYPE, source.clean, 0, len(source.clean))
        if kind == "markdown" and (found := _SOURCE.search(source.clean, first, last))
        for start, text in _strings(source.clean, found.end(), last)
    ]
    writer = ["\n" if char == "\n" else " " for char in source.clean]
    for region in regions:
        writer[region.start : region.start + len(region.text)] = region.text
    document = Source(source.path, source.text)
    document.position(0)  # finds the lines, which are those of the file
    document.clean = "".join(writer)
    return document


def outputs(source: Source) -> Iterator[Region]:
    """Return what the code cells printed or returned, one region for each output."""
    text = source.clean
    for kind, first, last in _between(_TYPE, text, 0, len(text)):
        if kind == "code":
            for _, start, stop in _between(_OUTPUT, text, first, last):
                yield from _output(text, start, stop)


def _output(text: str, start: int, stop: int) -> Iterator[Region]:
    for key, ending in _FORMS:
        found = re.compile(re.escape(key) + r"\s*:\s*\[?").search(text, start, stop)
        parts = list(_strings(text, found.end(), stop)) if found else []
        if parts:
            yield _joined(text, parts, ending)
            return


def _joined(text: str, parts: list[tuple[int, str]], ending: str) -> Region:
    """Put the strings of an output together, with blanks for the marks of JSON between them."""
    start, (last, end) = parts[0][0], parts[-1]
    chars = ["\n" if char == "\n" else " " for char in text[start : last + len(end)]]
    for at, part in parts:
        chars[at - start : at - start + len(part)] = part
    return Region(start, "".join(chars), ending)


def _between(pattern: re.Pattern[str], text: str, start: int, stop: int) -> Iterator[tuple[str, int, int]]:
    """Return what each match names, and the range from it to the next."""
    matches = list(pattern.finditer(text, start, stop))
    ends = [*(match.start() for match in matches[1:]), stop]
    for match, end in zip(matches, ends, strict=False):
        yield match[1], match.end(), end


def _strings(text: str, at: int, stop: int) -> Iterator[tuple[int, str]]:
    """Return the strings of a list and where they stand; the escapes in them keep their length."""
    while match := _STRING.match(text, at, stop):
        chars = _ESCAPE.sub(lambda escape: _sign(escape[0]).rjust(len(escape[0])), match[1])
        at = match.end()
        if _LINE_END.match(text, at):  # the file's own line ends here, too
            chars = re.sub(r"\n$", " ", chars)
        yield match.start(1), chars


def _sign(escape: str) -> str:
    return (
        chr(int(escape[2:], 16)) if escape[1] == "u" and len(escape) == 6 else _SIGNS.get(escape, escape[1])
    )
