"""Cells parted by tabs, commas or semicolons -> sheets; cells in quotes may hold separators and lines."""

import re
from collections import Counter

from archdsl.diagnostics import Diagnostic
from archdsl.forms.captions import named, with_captions
from archdsl.forms.inline import cell as read_cell
from archdsl.forms.merged_cells import MAX_CELLS, Piece, lay_out, layout_problems
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.source import Source, Span
from archdsl.text.chars import Text, replaced, whole
from archdsl.text.grid import Sheet

_SAMPLE = 200  # lines
_QUOTED = pattern(r'"[^"\n]*"')
_DOUBLED = pattern(r'""')
_OF_A_ROW = pattern(r"\d\s*[x×]\s*\d|[\[\]]")
# Begins where blanks begin, so that each is looked at once.
_LINE_END = pattern(r"(?<![^\S\n])[^\S\n]*\n\s*")


def separator_of(source: Source) -> str | None:
    """Find the character that parts the cells: one that most lines have equally often."""
    lines = [_QUOTED.sub("", line) for line in source.clean[:100_000].split("\n")[:_SAMPLE] if line.strip()]
    best: tuple[str | None, float] = (None, 0.0)
    for separator in "\t,;":
        counts = Counter(line.count(separator) for line in lines if separator in line)
        if counts:
            count, agreeing = counts.most_common(1)[0]
            share = (agreeing + min(count, 9) / 100) / len(lines) + (separator == "\t")
            best = max(best, (separator, share), key=lambda found: found[1])
    return best[0]


def is_delimited(source: Source) -> bool:
    """Return whether a text of no known ending is cells and separators.

    Rows of our own hold commas, too: commas and semicolons count only below a header of words, in every line.
    """
    separator = separator_of(source)
    lines = [line for line in source.clean[:100_000].split("\n")[:_SAMPLE] if line.strip()]
    if separator is None or len(lines) < 2:
        return False
    counts = [_QUOTED.sub("", line).count(separator) for line in lines]
    if separator == "\t":
        return min(counts[0], max(counts)) > 0 and sum(count > 0 for count in counts) * 10 >= len(lines) * 8
    words = lines[0].split(separator)
    return (
        counts[0] > 1
        and len(set(counts)) == 1
        and all(word.strip() and not _OF_A_ROW.search(word) for word in words)
    )


class DelimitedReader:
    """Reads the records of a file, and parts them into tables."""

    def __init__(self, source: Source, separator: str, limit: int) -> None:
        self.source = source
        self.separator = separator
        self.limit = limit
        self.text = whole(source)
        self.problems: list[Diagnostic] = []
        self.quoted = re.compile(rf'[ ]*"((?:[^"]|"")*+)"[ ]*(?={re.escape(separator)}|\n|\Z)')
        self.bare = re.compile(rf"[^{re.escape(separator)}\n]*")

    def read(self) -> tuple[Sheet, ...]:
        """Return the tables: runs of records, parted by blank lines where the number of cells changes."""
        tables: list[list[list[Text]]] = []
        ends: list[int] = []
        at, blank, count = 0, True, 0
        while (
            at < len(self.source.clean)
            and count <= MAX_CELLS
            and (not tables or len(tables[-1]) <= self.limit + 1)
        ):
            record, at = self._record(at)
            count += len(record)
            if len(record) == 1 and not record[0].chars.strip():
                blank = True
                continue
            if len(record) == 1 and (blank or not tables):
                continue  # a line of prose, or a caption
            if not tables or (blank and len(record) != len(tables[-1][0])):
                tables.append([])
                ends.append(at)
            tables[-1].append(record)
            ends[-1] = at
            blank = False
        sheets = [(self._sheet(table), end) for table, end in zip(tables, ends, strict=True)]
        return named(with_captions(self.source, [(sheet, end) for sheet, end in sheets if sheet.rows]))

    def _record(self, at: int) -> tuple[list[Text], int]:
        """Read a record; give its cells and where the next one begins."""
        cells = []
        clean = self.source.clean
        while True:
            field, at = self._field(at)
            cells.append(field)
            if at >= len(clean) or clean[at] == "\n":
                return cells, at + 1
            at += 1

    def _field(self, at: int) -> tuple[Text, int]:
        match = self.quoted.match(self.source.clean, at) if len(self.problems) < 10 else None
        if match:
            text = replaced(self.text.part(*match.span(1)), _DOUBLED, '"')
            return replaced(text, _LINE_END, ";"), match.end()
        match = self.bare.match(self.source.clean, at)
        stop = match.end() if match else at
        if len(self.problems) < 10 and self.source.clean[at:stop].lstrip()[:1] == '"':
            start = at + self.source.clean[at:stop].index('"')
            self.problems.append(readers.unclosed_quote(self.source, Span(start, start + 1)))
        return self.text.part(at, stop), stop

    def _sheet(self, table: list[list[Text]]) -> Sheet:
        problems: list[Diagnostic] = []
        rows = [[Piece(read_cell(self.source, text, problems.append)) for text in record] for record in table]
        counts = Counter(len(row) for row in rows)
        layout = lay_out(rows, False, 0, max(len(rows[0]), counts.most_common(1)[0][0]))
        start = table[0][0].places[0]
        end = table[0][-1].places[-1]
        here = [
            problem for problem in self.problems if start <= problem.span.start <= table[-1][-1].places[-1]
        ]
        problems = [*here, *problems, *([] if here else layout_problems(self.source, layout, self.separator))]
        return Sheet("", layout.rows, layout.header, Span(start, end), None, tuple(problems[:20]))
