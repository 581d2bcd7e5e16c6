"""A Jupyter notebook -> its Markdown cells as a document whose characters stand where they stand in the file."""

import re
from typing import Final

from archdsl.source import Source

_TYPE = re.compile(r'"cell_type"\s*:\s*"(\w+)"')
_SOURCE = re.compile(r'"source"\s*:\s*\[?')
_STRING = re.compile(r'[\s,]*"((?:[^"\\\n]|\\.)*)"')
_LINE_END = re.compile(r"[ \t]*,?[ \t]*\n")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_SIGNS: Final = {"\\n": "\n", "\\t": "\t"}


def as_document(source: Source) -> Source:
    """Give the notebook as a text as long as it is, blank where it is no Markdown."""
    writer = ["\n" if char == "\n" else " " for char in source.clean]
    cells = list(_TYPE.finditer(source.clean))
    for match, after in zip(cells, [*cells[1:], None], strict=True):
        if match[1] == "markdown":
            _copy(source.clean, match.end(), after.start() if after else len(source.clean), writer)
    document = Source(source.path, source.text)
    document.position(0)  # finds the lines, which are those of the file
    document.clean = "".join(writer)
    return document


def _copy(text: str, start: int, stop: int, writer: list[str]) -> None:
    """Copy the strings of one cell; the escapes in them keep their length."""
    found = _SOURCE.search(text, start, stop)
    at = found.end() if found else stop
    while match := _STRING.match(text, at, stop):
        first, last = match.span(1)
        chars = _ESCAPE.sub(lambda escape: _sign(escape[0]).rjust(len(escape[0])), text[first:last])
        at = match.end()
        if _LINE_END.match(text, at):  # the file's own line ends here, too
            chars = re.sub(r"\n$", " ", chars)
        writer[first:last] = chars


def _sign(escape: str) -> str:
    return chr(int(escape[2:], 16)) if escape[1] == "u" and len(escape) == 6 else _SIGNS.get(escape, escape[1])
