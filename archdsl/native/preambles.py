"""Comments of a document that speak to archdsl -> settings and blocks for the tables after them.

<!-- archdsl: input 224x224x3, classes 1000 -->          in Markdown and HTML, over as many lines as it takes
% archdsl: input 224x224x3                              in LaTeX (`#`, `//` or `..` in other texts), further
lines with the same mark
"""

import re
from collections.abc import Callable, Iterator

from archdsl.light import NamedTuple
from archdsl.native.reader import NativeReader
from archdsl.patterns import pattern
from archdsl.source import Source
from archdsl.text.grid import Cell, GridBlock, GridRow, GridSetting

# Settings of one table alone; others hold for all tables that follow.
OF_ONE = ("variant", "columns", "each-row", "append", "params", "macs", "flops", "depth", "name", "outputs")
_HTML = pattern(r"<!--\s*archdsl:(.*?)(?:-->|\Z)", re.DOTALL)
_LINE = pattern(r"^([ \t]*(?P<mark>%+|#+|//|\.\.)[ \t]*)archdsl:[ \t]*(.*)$", re.MULTILINE)
_FENCE = pattern(r"^[ \t>]*(`{3,}|~{3,})[^\n]*\n.*?^[ \t>]*\1", re.MULTILINE | re.DOTALL)


class Preamble(NamedTuple):
    """What one comment says; `rows` are lines of it that are no settings."""

    start: int
    settings: tuple[GridSetting, ...]
    blocks: tuple[GridBlock, ...]
    rows: tuple[GridRow, ...]


def preambles(source: Source, reader: Callable[[], NativeReader]) -> tuple[Preamble, ...]:
    """Find the comments that speak to archdsl, in their order."""
    if "archdsl:" not in source.clean:
        return ()
    return tuple(_read(start, lines, reader()) for start, lines in sorted(_comments(source)))


def _comments(source: Source) -> Iterator[tuple[int, list[Cell]]]:
    """Return the lines of every comment, without its marks; those that a Markdown fence shows are
    examples."""
    text = source.clean
    fences = [match.span() for match in _FENCE.finditer(text)] if "```" in text or "~~~" in text else []
    for match in _HTML.finditer(text):
        if not any(start < match.start() < stop for start, stop in fences):
            yield match.start(), _lines(match[1], match.start(1))
    document = source.ending in ("md", "markdown")
    for match in _LINE.finditer(text):
        if not (document and match["mark"].startswith("#")):
            yield match.start(), [Cell(match[3], match.start(3)), *_further(source, match)]


def _lines(text: str, start: int) -> list[Cell]:
    """Divide a comment into lines, without the indentation that all lines after the first have."""
    first, *rest = text.split("\n")
    indent = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    cells, at = [Cell(first.strip(), start + len(first) - len(first.lstrip()))], start + len(first) + 1
    for line in rest:
        cells.append(Cell(line[indent:], at + min(indent, len(line))))
        at += len(line) + 1
    return cells


def _further(source: Source, match: re.Match[str]) -> Iterator[Cell]:
    """Return the lines below that begin with the same mark."""
    number = source.position(match.start())[0] + 1
    mark = re.compile(re.escape(match[1].rstrip()) + r"[ \t]?(?!\s*archdsl:)")
    while number <= len(source.starts):
        start = source.starts[number - 1]
        line = source.clean[
            start : source.starts[number] if number < len(source.starts) else len(source.clean)
        ].rstrip("\n")
        found = mark.match(line)
        if found is None or not line.strip(" \t%#/."):
            return
        yield Cell(line[found.end() :], start + found.end())
        number += 1


def _read(start: int, lines: list[Cell], reader: NativeReader) -> Preamble:
    for line in lines:
        reader.line(line.text.rstrip(), line.start)
    reader.end_block()
    return Preamble(start, tuple(reader.settings), tuple(reader.blocks), tuple(reader.rows))


class Collected:
    """The settings in force while a document is read from its top."""

    def __init__(self, found: tuple[Preamble, ...]) -> None:
        self.waiting = list(found)
        self.settings: tuple[GridSetting, ...] = ()
        self.blocks: tuple[GridBlock, ...] = ()

    def up_to(self, place: int) -> None:
        """Take in the comments that stand before a place; a setting takes the place of an earlier one of its
        key."""
        while self.waiting and self.waiting[0].start < place:
            new = self.waiting.pop(0)
            keys = {_key(setting) for setting in new.settings}
            self.settings = (*(one for one in self.settings if _key(one) not in keys), *new.settings)
            names = {_name(block) for block in new.blocks}
            self.blocks = (*(one for one in self.blocks if _name(one) not in names), *new.blocks)

    def used(self) -> None:
        """Drop what was meant for the table before this place alone."""
        self.settings = tuple(setting for setting in self.settings if setting.key.text.lower() not in OF_ONE)


def _key(setting: GridSetting) -> str:
    """Name what a setting sets: of several `param`, `variant` and `read` lines each stands for itself."""
    key = setting.key.text.lower()
    if key == "param":
        return "param " + re.split(r"[=:\s]", setting.value.text.strip(), maxsplit=1)[0]
    if key == "input":
        return f"input {setting.value.text.partition(':')[0].strip() if ':' in setting.value.text else ''}"
    return f"{key} {setting.value.text}" if key in ("variant", "read") else key


def _name(block: GridBlock) -> str:
    return re.split(r"[\s(=]", block.head.text.strip(), maxsplit=1)[0]
