"""A `.arch` text -> grids: settings, block definitions, comments, and rows in single spaces, aligned columns
or pipes."""

import re
from collections.abc import Callable
from functools import partial

from archdsl.light import TYPE_CHECKING, Final
from archdsl.native.divide import (
    gap_cells,
    has_pipe,
    pipe_cells,
    piped_row,
    spaced_row,
    surplus,
    under_headers,
    words_of,
)
from archdsl.native.heading import header_cells, lies
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.table.roles import CLAIMS, SIZE, holds_layers, plain_columns, role_of
from archdsl.text.grid import COMMA, Bound, Cell, Grid, GridBlock, GridRow, GridSetting, Part, Sheet, Tables

if TYPE_CHECKING:
    from archdsl.kept import Kept

MAX_LINE: Final = 200_000  # no row is so long: such a line is not divided into cells
_COMMENT = re.compile(r"(?:^|(?<=\s))#(?=\s|$|[^\d\s])")
_CAPITAL = pattern(r"(?<=\d)\s?X(?=\s?\d)")  # `32X32`
_SET_OFF = pattern(r"\s\s|\t|\|")
_HASHED = re.compile(r"#[A-Za-z]\w*(?=\s|$|\|)")
_NEXT_PARAM = pattern(r",\s*(?=(?:param\s+)?[^\W\d]\w*\s*[=:])")
_SETTING = re.compile(r"\s*([A-Za-z][\w-]*)(\s*[=:]\s*|\s+|\s*$)")
_ASSIGNED = re.compile(r"\s*([A-Za-z][\w-]*)\s*=")
_PARAMS = pattern(r",(?=\s*param\s)", re.IGNORECASE)
_NUMBERED = pattern(r"\s\d+:?\s")  # a number that may count the rows: `Conv 2`
_OPENING = " \t|"  # what may stand before the first cell of a row
_BLOCK = re.compile(
    r"(?:block\s+(?=[\w-]+\s*\(|[A-Za-z][\w-]*\s*(?:also\b|=|$))"
    r"|(layer)\s+(?=[A-Za-z][\w-]*\s*(?:\([^()]*\)\s*)?:.*(?:->|→)))"
)
# Settings whose value is a text of its own: commas in it separate no further settings.
WHOLE = ("param", "read", "variant", "columns", "source", "each-row", "append", "recognise", "outputs")


class NativeReader:
    """Reads line by line; `is_key` and `is_layer_word` tell settings and layers from names of rows."""

    def __init__(
        self,
        source: Source,
        is_key: Callable[[str], bool],
        looks_like_key: Callable[[str], bool],
        is_layer_word: Callable[[str], bool],
    ) -> None:
        self.source = source
        self.is_key = is_key
        self.looks_like_key = looks_like_key
        self.is_layer_word = is_layer_word
        self.rows: list[GridRow] = []
        self.settings: list[GridSetting] = []
        self.columns: dict[str, int] | None = None
        self.width = 3
        self.blocks: list[GridBlock] = []
        self.block: tuple[Cell, list[Cell]] | None = None
        self.own = False  # whether that one is a layer which the file declares
        self.headers: list[Cell] = []
        self.claims: list[Bound] = []
        self.titles: list[Bound] = []  # of rows of claims, and rows of the input
        self.sheet: list[tuple[Cell, ...]] | None = None
        self.surplus: list[Span] = []  # of rows of the sheet
        self.single = False  # whether single spaces part the headers
        self.kept: Kept | None = None  # rows of the text before its last edit

    def read(self, name: str, limit: int) -> Tables:
        """Read the source; stop after `limit` + 1 rows."""
        text = self.source.clean
        at = 0
        while at < len(text) and len(self.rows) <= limit:
            stop = text.find("\n", at)
            stop = len(text) if stop < 0 else stop
            self._line(text[at:stop], at)
            at = stop + 1
        self._end_block()
        if not self.rows and not self.settings and not self.blocks and not self.sheet:
            return Tables((), 0)
        grid = Grid(
            name,
            tuple(self.settings),
            tuple(self.rows),
            Span(0, len(text)),
            (),
            tuple(self.blocks),
            claims=tuple(self.claims),
            headers=tuple(self.headers),
            passed=tuple(self.titles),
        )
        return Tables(self._sheet_grids(grid) if self.sheet is not None else (grid,), 0)

    def read_lines(self, lines: list[Cell]) -> Grid:
        """Read lines that stand elsewhere, in a comment of a document."""
        for line in lines:
            self._line(line.text.rstrip(), line.start)
        self._end_block()
        end = lines[-1].span.end if lines else 0
        return Grid(
            "",
            tuple(self.settings),
            tuple(self.rows),
            Span(lines[0].start if lines else 0, end),
            (),
            tuple(self.blocks),
        )

    def _sheet_grids(self, grid: Grid) -> tuple[Grid, ...]:
        """Return the networks of a table with further columns, each with the settings and blocks of the
        file."""
        from archdsl.table.bands import with_settings
        from archdsl.table.columns import sheet_grids

        rows = (tuple(self.headers), *(self.sheet or ()))
        sheet = Sheet(grid.name, rows, 1, grid.span)
        found = sheet_grids(self.source, sheet, grid.settings, self.own_headers())
        found = with_settings(
            tuple(one._replace(rows=(*one.rows, *self.rows)) for one in found), grid.settings, grid.blocks
        )
        return tuple(map(self._with_surplus, found)) or (grid,)

    def _with_surplus(self, grid: Grid) -> Grid:
        """Recognise rows of the cells that stand beyond the last header."""
        if not self.surplus:
            return grid
        rows = list(grid.rows)
        for span in self.surplus:
            at = max((i for i, row in enumerate(rows) if row.span.start <= span.start), default=None)
            if at is not None:
                rows[at] = rows[at]._replace(surplus=span)
        return grid._replace(rows=tuple(rows))

    def _line(self, line: str, start: int) -> None:
        if "#" in line:
            line = self._uncommented(line)
        line = line.rstrip()  # blanks at its end set nothing off
        if not line:
            return
        if "X" in line:
            line = _CAPITAL.sub(lambda match: match[0].lower(), line)
        if self._of_block(line, start) or not line.strip("-=|+: \t"):
            return
        if len(line) > MAX_LINE:
            self._whole(Cell(line, start))
            return
        if self._header(line, start) or self._setting(line, start):
            return
        if self.sheet is not None:
            self.sheet.append(self._columned(line, start))
            return
        piped = has_pipe(line)
        self._row(self._divided(line, start, piped), piped)

    def _divided(self, line: str, start: int, piped: bool) -> GridRow:
        """Divide a row into its cells."""
        make = partial(self._piped if piped else self._spaced, line, start)
        if self.kept is None:
            return make()
        under = tuple(self.columns.items()) if self.columns else ()
        number = len(self.rows) if _NUMBERED.search(line) else -1
        return self.kept.plain("line", (line, start, number, under, self.width, len(self.headers)), make)

    def _piped(self, line: str, start: int) -> GridRow:
        return piped_row(line, start, self.columns, self.width, len(self.headers))

    def _spaced(self, line: str, start: int) -> GridRow:
        return spaced_row(line, start, self.is_layer_word, len(self.rows) + 1)

    def own_headers(self) -> frozenset[str]:
        """Return the headers that blocks list for their parameters."""
        if not self.blocks:
            return frozenset()
        from archdsl.table.owned import listed_headers

        return listed_headers(tuple(self.blocks))

    def _whole(self, cell: Cell) -> None:
        """Take a line as one cell, to be refused for its length where rows are parsed."""
        empty = Cell("", cell.start)
        self.rows.append(GridRow(empty, empty, (Part(cell),), cell.span))

    def _row(self, row: GridRow, piped: bool) -> None:
        """Add a row under the header: a printed count (`FLOPs`), more of the row above (name and size left
        empty), or a new one."""
        role = role_of(row.name.text) if self.headers else None
        if role in CLAIMS and not holds_layers([row.structure.text]) and not row.size.text.strip():
            self.claims.append(Bound(role or "", row.name.text.strip(), row.structure))
            self.titles.append(Bound(role or "", "", row.name))
        elif piped and (setting := _input(row)):
            self.titles += [Bound("input", "", cell) for cell in (row.name, row.size)]
            numbers = [
                re.findall(r"\d+", one.value.text) for one in self.settings if one.key.text.lower() == "input"
            ]
            if re.findall(r"\d+", setting.value.text) not in numbers:  # another one is told as set twice
                self.settings.append(setting)
        elif piped and self.headers and self.rows and _goes_on(row):
            above = self.rows[-1]
            self.rows[-1] = above._replace(
                parts=(*above.parts, *row.parts), span=Span(above.span.start, row.span.end)
            )
        else:
            self.rows.append(row)

    def _uncommented(self, line: str) -> str:
        """Cut a comment off; `#out` above the rows is the header of a column."""
        for comment in _COMMENT.finditer(line):
            at = comment.start()
            cell = self._is_header(line, at) if self._above else self._is_named_row(line, at)
            if not cell:
                return line[:at]
        return line

    @property
    def _above(self) -> bool:
        """Return whether no row was read yet."""
        return not self.rows and self.sheet is None

    def _is_header(self, line: str, at: int) -> bool:
        """Return whether `#` begins a header, `# bits` between pipes or `#out` among other headers, and no
        comment."""
        if self._is_named_row(line, at):
            return True
        if line[:at].rstrip().endswith("|") and ("|" in line[at:] or role_of(line[at:]) is not None):
            return True
        if not line[:at].strip() and not _SET_OFF.search(line, at):
            return False  # a sentence
        word = _HASHED.match(line, at)
        return (
            bool(word and role_of(word[0])) and header_cells(line, 0, False, self.is_layer_word) is not None
        )

    def _is_named_row(self, line: str, at: int) -> bool:
        """Return whether `#` begins the name of a row: `# params. | 25.5M`, or one of a table whose headers
        stand in its first column."""
        if len(self.headers) < 2 or line.count("|") + 1 < len(self.headers) or line[:at].strip(_OPENING):
            return False
        role = role_of(_first_cell(line))
        return role in CLAIMS or (role is not None and len(self.headers) > 2 and lies(self.headers))

    def _of_block(self, line: str, start: int) -> bool:
        """Take the first line of a block definition, and the indented lines after it."""
        match = _BLOCK.match(line)
        if match:
            self._end_block()
            self.block = (Cell(line[match.end() :].rstrip(), start + match.end()), [])
            self.own = match[1] is not None
            return True
        if self.block is None:
            return False
        if line[0] in " \t":
            self.block[1].append(Cell(line.rstrip(), start))
            return True
        self._end_block()
        return False

    def _end_block(self) -> None:
        if self.block:
            head, lines = self.block
            end = (lines[-1] if lines else head).span.end
            self.blocks.append(
                GridBlock(
                    head,
                    tuple(lines),
                    Span(self.source.starts[self.source.position(head.start)[0] - 1], end),
                    self.own,
                )
            )
        self.block = None

    def _columned(self, line: str, start: int) -> tuple[Cell, ...]:
        """Split a row under a header: by pipes, else by gaps."""
        count = len(self.headers)
        if has_pipe(line):
            cells = pipe_cells(line, start, count)
            further = surplus(cells, count)
            if further:
                self.surplus.append(further)
            return tuple(cells[:count]) + (Cell("", start + len(line)),) * (count - len(cells))
        pieces = gap_cells(line, start)
        if len(pieces) == 1 and self.single:
            return self._worded(words_of(line, start), count)
        if len(pieces) == 1 and not any(
            role_of(header.text) in ("name", "size", "input") for header in self.headers
        ):
            return tuple(pieces) * count  # one layer across all columns
        left = self.source.starts[self.source.position(self.headers[0].start)[0] - 1]
        return under_headers(line, start, [header.start - left for header in self.headers])

    def _worded(self, words: list[Cell], count: int) -> tuple[Cell, ...]:
        """Take each word for a cell, under headers in single spaces."""
        further = surplus(words, count)
        if further:
            self.surplus.append(further)
        return (*words[:count], *[Cell("", words[-1].span.end)] * (count - len(words)))

    def _setting(self, line: str, start: int) -> bool:
        match = _SETTING.match(line)
        if not match or has_pipe(line):
            return False
        key = match[1].lower()
        known = self.is_key(key)
        if not known and not _ASSIGNED.match(line) and not self._misspelt(key, line, match.end()):
            return False
        if key == "param":
            return self._parameters(line, start)
        at = 0
        parts = (
            _PARAMS.split(line)
            if key == "param"
            else [line]
            if key in WHOLE or not known
            else COMMA.split(line)
        )
        for part in parts:
            self._one_setting(part, start + at)
            at += len(part) + 1
        return True

    def _parameters(self, line: str, start: int) -> bool:
        """Take `param a = 24, b = 2` as a setting for each."""
        at = 0
        for further in _NEXT_PARAM.finditer(line):
            self._one_setting(line[at : further.start()], start + at, "param")
            at = further.end()
        self._one_setting(line[at:], start + at, "param")
        return True

    def _misspelt(self, key: str, line: str, rest: int) -> bool:
        """Recognise a misspelt setting above the rows; a size or a bracket after the word makes it a row."""
        a_row = SIZE.match(line, rest) or "[" in line
        return self._above and not a_row and self.looks_like_key(key)

    def _one_setting(self, part: str, start: int, key: str = "") -> None:
        """Take a setting; where its key is not the first word of the part, it stands in front of the line."""
        match = _SETTING.match(part)
        if key and match and match[1].lower() != key:
            self.settings.append(self.settings[-1]._replace(value=Cell(part, start)))
        elif match:
            self.settings.append(
                GridSetting(
                    Cell(match[1], start + match.start(1)), Cell(part[match.end() :], start + match.end())
                )
            )
        else:
            self.settings.append(GridSetting(Cell(part.strip(), start), Cell("", start + len(part))))

    def _is_setting(self, first: Cell, second: Cell) -> bool:
        """Return whether two cells are a setting and its value: `bias  no`."""
        return self.is_key(first.text.lower()) and role_of(second.text) != "structure"

    def _header(self, line: str, start: int) -> bool:
        said = _ASSIGNED.match(line) or line.split(None, 1)[0].lower() in WHOLE
        if self.rows or self.sheet is not None or said:
            return False
        overridden = any(setting.key.text.lower() == "columns" for setting in self.settings)
        cells = header_cells(line, start, overridden, self.is_layer_word)
        if cells is None or (len(cells) == 2 and "|" not in line and self._is_setting(*cells)):
            return False
        own = {cell.text.strip().lower() for cell in cells} & self.own_headers()
        self.columns = None if own else plain_columns([cell.text for cell in cells])
        self.width = len(cells)
        self.headers = cells
        self.single = "|" not in line and len(gap_cells(line, start)) == 1
        if self.columns is None:
            self.sheet = []
        return True


def _goes_on(row: GridRow) -> bool:
    """Return whether a row holds more layers of the one above it."""
    return not row.name.text.strip() and not row.size.text.strip()


def _first_cell(line: str) -> str:
    return line.lstrip(_OPENING).partition("|")[0]


def _input(row: GridRow) -> GridSetting | None:
    """Return the setting that the row `Input | 32x32x3 |` is."""
    if row.structure.text.strip() or row.name.text.strip()[:5].lower() not in ("input", "image"):
        return None
    from archdsl.table.inputs import named_input

    return named_input(row.name, row.size)
