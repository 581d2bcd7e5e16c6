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

_CELLS = pattern(r'"cells"\s*:\s*\[')
_OUTPUTS = pattern(r'"outputs"\s*:\s*\[')
_TOKEN = pattern(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
# An output prints a stream, or has its value in several forms, of which the richest is read.
_FORMS: Final = (('"text/html"', "html"), ('"text/plain"', "txt"), ('"text"', "txt"))


def as_document(source: Source) -> Source:
    """Return the Markdown cells as a text as long as the notebook, blank where it is something else."""
    writer = ["\n" if char == "\n" else " " for char in source.clean]
    for region in prose(source):
        writer[region.start : region.start + len(region.text)] = region.text
    document = Source(source.path, source.text)
    document.position(0)  # finds the lines, which are those of the file
    document.clean = "".join(writer)
    return document


def prose(source: Source) -> Iterator[Region]:
    """Return the texts of the Markdown cells."""
    text = source.clean
    for first, last in _cells(text, "markdown"):
        found = _SOURCE.search(text, first, last)
        parts = list(_strings(text, found.end(), last)) if found else []
        if parts:
            yield _joined(text, parts, "md")


def outputs(source: Source) -> Iterator[Region]:
    """Return what the code cells printed or returned, one region for each output."""
    text = source.clean
    for first, last in _cells(text, "code"):
        if found := _OUTPUTS.search(text, first, last):
            for start, stop in _objects(text, found.end(), last):
                yield from _output(text, start, stop)


def _output(text: str, start: int, stop: int) -> Iterator[Region]:
    for key, ending in _FORMS:
        found = re.compile(re.escape(key) + r"\s*:\s*\[?").search(text, start, stop)
        parts = list(_strings(text, found.end(), stop)) if found else []
        if parts:
            yield _joined(text, parts, ending)
            return


def _cells(text: str, kind: str) -> Iterator[tuple[int, int]]:
    """Find the cells of a kind, wherever in its cell the kind stands."""
    for cells in _CELLS.finditer(text):
        for start, stop in _objects(text, cells.end(), len(text)):
            found = _TYPE.search(text, start, stop)
            if found and found[1] == kind:
                yield start, stop


def _objects(text: str, at: int, stop: int) -> Iterator[tuple[int, int]]:
    """Find the objects of a list of JSON that begins at a place; one that is cut off ends with the text."""
    depth = start = 0
    for token in _TOKEN.finditer(text, at, stop):
        match token[0]:
            case "[" | "{":
                start = start if depth else token.start()
                depth += 1
            case "]" | "}" if not depth:
                return
            case "]" | "}":
                depth -= 1
                if not depth:
                    yield start, token.end()
    if depth:
        yield start, stop


def _joined(text: str, parts: list[tuple[int, str]], ending: str) -> Region:
    """Put the strings of an output together, with blanks for the marks of JSON between them."""
    start, (last, end) = parts[0][0], parts[-1]
    chars = ["\n" if char == "\n" else " " for char in text[start : last + len(end)]]
    for at, part in parts:
        chars[at - start : at - start + len(part)] = part
    return Region(start, "".join(chars), ending)


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
