"""What every reader makes: tables as rows of cells by role, with places in the source."""

from collections.abc import Callable

from archdsl.diagnostics import Diagnostic
from archdsl.light import Any, NamedTuple
from archdsl.patterns import pattern
from archdsl.source import Source, Span

# Between settings, whose keys begin with a letter: not the comma of `61,706` or `0,22K`, nor those of
# `variance_scaling(2, fan_out)`.
COMMA = pattern(r",(?!\s*\d)(?![^()]{0,60}\))")

# a longer number is out of every range; Python takes quadratic time for it, and refuses thousands of digits
_DIGITS = 18


def natural(digits: str) -> int:
    """Return the number that a text of digits is; of more than 18 the first ones."""
    return int(digits[:_DIGITS])


class Cell(NamedTuple):
    """A cell's text without markup, and where its characters stand.

    Text that was cleaned in place needs no map: the character at `i` stands at `start + i` of the source.
    Otherwise `offsets` has the place of every character and, last, of the end. A merged cell covers `rows` x
    `columns` positions.
    """

    text: str
    start: int
    offsets: tuple[int, ...] = ()
    rows: int = 1
    columns: int = 1

    def place(self, start: int, stop: int) -> Span:
        """Return the place in the source of `text[start:stop]`."""
        if not self.offsets:
            return Span(self.start + start, self.start + stop)
        first = self.offsets[start]
        if stop > start and self.offsets[stop - 1] < first:  # a size that was turned
            return Span(min(self.offsets[start:stop]), max(self.offsets[start:stop]) + 1)
        return Span(first, self.offsets[stop - 1] + 1 if stop > start else first)

    def part(self, start: int, stop: int) -> "Cell":
        """Return a part of the text as a cell."""
        if not self.offsets:
            return Cell(self.text[start:stop], self.start + start)
        return Cell(self.text[start:stop], self.offsets[start], self.offsets[start : stop + 1])

    @property
    def span(self) -> Span:
        """Return the place of the text without the white space around it."""
        if self.text.strip() == self.text:
            return self.place(0, len(self.text))
        left = len(self.text) - len(self.text.lstrip())
        return self.place(left, max(left, len(self.text.rstrip())))


def joined(a: Cell, b: Cell) -> Cell:
    """Put two texts together, each character where it stands."""
    place_a = a.offsets or tuple(range(a.start, a.start + len(a.text) + 1))
    place_b = b.offsets or tuple(range(b.start, b.start + len(b.text) + 1))
    return Cell(a.text + b.text, a.start, place_a[:-1] + place_b)


def cut_off(whole: Cell, kept: Cell) -> tuple[Cell, ...]:
    """Return the pieces of a text that another one, made of it, does not have."""
    places = {kept.place(at, at + 1).start for at in range(len(kept.text))}
    gone = [whole.place(at, at + 1).start not in places for at in range(len(whole.text))]
    edges = [at for at in range(len(gone) + 1) if (at < len(gone) and gone[at]) != (at > 0 and gone[at - 1])]
    return tuple(whole.part(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True))


class Sheet(NamedTuple):
    """One table of a document as its form has it, before columns have roles.

    `rows` are equally long; a merged cell stands, as the same object, at every position that it covers.
    `header` is the number of leading rows that the form itself marks as header (0 where it marks none).
    `problems` are what is wrong with this table: they concern its reader only where the table describes a
    network. `settings` are what the form says of it.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    header: int
    span: Span
    caption: Cell | None = None
    problems: tuple[Diagnostic, ...] = ()
    settings: "tuple[GridSetting, ...]" = ()


class Bound(NamedTuple):
    """A cell under a column whose role is a property of the row's operator: `role` is canonical (`channels`),
    or empty where only the header's own words say what it is."""

    role: str
    header: str
    cell: Cell


class Part(NamedTuple):
    """What one printed row says of layers: its structure cell, and the cells of other columns that belong to
    it."""

    structure: Cell
    bound: tuple[Bound, ...] = ()


class GridRow(NamedTuple):
    """One stage: its cells by role; `surplus` are the cells beyond the table's columns.

    Several printed rows make one stage where a merged cell or a brace joins them; `repeat` is the brace's
    count. `incoming` is the size of the input, where the table prints that; `claims` are counts printed of
    this row. `around` are the operators of all rows that a brace beside the first one is read to go around,
    where only sizes say so. `stands` is how many rows a row stands for by the numbers of its name. `passed`
    are cells and pieces of cells that nothing is made of, under a role that says why (`ordinal`).
    """

    name: Cell
    size: Cell
    parts: tuple[Part, ...]
    span: Span
    surplus: Span | None = None
    repeat: Cell | None = None
    incoming: Cell | None = None
    claims: tuple[Bound, ...] = ()
    around: tuple[Cell, ...] = ()
    stands: int = 0
    passed: tuple[Bound, ...] = ()

    @property
    def structure(self) -> Cell:
        """Return the structure cell (of the first printed row)."""
        return self.parts[0].structure


class GridSetting(NamedTuple):
    """A settings line, `key value`."""

    key: Cell
    value: Cell


class GridBlock(NamedTuple):
    """A definition: the cell after the word `block`, or `layer` for one of the file's own, and its indented
    lines."""

    head: Cell
    lines: tuple[Cell, ...]
    span: Span
    own: bool = False


class Remark(NamedTuple):
    """Something to tell of a table, should it be a network's: a message and what it is about."""

    message: Callable[..., Diagnostic]
    about: tuple[Any, ...]

    def told(self, source: Source) -> Diagnostic:
        """Return the message."""
        return self.message(source, *self.about)


class Grid(NamedTuple):
    """One network of a table as found; `unread` are the headers of columns that have no role.

    `column` is the header of the structure column, where the table has several (`18-layer`); `headers` are
    the cells above the columns. `sheet` is the table that the network was read from, where it has roles for
    its columns; `notes` are what is told of how it was read, `printed` the rows of its header and the others,
    upright, before anything is made of them; `others` are the columns of the other networks, `passed` what
    was taken out of the rows because nothing is made of it.
    """

    name: str
    settings: tuple[GridSetting, ...]
    rows: tuple[GridRow, ...]
    span: Span
    unread: tuple[Cell, ...] = ()
    blocks: tuple[GridBlock, ...] = ()
    column: str = ""
    claims: tuple[Bound, ...] = ()
    headers: tuple[Cell, ...] = ()
    sheet: Sheet | None = None
    notes: tuple[Remark, ...] = ()
    printed: tuple[tuple[tuple[Cell, ...], ...], ...] = ((), ())
    others: tuple[int, ...] = ()
    passed: tuple[Bound, ...] = ()


class Tables(NamedTuple):
    """The networks of a file; `seen` counts the tables that are there, `passed` says of each that is no
    network's what it is."""

    grids: tuple[Grid, ...]
    seen: int
    passed: tuple[str, ...] = ()
