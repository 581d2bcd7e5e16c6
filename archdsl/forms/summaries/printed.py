"""Summaries in a text of any kind -> their rows of cells. What a value is says its column, or where it
stands.

Layer (type)                 Output Shape              Param #
=================================================================
global_average_pooling2d_1 ( (None, 8)                 0
"""

import re
from collections.abc import Iterator

from archdsl.lang.summaries import COLUMNS, PASSED_OVER
from archdsl.light import Final, NamedTuple
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.text.grid import Cell

MAX_LINE: Final = 2_000
MAX_ROWS: Final = 20_000
TOTAL: Final = pattern(r"total params\s*:\s*([\d,]+).*", re.IGNORECASE)
SIGNS: Final = " \t#/*%>;"
_HEADER = pattern(r"\blayer ?\(type", re.IGNORECASE)
_WORDS = "|".join(re.escape(word) for word in sorted((*COLUMNS, *PASSED_OVER), key=len, reverse=True))
_HEAD = pattern(
    rf"layer ?\(type[^()]*(?:\([^()]*\)[^()]*)?\)|(?:{_WORDS})(?=\s|$)|\S+(?: \S+)*", re.IGNORECASE
)
_AXIS = r"(?:None|\?|-?\d+(?:\.0)?)"
_SHAPE = rf"[\[({{]{{1,2}} ?{_AXIS}(?: ?, ?{_AXIS})* ?,? ?[\])}}]{{0,2}}"
_VALUE = pattern(rf"{_SHAPE}(?:, ?{_SHAPE})*|\S+")
_FIRST = pattern(
    r"\s(?=[\[(]{1,2} ?(?:None ?[,)\]]|(?:\?|-?\d+) ?,)|\[ ?\d+ ?\]|"
    r"(?:--|multiple|\?)(?:\s|$))|\s\s(?=(?:\d[\d,]*|\(recursive\))\s*$)"
)
_RULE = pattern(r"[\s=_-]+$")
_MARKS = pattern(r"[\s|│┃¯‾]+$")


class Printed(NamedTuple):
    """A row as it is printed: the pieces of its name and of its connections, which may be wrapped, and its
    values by column."""

    name: list[Cell]
    values: dict[str, Cell]
    connected: list[Cell]


class Dump(NamedTuple):
    """A summary: the cell above its names, what its columns are, its rows, the printed total, and where it
    stands."""

    head: Cell
    columns: tuple[str, ...]
    rows: tuple[Printed, ...]
    total: Cell | None
    span: Span


def find_dumps(source: Source) -> Iterator[Dump]:
    """Find the summaries that stand in a text without marks between the columns."""
    stop = 0
    for match in _HEADER.finditer(source.clean):
        start = source.clean.rfind("\n", max(0, match.start() - MAX_LINE), match.start()) + 1
        before = source.clean[max(start, match.start() - MAX_LINE) : match.start()]
        if match.start() < stop or before.strip(SIGNS) or (not start and match.start() >= MAX_LINE):
            continue
        line = source.clean[match.start() : match.start() + MAX_LINE].partition("\n")[0]
        if len(line) == MAX_LINE or any(sign in line for sign in "|┃│&<,"):
            continue
        dump = _Reader(source.clean, start, match.start()).dump()
        if dump:
            stop = dump.span.end
            yield dump


def _end(text: str, start: int) -> int:
    stop = text.find("\n", start)
    return stop if stop >= 0 else len(text)


class _Reader:
    """Reads one summary, whose header begins at `first` in the line at `start`."""

    def __init__(self, text: str, start: int, first: int) -> None:
        self.text = text
        self.stop = _end(text, start)
        heads = list(_HEAD.finditer(text, first, self.stop))
        self.start = start
        self.head = Cell(heads[0][0], first)
        self.left = len(text[start:first].rstrip(" \t"))  # signs of a comment
        self.columns = [(role_of(match[0]), match.start() - start) for match in heads[1:]]
        self.rows: list[Printed] = []

    def dump(self) -> Dump | None:
        """Return the summary; None where the header names nothing that is one."""
        roles = tuple(role for role, _ in self.columns if role)
        if not {"output", "input", "params"} & set(roles):
            return None
        at = self.stop + 1
        while at < len(self.text) and len(self.rows) <= MAX_ROWS:
            stop = _end(self.text, at)
            line = self.text[min(at + self.left, stop) : stop]
            if _RULE.match(line) and "=" in line and self.rows:
                break
            if not (_RULE.match(line) or _MARKS.match(line) or not line.strip()) and not self._row(
                line[:MAX_LINE], stop - len(line), at
            ):
                break
            at = stop + 1
        total, end = self._total(min(at, len(self.text)))
        return Dump(self.head, roles, tuple(self.rows), total, Span(self.start, end))

    def _total(self, at: int) -> tuple[Cell | None, int]:
        """Find the total in the lines below the rows, and the end of these lines."""
        found, end = None, max(self.start, at - 1)
        for _ in range(14):
            if at >= len(self.text):
                break
            stop = _end(self.text, at)
            line = self.text[at:stop].strip(SIGNS)
            if match := TOTAL.match(line):
                start = self.text.index(match[1], at)
                found = Cell(match[1], start)
            if not (_RULE.match(line) or re.match(r"[\w/ ().]+: ", line)):
                break
            at, end = stop + 1, stop
        return found, min(end, len(self.text))

    def _row(self, line: str, start: int, at: int) -> bool:
        """Add a row, or what goes on from the one above; False where the line is of neither kind."""
        if TOTAL.match(line.strip()):
            return False
        first = _FIRST.search(line)
        if first is None or not line[: first.start()].strip(" |│"):
            return self._more(line, start, start - at)
        name = _piece(line, 0, first.start(), start)
        values, connected = self._values(line, first.end(), start, start - at)
        self.rows.append(Printed([name], values, connected))
        return True

    def _more(self, line: str, start: int, left: int) -> bool:
        """Add the rest of a wrapped name or of connections to the row above."""
        pieces = [match.span() for match in re.finditer(r"\S+(?: \S+)*", line)]
        if not self.rows or len(pieces) > 2 or len(line.split()) > 4:
            return False
        below = next((place for role, place in self.columns if role == "connected"), MAX_LINE) - left
        for first, last in pieces:
            cells = self.rows[-1].connected if first >= below - 2 else self.rows[-1].name
            cells.append(_piece(line, first, last, start))
        return True

    def _values(self, line: str, at: int, start: int, left: int) -> tuple[dict[str, Cell], list[Cell]]:
        """Read the values of a row, each for the next column; where some are left out, for the one that it
        stands below."""
        columns = [(role, place) for role, place in self.columns if role != "connected"]
        found = [match.span() for match in _VALUE.finditer(line, at)]
        here, rest = found[: len(columns)], found[len(columns) :]
        whole = len(here) == len(columns)
        values: dict[str, Cell] = {}
        for index, (first, last) in enumerate(here):
            role = (
                columns[index][0]
                if whole
                else min(columns, key=lambda column: abs(column[1] - left - first))[0]
            )
            values.setdefault(role, _piece(line, first, last, start))
        connected = [_piece(line, rest[0][0], len(line), start)] if rest else []
        return values, connected


def _piece(line: str, first: int, last: int, start: int) -> Cell:
    text = line[first:last]
    stripped = text.strip()
    return Cell(stripped, start + first + len(text) - len(text.lstrip()))


def role_of(header: str) -> str:
    """Return what stands below a header; nothing for one that says nothing of layers."""
    words = " ".join(header.lower().split())
    return COLUMNS.get(words, "")
