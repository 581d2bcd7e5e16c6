"""Text in columns that two or more blanks part -> the blocks of lines that make tables; a bracket may go over
several lines."""

from collections.abc import Sequence

from archdsl.forms.lines import depth
from archdsl.light import Final, NamedTuple
from archdsl.patterns import pattern
from archdsl.source import Source

MAX_COLUMNS: Final = 200
MAX_LINES: Final = 64  # that one bracket may go over
_COMMENT = pattern(r"[ \t]*(#+|//+|/?\*+|--+|;+|%+|\"\"\"|''')(?=\s|$)")
_WORDS = pattern(r"\S+(?: \S+)*")
_RULE = pattern(r"[\s=+|_.:*~-]+$")
_FENCE = pattern(r"\s*(?:```|~~~|\"\"\"|'''|\*+/)")
_WIDE = pattern(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]"
)
_SENTENCE = pattern(r"[A-Za-z].{40,}[.:]$")


class Word(NamedTuple):
    """A piece of a line: its first column and the one after its last, and where it stands in the source."""

    left: int
    right: int
    start: int
    end: int

    @property
    def middle(self) -> float:
        """Return the column of its middle."""
        return (self.left + self.right) / 2


class Line(NamedTuple):
    """A line of a table: its pieces, how many brackets it leaves open, and the mark of the comment that it is
    part of."""

    words: list[Word]
    depth: int
    mark: Word | None


class Block:
    """Lines that make a table; `rule` is how many rows stand above the first rule."""

    def __init__(self, start: int, comment: bool) -> None:
        self.start = start
        self.comment = comment
        self.rows: list[list[Line]] = []
        self.rule = 0
        self.end = start
        self._open = 0

    @property
    def open(self) -> bool:
        """Return whether a bracket of the last row is open."""
        return self._open > 0 and len(self.rows[-1]) < MAX_LINES

    def uncommented(self, line: Line) -> "Block | None":
        """Return how a comment's table goes on in a line that is none: not at all, or below its only line,
        whose `#` may be a header."""
        header = self.rows[0][0]
        if len(self.rows) > 1 or not line.words:
            return None
        self.comment = False
        if header.mark and line.words[0].right <= header.words[0].left:
            self.rows[0][0] = header._replace(words=[header.mark, *header.words])
        return self

    def add(self, line: Line, end: int) -> None:
        """Add a line: to the last row while a bracket of it is open."""
        if self.open:
            self.rows[-1].append(line)
        else:
            self.rows.append([line])
        self._open = max(0, (self._open if len(self.rows[-1]) > 1 else 0) + line.depth)
        self.end = end


def find_blocks(source: Source, limit: int) -> list[Block]:
    """Find the tables of a text: a line of several pieces and the lines below it, up to prose or two blank
    lines."""
    finder = _Finder(limit)
    for text in source.clean.split("\n"):
        finder.line(text)
    return [
        block
        for block in finder.blocks
        if len(block.rows) > 1 and max(len(row[0].words) for row in block.rows) <= MAX_COLUMNS
    ]


class _Finder:
    """Goes from line to line: `blank` counts the blank lines since the last one of the table that is open."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.blocks: list[Block] = []
        self.block: Block | None = None
        self.blank = 0
        self.at = 0

    def line(self, text: str) -> None:
        """Add a line to the table that is open, or begin or end one."""
        if not text.strip(" \t#/*"):
            self.blank += 1
            self.block = None if self.blank > 1 else self.block
        elif _FENCE.match(text) or _RULE.match(text):
            self.block = None if _FENCE.match(text) else self.block
            if self.block:
                self.block.rule = self.block.rule or len(self.block.rows)
        else:
            self._content(_line(text, self.at), text)
        self.at += len(text) + 1

    def _content(self, line: Line, text: str) -> None:
        block = self.block
        if block and block.comment and not line.mark:
            block = block.uncommented(line)
        several = len(line.words) > 1
        follows = several or (not self.blank and not _SENTENCE.search(text.strip()))
        if block is None or not (block.open or follows):
            block = Block(self.at, line.mark is not None) if several else None
            self.blocks += [block] if block else []
        if block and len(block.rows) <= self.limit + 1:
            block.add(line, self.at + len(text))
        self.block, self.blank = block, 0


def _line(text: str, at: int) -> Line:
    comment = _COMMENT.match(text)
    left = comment.end() if comment else 0
    columns = _columns(text)

    def word(start: int, stop: int) -> Word:
        return Word(columns[start], columns[stop], at + start, at + stop)

    words = [word(*match.span()) for match in _WORDS.finditer(text, left)]
    return Line(words, depth(text[left:]), word(*comment.span(1)) if comment else None)


def _columns(text: str) -> Sequence[int]:
    """Return the column of every character and of the end: a tab goes to the next multiple of 8, a wide
    character takes two."""
    if "\t" not in text and (text.isascii() or not _WIDE.search(text)):
        return range(len(text) + 1)
    columns = [0]
    for char in text:
        at = columns[-1]
        columns.append(at + 8 - at % 8 if char == "\t" else at + 2 if _WIDE.match(char) else at + 1)
    return columns
