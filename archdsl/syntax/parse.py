"""Grid -> AST: each cell is parsed by the role of its column, each row by itself, so a broken row hides no other."""

import os.path
import re
from typing import Any

from archdsl.diagnostics import Reporter
from archdsl.problems import names, syntax
from archdsl.readers.grid import Cell, Grid, GridRow, GridSetting
from archdsl.source import Source, Span
from archdsl.syntax.ast import Expr, Item, Parameter, Row, Setting, Table
from archdsl.syntax.cells import ACTIONS, MAX_OPERATIONS, TooLong
from archdsl.syntax.layers import Grouper
from archdsl.syntax.parser import ParseError, Parser, load_tables

MAX_DEPTH = 32
MAX_CELL = 50_000
_TAIL = 60  # how far from its end a cell is searched for what is missing: longer texts make the patterns slow
_PARSER: list[Parser] = []
_PARAM = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:[=:]\s*)?")
_LAST = re.compile(r"[^\s;,\[]+\s*,?\s*[^\s;,\[\]]*$")
_REPEAT_END = re.compile(r"\s*((?:[x×*]\s*\w+)(?:\s*/\s*\d+)?)\s*$")


def parser() -> Parser:
    """Give the parser of grammar.lark; made once, when the first cell needs it."""
    if not _PARSER:
        with open(os.path.join(os.path.dirname(__file__), "grammar.lark"), encoding="utf-8") as file:
            _PARSER.append(Parser(load_tables(file.read())))
    return _PARSER[0]


class TableParser:
    """Parses the rows and settings of one grid."""

    def __init__(self, source: Source, reporter: Reporter, defined: frozenset[str]) -> None:
        self.source = source
        self.reporter = reporter
        self.known = defined

    def table(self, grid: Grid) -> Table:
        """Turn a grid into the table as written; what is broken is reported and left out."""
        settings = [setting for setting in grid.settings if setting.key.text.lower() != "param"]
        parameters = tuple(p for p in map(self._parameter, (s for s in grid.settings if s.key.text.lower() == "param")) if p)
        self.known |= {parameter.name for parameter in parameters} | {"classes"}
        self._unique_parameters(parameters)
        rows = tuple(self._row(row) for row in grid.rows)
        self._unique_names(rows)
        return Table(grid.name, tuple(map(_setting, settings)), parameters, rows, grid.span)

    def _parameter(self, setting: GridSetting) -> Parameter | None:
        cell = setting.value
        match = _PARAM.match(cell.text)
        if not match or not cell.text[match.end() :].strip():
            self.reporter.add(names.bad_setting_line(self.source, setting.key.span, "param", "a name and a value, like `param n = 3`"))
            return None
        value = self._cell("expression", Cell(cell.text[match.end() :], cell.start + match.end()))
        return None if value is None else Parameter(match[1], value, Span(cell.start + match.start(1), cell.start + match.end(1)))

    def _row(self, row: GridRow) -> Row:
        size = self._size(row.size)
        items: tuple[Item, ...] | None = None
        if not row.structure.text.strip():
            self.reporter.add(syntax.no_structure(self.source, row.span, row.name.text.strip()))
        else:
            items = self._items(row.structure)
        if row.surplus:
            self.reporter.add(syntax.ragged_row(self.source, row.surplus))
        text = row.structure.text.strip()
        return Row(row.name.text.strip(), row.name.span, size, row.size.span, items, text, row.structure.span, row.span)

    def _size(self, cell: Cell) -> tuple[Expr, ...] | None:
        if cell.text.strip() in ("", "-", "?"):
            return None
        size: tuple[Expr, ...] | None = parse_value(self.source, Reporter(), "size", cell.text, cell.start)
        if size is None:
            self.reporter.add(syntax.not_a_size(self.source, cell.span, cell.text.strip()))
        return size

    def _items(self, cell: Cell) -> tuple[Item, ...] | None:
        before = self.reporter.errors
        parsed = self._cell("structure", cell)
        if parsed is None:
            return None
        items = Grouper(self.source, self.reporter, self.known).group(parsed)
        return items if self.reporter.errors == before else None

    def _cell(self, start: str, cell: Cell) -> Any:
        if len(cell.text) > MAX_CELL:
            self.reporter.add(syntax.cell_too_long(self.source, cell.span, MAX_CELL))
            return None
        if not self._balanced(cell):
            return None
        try:
            return parser().parse(start, cell.text, cell.start, ACTIONS)
        except ParseError as fault:
            self.reporter.add(syntax.unexpected(self.source, fault.token.span, fault.token.text, fault.expected))
        except TooLong as fault:
            self.reporter.add(syntax.arithmetic_too_long(self.source, fault.span, MAX_OPERATIONS))
        return None

    def _balanced(self, cell: Cell) -> bool:
        """Report brackets without their partner, and nesting beyond the limit, before the grammar stumbles over them."""
        open_at: list[int] = []
        deepest = 0
        for at, char in enumerate(cell.text):
            if char in "[(":
                open_at.append(at)
                deepest = max(deepest, len(open_at))
            elif char in "])" and open_at:
                open_at.pop()
            elif char == "]":
                repeated = re.match(r"\s*[x×*]\s*\w", cell.text[at + 1 : at + 1 + _TAIL]) is not None
                span = Span(cell.start + at, cell.start + at + 1)
                self.reporter.add(syntax.unopened(self.source, span, cell.span.start, repeated))
                return False
        if deepest > MAX_DEPTH:
            self.reporter.add(syntax.too_deep(self.source, Span(cell.span.start, cell.span.start + 1), deepest, MAX_DEPTH))
        elif open_at and "[" in (cell.text[at] for at in open_at):
            self._unclosed(cell, next(at for at in reversed(open_at) if cell.text[at] == "["))
            return False
        return deepest <= MAX_DEPTH

    def _unclosed(self, cell: Cell, opening: int) -> None:
        text = cell.text.rstrip()
        tail = max(opening + 1, len(text) - _TAIL)
        repeat = _REPEAT_END.search(text, tail)
        at = repeat.start(1) if repeat else len(text)
        found = repeat[1].split("/")[0].strip() if repeat else ""
        last = _LAST.search(text[max(tail, at - _TAIL) : at].rstrip())
        span = Span(cell.start + opening, cell.start + opening + 1)
        self.reporter.add(syntax.unclosed(self.source, span, cell.start + at, found, last[0].strip() if last else ""))

    def _unique_names(self, rows: tuple[Row, ...]) -> None:
        first: dict[str, Row] = {}
        for row in rows:
            key = slug(row.name)
            if key and key in first:
                self.reporter.add(names.duplicate_stage(self.source, row.name_span, row.name, first[key].name_span))
            first.setdefault(key, row)

    def _unique_parameters(self, parameters: tuple[Parameter, ...]) -> None:
        first: dict[str, Parameter] = {}
        for parameter in parameters:
            if parameter.name in first:
                self.reporter.add(names.duplicate_setting(self.source, parameter.span, parameter.name, first[parameter.name].span))
            first.setdefault(parameter.name, parameter)


def _setting(setting: GridSetting) -> Setting:
    return Setting(setting.key.text.lower(), setting.value.text.strip(), setting.key.span, setting.value.span)


def slug(name: str) -> str:
    """Make a name that layers can carry: `Conv2-x` -> `conv2_x`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def parse_value(source: Source, reporter: Reporter, start: str, text: str, offset: int) -> Any:
    """Parse a value outside a table (a setting, a command-line option) by a start rule of the grammar."""
    return TableParser(source, reporter, frozenset())._cell(start, Cell(text, offset))
