"""What every reader makes: tables as rows of cells by role, with places in the source."""

from typing import NamedTuple

from archdsl.source import Span


class Cell(NamedTuple):
    """A cell's text, cleaned in place: the character at `i` stands at `start + i` of the source."""

    text: str
    start: int

    @property
    def span(self) -> Span:
        """Give the place of the text without the white space around it."""
        left = len(self.text) - len(self.text.lstrip())
        return Span(self.start + left, self.start + max(left, len(self.text.rstrip())))


class GridRow(NamedTuple):
    """One row: the cells that have a role; `surplus` are the cells beyond the table's columns."""

    name: Cell
    size: Cell
    structure: Cell
    span: Span
    surplus: Span | None = None


class GridSetting(NamedTuple):
    """A settings line, `key value`."""

    key: Cell
    value: Cell


class Grid(NamedTuple):
    """One table as found; `unread` are the headers of columns that have no role."""

    name: str
    settings: tuple[GridSetting, ...]
    rows: tuple[GridRow, ...]
    span: Span
    unread: tuple[Cell, ...] = ()


class Tables(NamedTuple):
    """All the tables of a file; `seen` counts those passed over because nothing in them is a layer."""

    grids: tuple[Grid, ...]
    seen: int
