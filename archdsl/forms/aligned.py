"""Blocks of lines in aligned columns -> sheets: what stands where says in which column it is."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.forms.aligned_blocks import Block, Line, Word, find_blocks
from archdsl.forms.captions import named, with_captions
from archdsl.forms.inline import cell as read_cell
from archdsl.forms.lines import LAYER, joined
from archdsl.forms.merged_cells import Piece, lay_out
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.source import Source, Span
from archdsl.text.chars import whole
from archdsl.text.grid import Sheet

_SIZE_HERE = r"\d+(?:\s*[x×]\s*\d+)+$"
_BRACE = pattern(r"\d+\s*[×xX]|[×xX]\s*\d+")
_REPEAT = pattern(r"[x×]\s*\d{1,3}")
_GOES_ON = pattern(r"(?:[×/,(]| x) ?$")
_DRIFT = 3
_NEAR = 6  # lines between blocks that a lost bracket spoils together


def is_aligned(source: Source) -> bool:
    """Return whether a text has a table in aligned columns: a header of words above rows, or brackets over
    several lines."""
    for block in find_blocks(source, 50):
        header = block.rows[0][0]
        words = [source.clean[word.start : word.end] for word in header.words]
        if any(len(row) > 1 and sum(line.depth for line in row) <= 0 for row in block.rows[:50]):
            return True
        below = max(len(row[0].words) for row in block.rows[1:3])
        if (
            len(words) > 2
            and below > 1
            and not any(re.search(r"\d\s*[x×]\s*\d|[\[\],;=]", word) for word in words)
        ):
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
    """Return the tables of a text; one whose tall brackets were lost, with what stands around it, is only
    what is wrong with it."""
    sheets: list[tuple[Sheet, int]] = []
    spoilt = -_NEAR
    for block in find_blocks(source, limit):
        first, last = (source.position(place)[0] for place in (block.start, block.end))
        repeat = _bare_repeat(source, block)
        if repeat and first - spoilt >= _NEAR:
            while sheets and first - source.position(sheets[-1][1])[0] < _NEAR:
                sheets.pop()
            problem = readers.lost_bracket(source, repeat, ())
            sheets.append((Sheet("", (), 0, repeat, None, (problem,)), block.end))
        elif not repeat and first - spoilt >= _NEAR:
            sheets.append((AlignedTable(source, block).sheet(), block.end))
            continue
        spoilt = last
    return named(with_captions(source, sheets))


def _bare_repeat(source: Source, block: Block) -> Span | None:
    """Find a repeat that stands beside layers of several lines without a bracket, as text from a PDF has
    it."""
    lines = [[source.clean[word.start : word.end] for word in row[0].words] for row in block.rows]
    layers = [bool(words) and all(LAYER.match(word) and "[" not in word for word in words) for words in lines]
    for index, words in enumerate(lines):
        near = layers[max(0, index - 1) : index] + layers[index + 1 : index + 2]
        for place, word in enumerate(words if any(near) else ()):
            if _REPEAT.fullmatch(word) and place and not any("[" in before for before in words[:place]):
                found = block.rows[index][0].words[place]
                return Span(found.start, found.end)
    return None


class AlignedTable:
    """Reads one block: its columns are those of the line with the most pieces, the first of these."""

    def __init__(self, source: Source, block: Block) -> None:
        self.source = source
        self.text = whole(source)
        self.block = block
        lines = [row[0] for row in block.rows]
        self.left, self.right = self._columns(lines)
        self.count = len(self.left)
        self.headers = list(zip(self.left, self.right, strict=True))
        for line in lines:
            if len(line.words) == self.count and not self._displaced(line.words):
                for column, word in enumerate(line.words):
                    self.left[column] = min(self.left[column], word.left)
                    self.right[column] = max(self.right[column], word.right)
        # What reaches below a neighbour's header says nothing of where the column ends.
        for column in range(self.count - 1):
            self.right[column] = min(self.right[column], self.left[column + 1])

    def _columns(self, lines: Sequence[Line]) -> tuple[list[int], list[int]]:
        """Find where the columns begin and end: by the lines above the first rule, by the first line, or by
        that of the most pieces."""
        model = lines[0] if len(lines[0].words) > 2 else max(lines, key=lambda line: len(line.words))
        spans = [(word.left, word.right) for word in model.words]
        if 1 < self.block.rule < len(lines):
            header = _united(
                (word.left, word.right) for line in lines[: self.block.rule] for word in line.words
            )
            spans = header if len(header) > len(spans) else spans
        spans = self._margin(lines, spans)
        return [left for left, _ in spans], [right for _, right in spans]

    def _margin(self, lines: Sequence[Line], spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Add a column without a header for what stands left of the first header, beside something below it:
        a brace's `8×`."""
        left, right = spans[0]
        firsts = [(line.words[0], line.words[1:2]) for line in lines if line.words]
        beside = [
            word
            for word, after in firsts
            if word.right < left and after and after[0].left < right and after[0].right > left
        ]
        beside += [
            word
            for word, _ in firsts
            if word.right <= left and _BRACE.fullmatch(self.source.clean, word.start, word.end)
        ]
        if not beside or any(word.left < left < word.right for word, _ in firsts):
            return spans
        return [(min(word.left for word in beside), max(word.right for word in beside)), *spans]

    def _displaced(self, words: Sequence[Word]) -> bool:
        """Return whether one of as many pieces as there are columns stands below another column's header, not
        below its own."""
        for column, word in enumerate(words):
            below = [
                index
                for index, (left, right) in enumerate(self.headers)
                if word.left < right and word.right > left
            ]
            if below and column not in below:
                return True
        return False

    def sheet(self) -> Sheet:
        """Return the table; the rows above a rule are header."""
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
            pieces += [
                Piece(read_cell(self.source, self.text.part(words[0].start, words[0].start), report))
                for _ in range(column, first)
            ]
            ranges = [(word.start, word.end) for word in words]
            pieces.append(
                Piece(read_cell(self.source, joined(self.text, ranges), report), 1, last - max(first, column))
            )
            column = last
        return pieces

    def _split(self, words: list[Word]) -> list[Word]:
        """Part a long name from what stands, after one blank, where the second column begins; and a size
        where its column does."""
        if self.count < 2 or len(words) >= self.count or not words:
            return words
        parted: list[Word] = []
        for word in words:
            edges = self.left[1:2] if not parted and word.left == self.left[0] else []
            parted += self._parted(word, edges, "") or self._parted(word, self.left[1:], _SIZE_HERE) or [word]
        return parted if len(parted) <= self.count else words

    def _parted(self, word: Word, edges: Sequence[int], pattern: str) -> list[Word]:
        """Part a piece where a column begins, if a blank stands before and what the pattern says, at most a
        few columns off, after it."""
        text = self.source.clean[word.start : word.end]
        off = range(-_DRIFT, _DRIFT + 1) if pattern else (0,)
        for at in (
            (edge - word.left + drift for edge in edges for drift in off)
            if len(text) == word.right - word.left
            else ()
        ):
            if (
                0 < at < len(text)
                and text[at - 1] == " "
                and not _GOES_ON.search(text[:at])
                and re.match(pattern, text[at:])
            ):
                edge = word.left + at
                return [
                    Word(word.left, edge - 1, word.start, word.start + at - 1),
                    Word(edge, word.right, word.start + at, word.end),
                ]
        return []

    def _below(self, word: Word, cells: dict[tuple[int, int], list[Word]]) -> tuple[int, int]:
        """Find the cell that a piece of a further line belongs to: the one it stands below; else its own
        column."""
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
        """Return the columns of each piece of a line, a merged one's from the first to the one after the
        last."""
        if len(words) == self.count and not self._displaced(words):
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
            rest = self.count - start
            middle = (self.left[start] + self.right[-1]) / 2 if rest > 0 else -99
            wide = last > first or rest > 2 or taken == start
            if wide and rest > 1 and abs(word.middle - middle) <= 3:
                return start, self.count - 1
        return first, last

    def _column(self, word: Word) -> int:
        after = bisect_left(self.left, word.middle)
        near = range(max(0, after - 1), min(self.count, after + 1))
        return min(
            near, key=lambda column: max(self.left[column] - word.middle, word.middle - self.right[column], 0)
        )
