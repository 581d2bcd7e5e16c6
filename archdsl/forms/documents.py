"""Markdown -> its tables in the order of the document: pipe tables, HTML, and LaTeX in fences and
formulas."""

import re
from collections.abc import Callable

from archdsl.diagnostics import Diagnostic
from archdsl.forms.captions import named, number_in, with_captions
from archdsl.forms.inline import cell
from archdsl.forms.markdown import is_rule
from archdsl.forms.merged_cells import Piece, lay_out, layout_problems
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.text.chars import whole
from archdsl.text.grid import Sheet, natural

_HEADING = pattern(r"#{1,6}\s+(.*)")
_FENCE = pattern(r"[ \t>]*(```+|~~~+)[ \t]*([\w-]*)")
# The bare word in prose goes on with text.
_HTML = pattern(r"<table\b(?![^<>\n]{0,500}>[ \t]*[^<\s])", re.IGNORECASE)
_LATEX = pattern(r"(?:[\s$>]|\\\[)*\\begin\s*\{(?:(table\*?)|longtable|tabular[\w*]?|array)\}")
_SPAN = pattern(r"\[(row|col)span\s*=\s*([1-9]\d{0,2})\]\s*(?=\||$)", re.MULTILINE)
_GAP = pattern(r"[ \t]*(\.{2,}|[…⋮⋯])[ \t]*")
_ESCAPED = pattern(r"\\\|")
# What a block quote and a list put before a table's line.
_INSIDE = pattern(r"(?:[ \t]*>)*(?:[ \t]*(?:[-*+]|\d{1,3}[.)])(?=[ \t]+\|))?")


class DocumentReader:
    """Reads line by line, and goes on after each table that it finds."""

    def __init__(self, source: Source, report: Callable[[Diagnostic], None], limit: int) -> None:
        self.source = source
        self.report = report
        self.limit = limit
        self.text = whole(source)
        self.sheets: list[tuple[Sheet, int]] = []
        self.heading = ""
        self.fence = ""  # the marks that close the fence that is open, and its language
        self.language = ""

    def read(self) -> tuple[Sheet, ...]:
        """Return the tables; one below a heading with `Table N` is named after it."""
        at = 0
        while at < len(self.source.clean):
            at = self._line(at)
        return named(with_captions(self.source, self.sheets))

    def _line(self, at: int) -> int:
        """Read what begins on a line; give the place to go on from."""
        stop = self._end(at)
        line = self.source.clean[at:stop]
        if match := _FENCE.match(line):
            return self._fence(match, stop + 1)
        if "<" in line and self.language in ("", "html") and (found := _HTML.search(line)):
            return self._html(at + found.start())
        if not self.fence and (match := _HEADING.match(line)):
            self.heading = match[1]
        elif not self.fence and "|" in line and is_rule(self.source.clean[stop + 1 : self._end(stop + 1)]):
            return self._pipes(at, stop + 1)
        elif "\\begin" in line and not self.fence and (match := _LATEX.match(line)):
            return self._latex(at, f"\\end{{{match[1]}}}" if match[1] else "")
        return stop + 1

    def _end(self, at: int) -> int:
        stop = self.source.clean.find("\n", at)
        return stop if stop >= 0 else len(self.source.clean)

    def _fence(self, match: re.Match[str], after: int) -> int:
        if self.fence:
            closes = match[1].startswith(self.fence) and not match[2]
            self.fence, self.language = ("", "") if closes else (self.fence, self.language)
            return after
        self.fence, self.language = match[1], match[2].lower()
        if self.language not in ("", "latex", "tex"):
            return after
        stop = self.source.clean.find(f"\n{self.fence}", after - 1)
        stop = stop if stop >= 0 else len(self.source.clean)
        if self.source.clean.find("\\begin", after, stop) < 0:
            return after
        from archdsl.forms.latex.tables import find_tables

        sheets, _ = find_tables(self.source, after, stop, self.report, self.limit)
        self._found(sheets, stop)
        return stop + 1

    def _html(self, start: int) -> int:
        from archdsl.forms.html import HtmlReader

        reader = HtmlReader(self.source, self.limit)
        self._found(reader.read(start, len(self.source.clean), one=True), reader.stop)
        return max(reader.stop, start + 1)

    def _latex(self, start: int, closing: str) -> int:
        from archdsl.forms.latex.tables import find_tables

        stop = self.source.clean.find(closing, start) if closing else -1
        stop = stop + len(closing) if stop >= 0 else len(self.source.clean)
        sheets, end = find_tables(self.source, start, stop, self.report, self.limit, one=not closing)
        self._found(sheets, end)
        return max(self._end(end), start) + 1

    def _pipes(self, start: int, rule: int) -> int:
        problems: list[Diagnostic] = []
        rows = [self._cells(start, rule - 1, problems.append)]
        at = self._end(rule) + 1
        while at < len(self.source.clean) and (self._is_row(at) or self._is_gap(at)):
            if not self._is_row(at):
                left, right = _GAP.match(self.source.clean, at, self._end(at)).span(1)  # type: ignore[union-attr]
                rows.append([Piece(self.text.part(left, right).cell(), 1, len(rows[0]))])
            elif len(rows) <= self.limit + 1:
                rows.append(self._cells(at, self._end(at), problems.append))
            at = self._end(at) + 1
        layout = lay_out(_merged_upwards(rows), False, 1, len(rows[0]))
        problems += layout_problems(self.source, layout, "|")
        self._found(
            [Sheet("", layout.rows, layout.header, Span(start, rule - 1), None, tuple(problems[:20]))], at
        )
        return at

    def _is_row(self, at: int) -> bool:
        return "|" in self.source.clean[at : self._end(at)]

    def _is_gap(self, at: int) -> bool:
        """Return whether a line of dots stands between two rows: what it stands for is not printed."""
        stop = self._end(at)
        return _GAP.fullmatch(self.source.clean, at, stop) is not None and self._is_row(stop + 1)

    def _cells(self, start: int, stop: int, report: Callable[[Diagnostic], None]) -> list[Piece]:
        inside = _INSIDE.match(self.source.clean, start, stop)
        start = inside.end() if inside else start
        line = _ESCAPED.sub("\0\0", self.source.clean[start:stop])
        parts = line.split("|")
        places = [start]
        for part in parts:
            places.append(places[-1] + len(part) + 1)
        first = 1 if len(parts) > 1 and not parts[0].strip() else 0
        last = len(parts) - 1 if len(parts) > first + 1 and not parts[-1].strip() else len(parts)
        return [self._piece(places[index], places[index + 1] - 1, report) for index in range(first, last)]

    def _piece(self, start: int, stop: int, report: Callable[[Diagnostic], None]) -> Piece:
        """Read a cell; some converters write how far it is merged at its end, `[rowspan=4]`."""
        span = _SPAN.search(self.source.clean, start, stop)
        part = cell(self.source, self.text.part(start, span.start() if span else stop), report)
        if span is None:
            return Piece(part)
        return Piece(part, natural(span[2])) if span[1] == "row" else Piece(part, 1, natural(span[2]))

    def _found(self, sheets: list[Sheet], stop: int) -> None:
        number = number_in(self.heading)
        for sheet in sheets:
            self.sheets.append(
                (sheet._replace(name=f"table-{number}" if number and sheet.caption is None else ""), stop)
            )


def _merged_upwards(rows: list[list[Piece]]) -> list[list[Piece]]:
    """Merge a cell that holds nothing but `^^` with the one above it, as some dialects of Markdown write
    it."""
    above: dict[int, tuple[int, int]] = {}
    for line, row in enumerate(rows):
        for index, piece in enumerate(row):
            if piece.cell.text == "^^" and index in above:
                owner, column = above[index]
                rows[owner][column] = rows[owner][column]._replace(rows=line - owner + 1)
                row[index] = Piece(piece.cell._replace(text="", offsets=()))
            else:
                above[index] = line, index
    return rows
