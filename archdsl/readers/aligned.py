"""Text in columns that two or more blanks part -> sheets; a bracket may go over several lines."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from archdsl.diagnostics import Diagnostic
from archdsl.readers.grid import Sheet
from archdsl.readers.inline import cell as read_cell
from archdsl.readers.lines import depth, joined
from archdsl.readers.naming import named, with_captions
from archdsl.readers.spans import Piece, lay_out
from archdsl.readers.text import whole
from archdsl.source import Source, Span

MAX_COLUMNS: Final = 200
MAX_LINES: Final = 64  # that one bracket may go over
_COMMENT = re.compile(r"[ \t]*(?:#+|//+|/?\*+|--+|;+|%+|\"\"\"|''')(?=\s|$)")
_WORDS = re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"[\s=+|_.:*~-]+$")
_BRACE = re.compile(r"\d+\s*[×xX]|[×xX]\s*\d+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_SENTENCE = re.compile(r"[A-Za-z].{40,}[.:]$")


class Word(NamedTuple):
    """A piece of a line: its first and last column, and where it stands in the source."""

    left: int
    right: int
    start: int

    @property
    def end(self) -> int:
        """Give the place where it ends."""
        return self.start + self.right - self.left

    @property
    def middle(self) -> float:
        """Give the column of its middle."""
        return (self.left + self.right) / 2


class Line(NamedTuple):
    """A line of a table: its pieces, and how many brackets it leaves open."""

    words: list[Word]
    depth: int


class Block:
    """Lines that make a table; `rule` is how many rows stand above the first rule."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[list[Line]] = []
        self.rule = 0
        self.end = first
        self._open = 0

    @property
    def open(self) -> bool:
        """Tell whether a bracket of the last row is open."""
        return self._open > 0 and len(self.rows[-1]) < MAX_LINES

    def add(self, line: Line, end: int) -> None:
        """Add a line: to the last row while a bracket of it is open."""
        if self.open:
            self.rows[-1].append(line)
        else:
            self.rows.append([line])
        self._open = max(0, (self._open if len(self.rows[-1]) > 1 else 0) + line.depth)
        self.end = end


def find_blocks(source: Source, limit: int) -> list[Block]:
    """Find the tables of a text: a line of several pieces and the lines below it, up to prose or two blank lines."""
    blocks: list[Block] = []
    block: Block | None = None
    blank, at = 0, 0
    for text in source.clean.split("\n"):
        line = _line(text, at)
        if not text.strip(" \t#/*") or _RULE.match(text) or _FENCE.match(text):
            blank += not text.strip(" \t#/*")
            if block and text.strip(" \t#/*"):
                block.rule = block.rule or len(block.rows)
            block = None if blank > 1 or _FENCE.match(text) else block
        elif block and (block.open or len(line.words) > 1 or (not blank and not _SENTENCE.search(text.strip()))):
            if len(block.rows) <= limit + 1:
                block.add(line, at + len(text))
            blank = 0
        elif len(line.words) > 1:
            block = Block(at)
            blocks.append(block)
            block.add(line, at + len(text))
            blank = 0
        else:
            block, blank = None, 0
        at += len(text) + 1
    return [block for block in blocks if len(block.rows) > 1 and max(len(row[0].words) for row in block.rows) <= MAX_COLUMNS]


def _line(text: str, at: int) -> Line:
    comment = _COMMENT.match(text)
    left = comment.end() if comment else 0
    words = [Word(match.start(), match.end(), at + match.start()) for match in _WORDS.finditer(text, left)]
    return Line(words, depth(text[left:]))


def is_aligned(source: Source) -> bool:
    """Tell whether a text has a table in aligned columns: a header of words above rows, or brackets over several lines."""
    for block in find_blocks(source, 50):
        header = block.rows[0][0]
        words = [source.clean[word.start : word.end] for word in header.words]
        if any(len(row) > 1 and sum(line.depth for line in row) <= 0 for row in block.rows[:50]):
            return True
        if len(words) > 2 and not any(re.search(r"\d\s*[x×]\s*\d|[\[\],;=]", word) for word in words) and len(block.rows[1][0].words) > 1:
            return True
    return False


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the ranges that overlap."""
    united: list[tuple[int, int]] = []
    for left, right in sorted(spans):
        if united and left < united[-1][1]:
            united[-1] = united[-1][0], max(right, united[-1][1])
        else:
            united.append((left, right))
    return united


def read_aligned(source: Source, limit: int) -> tuple[Sheet, ...]:
    """Give the tables of a text."""
    sheets = [(AlignedTable(source, block).sheet(), block.end) for block in find_blocks(source, limit)]
    return named(with_captions(source, sheets))


class AlignedTable:
    """Reads one block: its columns are those of the line with the most pieces, the first of these."""

    def __init__(self, source: Source, block: Block) -> None:
        self.source = source
        self.text = whole(source)
        self.block = block
        lines = [row[0] for row in block.rows]
        self.left, self.right = self._columns(lines)
        self.count = len(self.left)
        for line in lines:
            if len(line.words) == self.count:
                for column, word in enumerate(line.words):
                    self.left[column] = min(self.left[column], word.left)
                    self.right[column] = max(self.right[column], word.right)
        # What reaches below a neighbour's header says nothing of where the column ends.
        for column in range(self.count - 1):
            self.right[column] = min(self.right[column], self.left[column + 1])

    def _columns(self, lines: Sequence[Line]) -> tuple[list[int], list[int]]:
        """Find where the columns begin and end: by the lines above the first rule, by the first line, or by that of the most pieces."""
        model = lines[0] if len(lines[0].words) > 2 else max(lines, key=lambda line: len(line.words))
        spans = [(word.left, word.right) for word in model.words]
        if 1 < self.block.rule < len(lines):
            header = _united((word.left, word.right) for line in lines[: self.block.rule] for word in line.words)
            spans = header if len(header) > len(spans) else spans
        # Braces (`8×`) stand in front of their rows, under no header.
        counts = [line.words[0] for line in lines if line.words and line.words[0].right <= spans[0][0] and self._counts(line.words[0])]
        spans = [(min(word.left for word in counts), max(word.right for word in counts)), *spans] if counts else spans
        return [left for left, _ in spans], [right for _, right in spans]

    def _counts(self, word: Word) -> bool:
        return _BRACE.fullmatch(self.source.clean, word.start, word.end) is not None

    def sheet(self) -> Sheet:
        """Give the table; the rows above a rule are header."""
        problems: list[Diagnostic] = []
        rows = [self._row(row, problems.append) for row in self.block.rows]
        layout = lay_out(rows, False, self.block.rule if self.block.rule < len(rows) else 0, self.count)
        first = self.block.rows[0][0].words
        place = Span(first[0].start, first[-1].end)
        return Sheet("", layout.rows, layout.header, place, None, tuple(problems[:20]))

    def _row(self, lines: Sequence[Line], report: Callable[[Diagnostic], None]) -> list[Piece]:
        """Place the pieces of a row's first line, and below each what stands below it in the further ones."""
        words = self._split(lines[0].words)
        cells: dict[tuple[int, int], list[Word]] = {}
        for place, word in zip(self._places(words), words, strict=True):
            cells.setdefault(place, []).append(word)
        for line in lines[1:]:
            for word in line.words:
                place = self._below(word, cells)
                cells.setdefault(place, []).append(word)
        pieces, column = [], 0
        for (first, last), words in sorted(cells.items()):
            pieces += [Piece(read_cell(self.source, self.text.part(words[0].start, words[0].start), report)) for _ in range(column, first)]
            ranges = [(word.start, word.end) for word in words]
            pieces.append(Piece(read_cell(self.source, joined(self.text, ranges), report), 1, last - max(first, column)))
            column = last
        return pieces

    def _split(self, words: list[Word]) -> list[Word]:
        """Part a long name from what stands, after one blank, where the second column begins."""
        if self.count < 2 or len(words) >= self.count or not words or words[0].left != self.left[0]:
            return words
        first, at = words[0], self.left[1] - self.left[0]
        text = self.source.clean[first.start : first.end]
        if not 0 < at < len(text) or text[at - 1] != " ":
            return words
        return [Word(first.left, first.left + at - 1, first.start), Word(first.left + at, first.right, first.start + at), *words[1:]]

    def _below(self, word: Word, cells: dict[tuple[int, int], list[Word]]) -> tuple[int, int]:
        """Find the cell that a piece of a further line belongs to: the one it stands below; else its own column."""
        over = []
        for place, words in cells.items():
            left, right = min(above.left for above in words), max(above.right for above in words)
            over.append((min(word.right, right) - max(word.left, left), place))
        shared, place = max(over)
        if shared > 0:
            return place
        column = self._column(word)
        inside = [place for place in cells if place[0] <= column < place[1]]
        return inside[0] if inside else (column, column + 1)

    def _places(self, words: Sequence[Word]) -> list[tuple[int, int]]:
        """Give the columns of each piece of a line, a merged one's from the first to the one after the last."""
        if len(words) == self.count:
            return [(column, column + 1) for column in range(self.count)]
        if len(words) > self.count:  # a cell with a gap in it
            columns = sorted(map(self._column, words))
            return [(column, column + 1) for column in columns]
        places: list[tuple[int, int]] = []
        taken = 0
        for index, word in enumerate(words):
            below = range(max(taken, bisect_right(self.right, word.left)), bisect_left(self.left, word.right))
            first = below[0] if below else max(taken, self._column(word))
            last = below[-1] if below else first
            room = self.count - (len(words) - index - 1)
            first = min(first, room - 1)
            if index == len(words) - 1 and word.left != self.left[first]:
                first, last = self._centred(word, taken, first, last)
            last = max(first, min(last, room - 1))
            places.append((first, last + 1))
            taken = last + 1
        return places

    def _centred(self, word: Word, taken: int, first: int, last: int) -> tuple[int, int]:
        """A line's last piece that stands in the middle of all the columns left is merged over them."""
        for start in (taken, max(taken, 1)):
            middle = (self.left[start] + self.right[-1]) / 2 if start < self.count else -99
            if self.count - start > 1 and abs(word.middle - middle) <= 3 and (last > first or self.count - start > 2 or taken == start):
                return start, self.count - 1
        return first, last

    def _column(self, word: Word) -> int:
        after = bisect_left(self.left, word.middle)
        near = range(max(0, after - 1), min(self.count, after + 1))
        return min(near, key=lambda column: max(self.left[column] - word.middle, word.middle - self.right[column], 0))
