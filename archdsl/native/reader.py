"""A `.arch` text -> grids: settings, block definitions, comments, and rows in single spaces, aligned columns
or pipes."""

import re
from collections.abc import Callable
from functools import partial

from archdsl.light import TYPE_CHECKING, Final
from archdsl.native.divide import (
    comments,
    gap_cells,
    has_pipe,
    piped_row,
    sets_off,
    spaced_row,
)
from archdsl.native.heading import header_cells
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.table.roles import CLAIMS, SIZE, holds_layers, plain_columns, role_of
from archdsl.text.grid import COMMA, Bound, Cell, Grid, GridBlock, GridRow, GridSetting, Part, Tables

if TYPE_CHECKING:
    from archdsl.kept import Kept

MAX_LINE: Final = 200_000  # no row is so long: such a line is not divided into cells
_CAPITAL = pattern(r"(?<=\d)\s?X(?=\s?\d)")  # `32X32`
_NEXT_PARAM = pattern(r",\s*(?=(?:param\s+)?[^\W\d]\w*\s*[=:])")
_SETTING = pattern(r"\s*([A-Za-z][\w-]*)(\s*[=:]\s*|\s+|\s*$)")
_ASSIGNED = pattern(r"\s*([A-Za-z][\w-]*)\s*=")
_NUMBERED = pattern(r"\s\d+:?\s")  # a number that may count the rows: `Conv 2`
_OPENINGS = ("block", "layer")  # of blocks and of layers that the file declares
_BLOCK = pattern(
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
            self.line(text[at:stop], at)
            at = stop + 1
        self.end_block()
        if not self.rows and not self.settings and not self.blocks and not self.sheet:
            return Tables((), 0)
        read = tuple(self.settings), tuple(self.rows), Span(0, len(text)), (), tuple(self.blocks)
        claims, headers = tuple(self.claims), tuple(self.headers)
        grid = Grid(name, *read, claims=claims, headers=headers, passed=tuple(self.titles))
        if self.sheet is None:
            return Tables((grid,), 0)
        from archdsl.native.sheets import sheet_grids

        return Tables(sheet_grids(self, grid, self.sheet), 0)

    def line(self, line: str, start: int) -> None:
        """Read one line: a setting, a line of a block, a header, a row, or nothing."""
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
            empty, cell = Cell("", start), Cell(line, start)
            self.rows.append(GridRow(empty, empty, (Part(cell),), cell.span))
            return  # it is refused for its length where rows are parsed
        if self._header(line, start) or self._setting(line, start):
            return
        if self.sheet is not None:
            from archdsl.native.sheets import columned

            self.sheet.append(columned(self, line, start))
            return
        piped = has_pipe(line)
        self._row(self._divided(line, start, piped), piped)

    def _divided(self, line: str, start: int, piped: bool) -> GridRow:
        """Divide a row into its cells."""
        if piped:
            make = partial(piped_row, line, start, self.columns, self.width, len(self.headers))
        else:
            make = partial(spaced_row, line, start, self.is_layer_word, len(self.rows) + 1)
        if self.kept is None:
            return make()
        under = tuple(self.columns.items()) if self.columns else ()
        number = len(self.rows) if _NUMBERED.search(line) else -1
        return self.kept.plain("line", (line, start, number, under, self.width, len(self.headers)), make)

    def own_headers(self) -> frozenset[str]:
        """Return the headers that blocks list for their parameters."""
        if not self.blocks:
            return frozenset()
        from archdsl.table.owned import listed_headers

        return listed_headers(tuple(self.blocks))

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
        for at in comments(line):
            if not self._is_said(line, at):
                return line[:at]
        return line

    def _is_said(self, line: str, at: int) -> bool:
        """Return whether `#` begins a header or the name of a row, and no comment."""
        sentence = not line[:at].strip() and not sets_off(line[at:])
        if len(self.headers) < 2 and (sentence or not self._above):
            return False
        from archdsl.native.hashes import is_header, is_named_row

        if is_named_row(line, at, self.headers):
            return True
        return self._above and not sentence and is_header(line, at, self.is_layer_word)

    @property
    def _above(self) -> bool:
        """Return whether no row was read yet."""
        return not self.rows and self.sheet is None

    def _of_block(self, line: str, start: int) -> bool:
        """Take the first line of a block definition, and the indented lines after it."""
        match = _BLOCK.match(line) if line.startswith(_OPENINGS) else None
        if match:
            self.end_block()
            self.block = (Cell(line[match.end() :].rstrip(), start + match.end()), [])
            self.own = match[1] is not None
            return True
        if self.block is None:
            return False
        if line[0] in " \t":
            self.block[1].append(Cell(line.rstrip(), start))
            return True
        self.end_block()
        return False

    def end_block(self) -> None:
        """End the block definition that is read, if one is."""
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

    def _setting(self, line: str, start: int) -> bool:
        match = _SETTING.match(line)
        if not match or has_pipe(line):
            return False
        key = match[1].lower()
        known = self.is_key(key)
        if not known and not _is_assigned(line) and not self._misspelt(key, line, match.end()):
            return False
        if key == "param":
            return self._parameters(line, start)
        at = 0
        for part in [line] if key in WHOLE or not known else COMMA.split(line):
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
        said = _is_assigned(line) or line.split(None, 1)[0].lower() in WHOLE
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


def _is_assigned(line: str) -> bool:
    """Return whether a line begins with a word and `=`."""
    return "=" in line and _ASSIGNED.match(line) is not None


def _goes_on(row: GridRow) -> bool:
    """Return whether a row holds more layers of the one above it."""
    return not row.name.text.strip() and not row.size.text.strip()


def _input(row: GridRow) -> GridSetting | None:
    """Return the setting that the row `Input | 32x32x3 |` is."""
    if row.structure.text.strip() or row.name.text.strip()[:5].lower() not in ("input", "image"):
        return None
    from archdsl.table.inputs import named_input

    return named_input(row.name, row.size)
