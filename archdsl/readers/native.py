"""A `.arch` text -> grids: settings, block definitions, comments, and rows in single spaces, aligned columns or pipes."""

import re
from collections.abc import Callable

from archdsl.readers.grid import COMMA, Bound, Cell, Grid, GridBlock, GridRow, GridSetting, Part, Sheet, Tables
from archdsl.readers.roles import CLAIMS, SIZE, holds_layers, is_data, plain_columns, role_of
from archdsl.readers.window import is_window
from archdsl.source import Source, Span

_COMMENT = re.compile(r"(?:^|(?<=\s))#(?=\s|$|[^\d\s])")
_HASHED = re.compile(r"#[A-Za-z]\w*(?=\s|$|\|)")
_SETTING = re.compile(r"\s*([A-Za-z][\w-]*)(\s*[=:]\s*|\s+|\s*$)")
_ASSIGNED = re.compile(r"\s*([A-Za-z][\w-]*)\s*=")
_GAP = re.compile(r"\s{2,}|\t")
_LENGTH = re.compile(r"\d+(?=\s{2,}|\t)")  # one number is a size (of one axis, or of a square) where it is set off
_WORD = re.compile(r"\S+")
_BLOCK = re.compile(r"block\s+(?=[\w-]+\s*\(|[A-Za-z][\w-]*\s*(?:also\b|=|$))")
# Settings whose value is a text of its own: commas in it separate no further settings.
WHOLE = ("param", "read", "variant", "columns", "source", "each-row", "append", "recognise")


class NativeReader:
    """Reads line by line; `is_key` and `is_layer_word` tell settings and layers from names of rows."""

    def __init__(
        self, source: Source, is_key: Callable[[str], bool], looks_like_key: Callable[[str], bool], is_layer_word: Callable[[str], bool]
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
        self.headers: list[Cell] = []
        self.claims: list[Bound] = []
        self.sheet: list[tuple[Cell, ...]] | None = None
        self.surplus: list[Span] = []  # of rows of the sheet

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
        )
        return Tables(self._sheet_grids(grid) if self.sheet is not None else (grid,), 0)

    def read_lines(self, lines: list[Cell]) -> Grid:
        """Read lines that stand elsewhere, in a comment of a document."""
        for line in lines:
            self._line(line.text.rstrip(), line.start)
        self._end_block()
        end = lines[-1].span.end if lines else 0
        return Grid("", tuple(self.settings), tuple(self.rows), Span(lines[0].start if lines else 0, end), (), tuple(self.blocks))

    def _sheet_grids(self, grid: Grid) -> tuple[Grid, ...]:
        """Give the networks of a table with further columns, each with the settings and blocks of the file."""
        from archdsl.readers.bands import with_settings
        from archdsl.readers.columns import sheet_grids

        rows = (tuple(self.headers), *(self.sheet or ()))
        found = sheet_grids(self.source, Sheet(grid.name, rows, 1, grid.span), grid.settings)
        found = with_settings(found, grid.settings, grid.blocks)
        return tuple(map(self._with_surplus, found)) or (grid,)

    def _with_surplus(self, grid: Grid) -> Grid:
        """Tell rows of the cells that stand beyond the last header."""
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
        if not line.strip():
            return
        if self._of_block(line, start) or not line.strip("-=|+: \t"):
            return
        if self._header(line, start) or self._setting(line, start):
            return
        if self.sheet is not None:
            self.sheet.append(self._columned(line, start))
            return
        self._row(self._piped(line, start) if "|" in line else self._spaced(line, start), "|" in line)

    def _row(self, row: GridRow, piped: bool) -> None:
        """Add a row under the header: a printed count (`FLOPs`), more of the row above (name and size left empty), or a new one."""
        role = role_of(row.name.text) if self.headers else None
        if role in CLAIMS and not holds_layers([row.structure.text]) and not row.size.text.strip():
            self.claims.append(Bound(role or "", row.name.text.strip(), row.structure))
        elif piped and self.headers and self.rows and not row.name.text.strip() and not row.size.text.strip():
            above = self.rows[-1]
            self.rows[-1] = above._replace(parts=(*above.parts, *row.parts), span=Span(above.span.start, row.span.end))
        else:
            self.rows.append(row)

    def _uncommented(self, line: str) -> str:
        """Cut a comment off; `#out` above the rows is the header of a column."""
        counts = self.sheet is not None and "|" in line and role_of(line.split("|", maxsplit=1)[0]) in ("params", "macs", "depth")
        for comment in _COMMENT.finditer(line):
            if counts and not line[: comment.start()].strip():
                continue  # `# params. | 25.5M` is a row of the table
            header = _HASHED.match(line, comment.start())
            if self._is_lying(line, comment.start()):
                return line
            if self._is_header_cell(line, comment.start()):
                continue
            if self.rows or self.sheet or not header or role_of(header[0]) is None:
                return line[: comment.start()]
        return line

    def _is_header_cell(self, line: str, at: int) -> bool:
        """Tell the header `# bits` between pipes, above the rows, from a comment behind them."""
        above = not self.rows and self.sheet is None and line[:at].rstrip().endswith("|")
        return above and ("|" in line[at:] or role_of(line[at:]) is not None)

    def _is_lying(self, line: str, at: int) -> bool:
        """Tell the row `# filters | 16 | 32` of a table whose headers stand in its first column."""
        lying = len(self.headers) > 2 and _lies(self.headers, role_of(self.headers[0].text))
        whole = line.count("|") + 1 >= len(self.headers) and not line[:at].strip()
        return lying and whole and role_of(line.split("|", maxsplit=1)[0]) is not None

    def _of_block(self, line: str, start: int) -> bool:
        """Take the first line of a block definition, and the indented lines after it."""
        match = _BLOCK.match(line)
        if match:
            self._end_block()
            self.block = (Cell(line[match.end() :].rstrip(), start + match.end()), [])
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
            self.blocks.append(GridBlock(head, tuple(lines), Span(self.source.starts[self.source.position(head.start)[0] - 1], end)))
        self.block = None

    def _columned(self, line: str, start: int) -> tuple[Cell, ...]:
        """Split a row under a header: by pipes, else by gaps; blank cells are told by where the others stand."""
        if "|" in line:
            cells = pipe_cells(line, start, len(self.headers))
            further = surplus(cells, len(self.headers))
            if further:
                self.surplus.append(further)
            return tuple(cells[: len(self.headers)]) + (Cell("", start + len(line)),) * (len(self.headers) - len(cells))
        pieces = _gap_cells(line, start)
        if len(pieces) == len(self.headers):
            return tuple(pieces)
        if len(pieces) == 1 and not any(role_of(header.text) in ("name", "size", "input") for header in self.headers):
            return tuple(pieces) * len(self.headers)  # one layer across all columns
        first = self.headers[0].start
        columns = [header.start - self.source.starts[self.source.position(first)[0] - 1] for header in self.headers]
        cells = [Cell("", start + len(line))] * len(columns)
        for piece in pieces:
            at = piece.start - start
            column = max((i for i, left in enumerate(columns) if left <= at + 1), default=0)
            joined = cells[column]
            cells[column] = piece if not joined.text else Cell(line[joined.start - start : at + len(piece.text)], joined.start)
        return tuple(cells)

    def _setting(self, line: str, start: int) -> bool:
        match = _SETTING.match(line)
        if not match or "|" in line:
            return False
        key = match[1].lower()
        known = self.is_key(key)
        if not known and not _ASSIGNED.match(line) and not self._misspelt(key, line, match.end()):
            return False
        at = 0
        parts = [line] if key in WHOLE or not known else COMMA.split(line)
        for part in parts:
            self._one_setting(part, start + at)
            at += len(part) + 1
        return True

    def _misspelt(self, key: str, line: str, rest: int) -> bool:
        """Tell a misspelt setting above the rows; a size or a bracket after the word makes it a row."""
        return not self.rows and self.sheet is None and not SIZE.match(line, rest) and "[" not in line and self.looks_like_key(key)

    def _one_setting(self, part: str, start: int) -> None:
        match = _SETTING.match(part)
        if match:
            self.settings.append(GridSetting(Cell(match[1], start + match.start(1)), Cell(part[match.end() :], start + match.end())))
        else:
            self.settings.append(GridSetting(Cell(part.strip(), start), Cell("", start + len(part))))

    def _header(self, line: str, start: int) -> bool:
        if self.rows or self.sheet is not None or _ASSIGNED.match(line) or line.split(None, 1)[0].lower() in WHOLE:
            return False
        cells = pipe_cells(line, start) if "|" in line else _gap_cells(line, start)
        # `block type = B(3,3)` beside two known headers is one; a line of settings has `=` in all its cells.
        if "=" in line and sum("=" not in cell.text and role_of(cell.text) is not None for cell in cells) < 2:
            return False
        if any(cell.text.strip() == "-" for cell in cells):
            return False  # the size of a row, no header
        single = len(cells) == 1
        if single:
            cells = [Cell(match[0], start + match.start()) for match in _WORD.finditer(line)]
        known = [role_of(cell.text) for cell in cells]
        if single and (None in known or not {"size", "input", "structure"} & set(known)):
            return False
        overridden = any(setting.key.text.lower() == "columns" for setting in self.settings) and "|" in line
        count = len(set(known) - {None})
        enough = 2 if "|" in line and known[0] in ("size", "input") else 3
        named = count == 1 and len(cells) >= enough and "=" not in line and not any(is_data(cell.text) for cell in cells)
        named = named or ("|" in line and len(cells) > 2 and all(self._network_name(cell.text) for cell in cells))
        if len(cells) < 2 or (count < 2 and not overridden and not named and not _lies(cells, known[0])):
            return False
        self.columns = plain_columns([cell.text for cell in cells])
        self.width = len(cells)
        self.headers = cells
        if self.columns is None:
            self.sheet = []
        return True

    def _network_name(self, text: str) -> bool:
        """Tell the name of a network, above its column, from a cell of the body: words that are no layer's."""
        plain = text.strip() != "" and not any(mark in text for mark in "([,;/") and len(text.split()) <= 4
        return plain and not is_data(text) and not self.is_layer_word(text.strip())

    def _piped(self, line: str, start: int) -> GridRow:
        cells = pipe_cells(line, start, len(self.headers))
        empty = Cell("", start + len(line))
        columns = self.columns or {"name": 0, "size": 1, "structure": 2}
        name, size, structure = (
            cells[columns[role]] if columns.get(role, len(cells)) < len(cells) else empty for role in ("name", "size", "structure")
        )
        if not self.columns and len(cells) < 3:
            structure = cells[-1]
            size = empty
            name = cells[0] if len(cells) == 2 else empty
            if SIZE.fullmatch(name.text.strip()):
                name, size = empty, name
        return GridRow(name, size, (Part(structure),), _trim(line, start), surplus(cells, self.width))

    def _spaced(self, line: str, start: int) -> GridRow:
        at = len(line) - len(line.lstrip())
        name_end = self._name_end(line, at)
        size_at = name_end + len(line[name_end:]) - len(line[name_end:].lstrip())
        size = SIZE.match(line, size_at) or (_LENGTH.match(line, size_at) if name_end > at else None)
        window = size is not None and is_window(size.group(), line[size.end() :])
        if size and (window or line[size.end() :].lstrip()[:1] in (",", "/")):
            size = None
        if size is None and not window and name_end > at and not self._set_off(line, at, name_end):
            name_end = size_at = at
        rest = size.end() if size else size_at
        return GridRow(
            Cell(line[at:name_end], start + at),
            Cell(size.group(), start + size_at) if size else Cell("", start + rest),
            (Part(Cell(line[rest:], start + rest)),),
            _trim(line, start),
        )

    def _name_end(self, line: str, at: int) -> int:
        """Find where the row's name ends; `at` where it has none."""
        word = _WORD.match(line, at)
        if word is None or line[at] in "[(/-" or SIZE.match(line, at):
            return at
        gap = _GAP.search(line, at)
        if (
            gap
            and gap.end() < len(line)
            and not any(mark in line[at : gap.start()] for mark in ",;[]=/")
            and len(line[at : gap.start()].split()) <= 3
        ):
            first = line[at : gap.start()]
            if not SIZE.search(first):
                return gap.start()
        return word.end()

    def _set_off(self, line: str, at: int, name_end: int) -> bool:
        """Without a size, a name is told from a layer by two spaces after it, or by being no word of a layer."""
        rest = line[name_end:]
        if not rest.strip():
            return False
        if _GAP.match(rest):
            return True
        return not self.is_layer_word(line[at:]) and line[name_end - 1] not in ",;" and line[at].isalpha()


def pipe_cells(line: str, start: int, width: int = 0) -> list[Cell]:
    """Split at pipes; those around the row are left out, unless they are needed for a row of that many cells."""
    cells, at = [], start
    for text in line.split("|"):
        cells.append(Cell(_unmarked(text), at))
        at += len(text) + 1
    outer = line.rstrip().endswith("|") or width  # pipes around a row come in pairs: one alone ends an empty cell
    if not cells[0].text.strip() and len(cells) > max(width, 1) and line.lstrip().startswith("|") and outer:
        cells = cells[1:]
    if len(cells) > max(width, 1) and not cells[-1].text.strip() and line.rstrip().endswith("|"):
        cells = cells[:-1]
    return cells


def _gap_cells(line: str, start: int) -> list[Cell]:
    cells, at = [], 0
    for gap in _GAP.finditer(line):
        if line[at : gap.start()].strip():
            cells.append(Cell(line[at : gap.start()], start + at))
        at = gap.end()
    return [*cells, Cell(line[at:], start + at)] if line[at:].strip() else cells


def _lies(cells: list[Cell], role: str | None) -> bool:
    """Tell the first row of a table whose headers stand in its first column: `output map size  32x32  16x16`."""
    return role in ("size", "input") and len(cells) > 2 and all(SIZE.fullmatch(cell.text.strip()) for cell in cells[1:])


def surplus(cells: "list[Cell] | tuple[Cell, ...]", columns: int) -> Span | None:
    """Give the place of the cells beyond the table's columns; None where there are none."""
    further = [cell.span for cell in cells[columns:] if cell.text.strip()]
    return Span(further[0].start, further[-1].end) if further else None


def _unmarked(text: str) -> str:
    """A row cut out of a Markdown table keeps its bold marks and line breaks."""
    if not any(mark in text for mark in ("**", "<", "$", "`")):
        return text
    from archdsl.readers.markup import plain

    return plain(text)


def _trim(line: str, start: int) -> Span:
    return Span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
