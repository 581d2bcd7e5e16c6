"""A `.arch` text -> grid: settings, comments, and rows in single spaces, aligned columns or pipes."""

import re
from collections.abc import Callable

from archdsl.readers.grid import Cell, Grid, GridRow, GridSetting, Tables
from archdsl.readers.roles import SIZE, column_roles, role_of
from archdsl.source import Source, Span

_COMMENT = re.compile(r"(?:^|(?<=\s))#(?=\s|$|[^\d\s])")
_SETTING = re.compile(r"\s*([A-Za-z][\w-]*)(\s*[=:]\s*|\s+|\s*$)")
_ASSIGNED = re.compile(r"\s*([A-Za-z][\w-]*)\s*=")
_GAP = re.compile(r"\s{2,}|\t")
_LENGTH = re.compile(r"\d+(?=\s{2,}|\t)")  # one number is a size (of one axis, or of a square) where it is set off
_WORD = re.compile(r"\S+")


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
        self.unread: tuple[Cell, ...] = ()

    def read(self, name: str, limit: int) -> Tables:
        """Read the source; stop after `limit` + 1 rows."""
        text = self.source.clean
        at = 0
        while at < len(text) and len(self.rows) <= limit:
            stop = text.find("\n", at)
            stop = len(text) if stop < 0 else stop
            self._line(text[at:stop], at)
            at = stop + 1
        if not self.rows and not self.settings:
            return Tables((), 0)
        return Tables((Grid(name, tuple(self.settings), tuple(self.rows), Span(0, len(text)), self.unread),), 0)

    def _line(self, line: str, start: int) -> None:
        comment = _COMMENT.search(line) if "#" in line else None
        if comment:
            line = line[: comment.start()]
        if not line.strip() or not line.strip("-=|+: \t"):
            return
        if self._header(line, start) or self._setting(line, start):
            return
        self.rows.append(self._piped(line, start) if "|" in line else self._spaced(line, start))

    def _setting(self, line: str, start: int) -> bool:
        match = _SETTING.match(line)
        if not match or "|" in line:
            return False
        key = match[1].lower()
        known = self.is_key(key)
        if not known and not _ASSIGNED.match(line) and not self._misspelt(key, line, match.end()):
            return False
        at = 0
        parts = [line] if key == "param" or not known else line.split(",")
        for part in parts:
            self._one_setting(part, start + at)
            at += len(part) + 1
        return True

    def _misspelt(self, key: str, line: str, rest: int) -> bool:
        """Tell a misspelt setting above the rows; a size or a bracket after the word makes it a row."""
        return not self.rows and not SIZE.match(line, rest) and "[" not in line and self.looks_like_key(key)

    def _one_setting(self, part: str, start: int) -> None:
        match = _SETTING.match(part)
        if match:
            self.settings.append(GridSetting(Cell(match[1], start + match.start(1)), Cell(part[match.end() :], start + match.end())))
        else:
            self.settings.append(GridSetting(Cell(part.strip(), start), Cell("", start + len(part))))

    def _header(self, line: str, start: int) -> bool:
        cells = [cell.strip() for cell in (line.strip().strip("|").split("|") if "|" in line else _GAP.split(line.strip()))]
        if len(cells) == 1:
            cells = line.split()
        if self.rows or len(cells) < 2 or sum(role_of(cell) is not None for cell in cells) < 2:
            return False
        self.columns = column_roles(cells, [])
        if self.columns:
            unread = [cell for index, cell in enumerate(cells) if cell and index not in self.columns.values()]
            self.unread = tuple(Cell(cell, start + line.find(cell)) for cell in unread)
        self.width = len(cells)
        return True

    def _piped(self, line: str, start: int) -> GridRow:
        cells, at = [], start
        for text in line.split("|"):
            cells.append(Cell(_unmarked(text), at))
            at += len(text) + 1
        if not cells[0].text.strip() and len(cells) > 1 and line.lstrip().startswith("|"):
            cells = cells[1:]
        if len(cells) > 1 and not cells[-1].text.strip() and line.rstrip().endswith("|"):
            cells = cells[:-1]
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
        further = [cell.span for cell in cells[self.width :] if cell.text.strip()]
        surplus = Span(further[0].start, further[-1].end) if further else None
        return GridRow(name, size, structure, _trim(line, start), surplus)

    def _spaced(self, line: str, start: int) -> GridRow:
        at = len(line) - len(line.lstrip())
        name_end = self._name_end(line, at)
        size_at = name_end + len(line[name_end:]) - len(line[name_end:].lstrip())
        size = SIZE.match(line, size_at) or (_LENGTH.match(line, size_at) if name_end > at else None)
        if size and line[size.end() :].lstrip()[:1] in (",", "/"):
            size = None
        if size is None and name_end > at and not self._set_off(line, at, name_end):
            name_end = size_at = at
        rest = size.end() if size else size_at
        return GridRow(
            Cell(line[at:name_end], start + at),
            Cell(size.group(), start + size_at) if size else Cell("", start + rest),
            Cell(line[rest:], start + rest),
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
        return not self.is_layer_word(line[at:name_end].strip(",;")) and line[name_end - 1] not in ",;" and line[at].isalpha()


def _unmarked(text: str) -> str:
    """A row cut out of a Markdown table keeps its bold marks and line breaks."""
    if not any(mark in text for mark in ("**", "<", "$", "`")):
        return text
    from archdsl.readers.markup import plain

    return plain(text)


def _trim(line: str, start: int) -> Span:
    return Span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
