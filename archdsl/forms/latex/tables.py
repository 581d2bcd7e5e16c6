"""LaTeX text -> its tables: tabular environments, the captions of their floats, the document's own macros."""

import re
from collections.abc import Callable

from archdsl.diagnostics import Diagnostic
from archdsl.forms.latex.cells import CellText
from archdsl.forms.latex.dead import living
from archdsl.forms.latex.definitions import DEFINING, define
from archdsl.forms.latex.stream import Macros, Stream, plain
from archdsl.forms.latex.symbols import ARRAYS, TABLES
from archdsl.forms.latex.tokens import Token
from archdsl.forms.merged_cells import MAX_CELLS, Piece, lay_out, layout_problems
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.source import Source, Span
from archdsl.table.roles import SIZE, holds_layers
from archdsl.text.chars import Text, whole
from archdsl.text.grid import Cell, Sheet, natural
from archdsl.text.normal import normal

_MARK = pattern(
    r"\\(?:(begin|end)[ \t]*\{[ \t]*([A-Za-z]+\*?)[ \t]*\}"
    r"|(caption)(?:of[ \t]*\{\w*\})?\*?[ \t]*(?:\[[^\]]*\])?[ \t]*(?=\{)"
    r"|([A-Za-z]+)\b\*?|[^A-Za-z])|%[^\n]*"
)
_FLOATS = frozenset(
    ["table", "wraptable", "sidewaystable", "figure", "wrapfigure", "margintable", "longtable"]
)
_VERBATIM = frozenset(["verbatim", "lstlisting", "minted", "Verbatim", "comment"])
_BREAKS = frozenset(["table", "sidewaystable", "wraptable", "document", "figure", "center"])
_COLUMN = pattern(
    r"\*\{(\d{1,3})\}\{((?:[^{}]|\{[^{}]*\})*)\}|[@!<>]\{(?:[^{}]|\{[^{}]*\})*\}|\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\]]*\]|[A-Za-z]"
)


_PAGES = ("endfirsthead", "endhead", "endfoot", "endlastfoot")


class Found(NamedTuple):
    """A table, and where reading goes on."""

    sheet: Sheet
    stop: int


def find_tables(
    source: Source, start: int, stop: int, report: Callable[[Diagnostic], None], limit: int, one: bool = False
) -> tuple[list[Sheet], int]:
    """Read the tables from `start` to `stop`, or only the first, and give the place where reading ended."""
    finder = _Finder(source, living(whole(source), start, stop), stop, report, limit)
    at = start
    while (match := _MARK.search(finder.text.chars, at, stop)) and not (one and finder.sheets):
        at = max(match.end(), finder.mark(match))
    return finder.sheets, at if one else stop


class _Finder:
    """Passes over a document from mark to mark: definitions, environments, captions."""

    def __init__(
        self, source: Source, text: Text, stop: int, report: Callable[[Diagnostic], None], limit: int
    ) -> None:
        self.source = source
        self.text = text
        self.stop = stop
        self.report = report
        self.limit = limit
        self.macros = Macros()
        self.sheets: list[Sheet] = []
        self.endless: set[str] = set()  # environments that are not closed in what follows
        self.in_float: list[int] | None = None  # the sheets of the float that is open
        self.caption: Cell | None = None

    def mark(self, match: re.Match[str]) -> int:
        """Read what a mark begins; give the place where it ends."""
        name = (match[2] or "").removesuffix("*")
        if match[4] in DEFINING:
            stream = Stream(self.source, self.text, match.end(), self.stop, self.macros, self.report)
            define(stream, match[4])
            return stream.at
        if match[3]:
            self._caption(match.end())
        elif match[1] == "begin" and name in _VERBATIM:
            return self._after(match[2], match.end())
        elif match[1] == "begin" and name in TABLES:
            return self._table(match.start(), match[2] if match[2] in TABLES else name)
        elif name in _FLOATS:
            self.in_float, self.caption = [] if match[1] == "begin" else None, None
        return match.end()

    def _after(self, environment: str, start: int) -> int:
        """Pass over a text that is no LaTeX; one without an end is looked for once."""
        end = (
            -1
            if environment in self.endless
            else self.text.chars.find(f"\\end{{{environment}}}", start, self.stop)
        )
        if end < 0:
            self.endless.add(environment)
        return end

    def _table(self, start: int, name: str) -> int:
        found = read_table(self.source, self.text, Span(start, self.stop), name, self.limit, self.macros)
        if (found.sheet.rows or found.sheet.problems) and (
            name != "array" or _is_table(self.source, start, found.sheet)
        ):
            if self.in_float is not None:
                self.in_float.append(len(self.sheets))
            self.sheets.append(found.sheet._replace(caption=found.sheet.caption or self.caption))
        return found.stop

    def _caption(self, start: int) -> None:
        caption = read_caption(Stream(self.source, self.text, start, self.stop, self.macros, self.report))
        for index in self.in_float or ():
            self.sheets[index] = self.sheets[index]._replace(caption=self.sheets[index].caption or caption)
        self.caption = caption if self.in_float is not None else None


def clean(
    source: Source,
    text: Text,
    report: Callable[[Diagnostic], None],
    macros: Macros | None = None,
    markdown: bool = True,
) -> Text:
    """Return the text of a cell that holds LaTeX among other things."""
    stream = Stream(source, text, 0, len(text.chars), macros or Macros(), report, comments=False)
    cell = CellText(stream, markdown)
    for token in stream:
        event = cell.feed(token)
        if event in ("&", "\\"):
            cell.writer.put("&" if event == "&" else ";", stream.place(token))
    cell.close()
    return cell.writer.text(text.places[-1])


def _is_table(source: Source, start: int, sheet: Sheet) -> bool:
    """Recognise a table from a matrix: an array with columns and no delimiter around it."""
    before = source.clean[max(0, start - 40) : start].rstrip()
    return (
        len(sheet.rows) > 1
        and len(sheet.rows[0]) > 1
        and not re.search(r"\\[Bb]igg?l?\W{1,2}$|\\left\s*\\?.$", before)
    )


def read_caption(stream: Stream) -> Cell | None:
    tokens = stream.argument()
    if not tokens:
        return None
    stream.back(*tokens, Token("&", 0))
    cell = CellText(stream)
    for token in stream:
        if token == ("&", 0, -1):
            break
        cell.feed(token)
    return normal(cell.writer.text(stream.text.places[min(stream.at, len(stream.text.chars))]))


def read_table(source: Source, text: Text, span: Span, name: str, limit: int, macros: Macros) -> Found:
    """Read the table whose `\\begin{...}` is at the start of `span`, at most up to its end."""
    problems: list[Diagnostic] = []

    def report(problem: Diagnostic) -> None:
        if len(problems) < 20:
            problems.append(problem)

    stream = Stream(source, text, text.chars.index("}", span.start) + 1, span.end, macros, report)
    reader = _TableReader(stream, name, limit)
    reader.read()
    if not reader.closed:
        report(
            readers.unclosed_table(
                source, Span(span.start, text.chars.index("}", span.start) + 1), f"\\end{{{name}}}"
            )
        )
    layout = lay_out(reader.rows, False, reader.header(), reader.width)
    for problem in layout_problems(source, layout, "&"):
        report(problem)
    sheet = Sheet(
        "",
        layout.rows,
        layout.header,
        Span(span.start, min(stream.at, _line_end(text.chars, span.start))),
        reader.caption,
        tuple(problems),
    )
    end = text.chars.find(f"\\end{{{name}}}", stream.at, span.end) if reader.cut else stream.at
    return Found(sheet, end if end >= 0 else span.end)


def _line_end(chars: str, at: int) -> int:
    stop = chars.find("\n", at)
    return stop if stop >= 0 else len(chars)


class _TableReader:
    def __init__(self, stream: Stream, name: str, limit: int) -> None:
        self.stream = stream
        self.name = name
        self.limit = limit
        self.cell = CellText(stream)
        self.rows: list[list[Piece]] = []
        self.row: list[Piece] = []
        self.rules: list[tuple[str, int]] = []  # each rule's name and the number of rows above it
        self.closed = self.cut = False
        self.caption: Cell | None = None
        self.width = self._columns()
        self._count = self._page_at = self._covered = 0

    def read(self) -> None:
        """Read rows up to the table's end, or up to where it must have been."""
        while token := self.stream.next():
            if token.name == "caption":
                self.caption = read_caption(self.stream)
                continue
            event = self.cell.feed(token)
            if event == "&":
                self._end_cell(token)
            elif event == "\\":
                self._end_row(token)
            elif event.startswith("end "):
                if self._ends(event[4:]):
                    break
            elif event:
                self._rule(event)
            if self.cell.too_deep or len(self.rows) > self.limit or self._count > MAX_CELLS:
                self.closed = self.cut = True
                break
        if not self.cell.too_deep:
            self.cell.close()
        place = self.stream.text.places[min(self.stream.at, len(self.stream.text.chars))]
        self._finish(place)

    def _ends(self, name: str) -> bool:
        self.closed = name in (self.name, self.name.removesuffix("*")) or name in TABLES
        return self.closed or name in _BREAKS or name in ARRAYS

    def _end_cell(self, token: Token) -> None:
        self._piece(self.stream.place(token))

    def _end_row(self, token: Token) -> None:
        self._finish(self.stream.place(token))

    def _piece(self, end: int) -> None:
        cell = self.cell
        piece = Piece(normal(cell.writer.text(end)), cell.merged_rows(), cell.columns)
        if self._covered and not piece.cell.text:
            self._covered -= 1
        else:
            self.row.append(piece)
            self._covered = piece.columns - 1 if cell.written_out else 0
        self._count += 1
        cell.new_cell()

    def _finish(self, end: int) -> None:
        self._piece(end)
        self._covered = 0
        if any(piece.cell.text for piece in self.row) or len(self.row) > 1:
            self.rows.append(self.row)
        self.row = []

    def _rule(self, name: str) -> None:
        if name in _PAGES:
            self._page(name)
        self.rules.append((name, len(self.rows)))

    def _page(self, name: str) -> None:
        """Keep, of what longtable prints on every page, one head."""
        if "foot" in name or any(rule in _PAGES for rule, _ in self.rules):
            del self.rows[self._page_at :]
            self.rules = [rule for rule in self.rules if rule[1] <= self._page_at]
        self._page_at = len(self.rows)

    def header(self) -> int:
        """Count the rows above the first rule that stands below some row; a title over all columns is not the
        whole header."""
        above = sorted(
            {count for name, count in self.rules if name in ("midrule", "endhead", "endfirsthead")} - {0}
        )
        above = above or sorted({count for _, count in self.rules} - {0})
        for count in above:
            if count < len(self.rows) and any(len(row) > 1 for row in self.rows[:count]):
                return (
                    0
                    if count > 1 and _is_body([piece.cell.text for piece in self.rows[count - 1]])
                    else count
                )
        return 0

    def _columns(self) -> int:
        """Count the columns of the specification, which follows `\\begin{...}`."""
        counted = 1000
        self.stream.optional()
        for _ in range(ARRAYS.get(self.name, 1)):
            specification = self.stream.argument(2000)
            if specification is not None:
                counted = _count_columns(plain(specification)) or counted
            self.stream.optional()
        return counted


def _is_body(cells: list[str]) -> bool:
    return any(map(SIZE.match, cells)) and any(holds_layers([cell]) for cell in cells)


def _count_columns(specification: str) -> int:
    if "=" in specification or "\\" in _COLUMN.sub("", specification):
        return 0  # keys and macros: not to be counted
    count = 0
    for match in _COLUMN.finditer(specification):
        if match[1]:
            count += natural(match[1]) * (_count_columns(match[2]) if "*" not in match[2] else 0)
        else:
            count += match[0].isalpha()
    return count
