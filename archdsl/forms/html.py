"""HTML -> its tables: merged cells, formulas from their TeX, tables within tables apart."""

import re
from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic
from archdsl.forms.html_parts import MAX_NESTED, Formula, Hidden, Script
from archdsl.forms.html_tokens import Tag, tokenize
from archdsl.forms.inline import cell as read_cell
from archdsl.forms.inline import decoded
from archdsl.forms.merged_cells import MAX_CELLS, MAX_COLUMNS, Piece, lay_out, layout_problems
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.source import Source, Span
from archdsl.text.chars import Text, Writer, whole
from archdsl.text.grid import Cell, Sheet
from archdsl.text.normal import COLUMN, normal

_ANNOTATION = pattern(r"<annotation\b(?![^<>]*MathML)[^<>]*>([^<]*)</annotation>", re.IGNORECASE)
_BREAKS: Final = frozenset(["br", "p", "li", "div", "tr", "mtr"])
_MEANS_LATEX = pattern(r"[\\$]|\^\{|_\{")


class _Table:
    """A table while it is read."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.rows: list[list[Piece]] = []
        self.header = 0
        self.in_head = False
        self.caption: Cell | None = None
        self.cell: Tag | None = None  # the tag of the cell or caption that is open
        self.plain_cells = 0  # of the row: cells that are no `th`
        self.writer = Writer()
        self.problems: list[Diagnostic] = []
        self.count = 0
        self.end = tag.end

    def report(self, problem: Diagnostic) -> None:
        if len(self.problems) < 20:
            self.problems.append(problem)


class HtmlReader:
    """Reads the tables of a part of a text, in the order in which they begin."""

    def __init__(self, source: Source, limit: int) -> None:
        self.source = source
        self.limit = limit
        self.text = whole(source)
        self.open: list[_Table] = []
        self.tables: list[_Table] = []
        self.stop = 0
        self.ends: list[int] = []  # of the sheets that were read
        self.full = False  # a table has more than it may: nothing more is read
        self.script = Script()
        self._formulas = True  # whether a formula's end is to be found further on
        self.hidden = Hidden()
        self.formula = Formula()

    def read(self, start: int, stop: int, one: bool = False) -> list[Sheet]:
        """Read from `start` to `stop`, or to the end of the first table, which `self.stop` then is."""
        tokens = tokenize(self.source.clean, start, stop)
        self.stop = stop
        for token in tokens:
            if one and self.tables and not self.open:
                self.stop = token[0] if not isinstance(token, Tag) else token.start
                break
            if self.full:
                return self._sheets()
            if not isinstance(token, Tag):
                if not self.hidden.name:
                    self._text(*token)
            elif token.name == "math" and not token.closing:
                self._formula(token, stop, tokens)
            elif self.hidden.holds(token):
                continue
            elif token.closing:
                self._close(token)
            else:
                self._start(token)
        for table in reversed(self.open):
            self._unclosed(table, stop)
        return self._sheets()

    def _unclosed(self, table: _Table, stop: int) -> None:
        """End a table that nothing closed; the bare word `<table>` in prose has opened none."""
        self._end_row(table, stop)
        if any(table.rows):
            table.report(
                readers.unclosed_table(self.source, Span(table.tag.start, table.tag.end), "</table>")
            )

    def _sheets(self) -> list[Sheet]:
        found = [
            (sheet, table.end)
            for table in self.tables
            if (sheet := self._sheet(table)).rows or sheet.problems
        ]
        self.ends = [end for _, end in found]
        return [sheet for sheet, _ in found]

    def _text(self, start: int, stop: int) -> None:
        if self.open and self.open[-1].cell:
            self.open[-1].writer.copy(self.text, start, stop)

    def _put(self, chars: str, place: int) -> None:
        if self.open and self.open[-1].cell:
            self.open[-1].writer.put(chars, place)

    def _start(self, tag: Tag) -> None:
        if tag.name == "table":
            if len(self.open) < MAX_NESTED:
                self.open.append(_Table(tag))
                self.tables.append(self.open[-1])
        elif not self.open:
            return
        elif tag.name in ("td", "th", "caption"):
            self._start_cell(self.open[-1], tag)
        elif tag.name == "tr":
            self._end_row(self.open[-1], tag.start)
        elif tag.name in ("thead", "tbody", "tfoot"):
            self._end_row(self.open[-1], tag.start)
            self.open[-1].in_head = tag.name == "thead"
        else:
            self._inline(tag)

    def _inline(self, tag: Tag) -> None:
        line = tag.name in _BREAKS or (tag.name == "span" and "ltx_tr" in tag.attributes)
        if tag.name == "br" or (line and self.open[-1].writer.last()):
            self._put(";", tag.start)
        elif tag.name in ("sup", "sub"):
            self._put("^" if tag.name == "sup" else "_", tag.start)
        elif tag.name == "mtd":
            self._put(COLUMN, tag.start)
        elif tag.name[0] == "m":
            self._put(self.script.opened(tag), tag.start)
        elif tag.name == "img":
            self._image(tag)
        elif tag.name == "tex":
            self._source(tag)

    def _close(self, tag: Tag) -> None:
        if not self.open:
            return
        table = self.open[-1]
        if tag.name == "table":
            self._end_row(table, tag.start)
            self.open.pop().end = tag.end
            self._stacked(table)
        elif tag.name in ("td", "th", "caption"):
            self._end_cell(table, tag.start)
        elif tag.name in ("tr", "thead", "tbody", "tfoot"):
            self._end_row(table, tag.start)
            table.in_head = table.in_head and tag.name == "tr"
        elif tag.name in ("p", "li", "div"):
            self._put(";", tag.start)
        elif tag.name[0] == "m":
            self._put(self.script.closed(tag), tag.start)
            self.formula = (
                self.formula._replace(end=len(table.writer)) if tag.name == "math" else self.formula
            )

    def _stacked(self, inner: _Table) -> None:
        """Read a table of one column inside a cell as the lines of that cell: so are brackets of several rows
        set."""
        if (
            not self.open
            or not self.open[-1].cell
            or inner.caption
            or any(len(row) > 1 for row in inner.rows)
        ):
            return
        writer = self.open[-1].writer
        for cell in (row[0].cell for row in inner.rows if row):
            writer.put("; " if writer.last() not in ("", "[") else "", cell.start)
            writer.copy(
                Text(cell.text, cell.offsets or range(cell.start, cell.start + len(cell.text) + 1)),
                0,
                len(cell.text),
            )
        writer.put(" ", inner.end)
        self.open[-1].problems += inner.problems
        self.tables.remove(inner)

    def _start_cell(self, table: _Table, tag: Tag) -> None:
        self._end_cell(table, tag.start)
        if not table.rows and tag.name != "caption":
            table.rows.append([])
        table.cell, table.writer, self.formula = tag, Writer(), Formula()

    def _end_cell(self, table: _Table, end: int) -> None:
        tag, table.cell = table.cell, None
        if tag is None:
            return
        cell = self._read(table, table.writer.text(end))
        if tag.name == "caption":
            table.caption = cell
        else:
            table.rows[-1].append(Piece(cell, _extent(tag, "rowspan", 0), _extent(tag, "colspan", 1)))
            table.plain_cells += tag.name == "td"
            table.count += 1
            self.full = table.count > MAX_CELLS or len(table.rows) > self.limit + 1

    def _read(self, table: _Table, text: Text) -> Cell:
        chars = text.chars
        if not ("&" in chars or "<" in chars or _MEANS_LATEX.search(chars)):
            return normal(text)
        return read_cell(self.source, text, table.report, markdown=False)

    def _end_row(self, table: _Table, end: int) -> None:
        """End the row; rows at the top of which every cell is a `th`, or which stand in a `thead`, are
        header."""
        self._end_cell(table, end)
        if table.rows and not table.rows[-1]:
            return
        if table.rows and table.header == len(table.rows) - 1 and (table.in_head or not table.plain_cells):
            table.header += 1
        table.plain_cells = 0
        table.rows.append([])

    def _formula(self, tag: Tag, stop: int, tokens: Iterator[Tag | tuple[int, int]]) -> None:
        """Read a formula by its TeX, an annotation or the attribute `alttext`; without either its
        presentation is read on."""
        self.script = Script()
        if not self.open or not self.open[-1].cell:
            return
        self.formula = Formula(len(self.open[-1].writer))
        if not self._formulas:
            return
        end = self.source.clean.find("</math", tag.end, stop)
        self._formulas = end >= 0
        match = _ANNOTATION.search(self.source.clean, tag.end, end)
        value, at = (match[1], match.start(1)) if match else tag.attribute("alttext")
        if not value.strip():
            return
        self._tex(value, at)
        for token in tokens:
            if isinstance(token, Tag) and token.name == "math" and token.closing:
                break

    def _tex(self, value: str, at: int) -> None:
        """Write what a formula's TeX says."""
        from archdsl.forms.latex.tables import clean

        table = self.open[-1]
        start = len(table.writer)
        text = clean(self.source, decoded(self.text.part(at, at + len(value))), table.report)
        table.writer.copy(text, 0, len(text.chars))
        self.formula = Formula(start, len(table.writer), value.strip())

    def _image(self, tag: Tag) -> None:
        """Read the picture of a formula by the TeX that stands for it, unless that was just read, and of a
        sign by the sign."""
        if not self.open[-1].cell:
            return
        value, at = tag.attribute("alt")
        if _MEANS_LATEX.search(value) and value.strip() != self.formula.tex:
            self._tex(value, at)
        elif len(value) == 1 and not value.isascii():
            self.open[-1].writer.copy(self.text, at, at + len(value))

    def _source(self, tag: Tag) -> None:
        """Read a script of TeX in place of what it was drawn as, if that was just read."""
        table = self.open[-1]
        if table.cell:
            drawn = self.formula
            if drawn.end >= 0 and not "".join(table.writer.chars[drawn.end :]).strip():
                table.writer.cut(drawn.start)
            self._tex(self.source.clean[tag.start : tag.end], tag.start)

    def _sheet(self, table: _Table) -> Sheet:
        layout = lay_out([row for row in table.rows if row], True, table.header)
        problems = (*table.problems, *layout_problems(self.source, layout, "|"))
        return Sheet(
            "", layout.rows, layout.header, Span(table.tag.start, table.tag.end), table.caption, problems
        )


def _extent(tag: Tag, name: str, least: int) -> int:
    value = tag.attribute(name)[0].strip() if name in tag.attributes.lower() else ""
    return (
        min(max(least, int(value[:9])), 65_534 if name == "rowspan" else MAX_COLUMNS)
        if value.isascii() and value.isdecimal()
        else 1
    )
