"""Tables drawn with `+---+---+` or box-drawing characters -> sheets; cells of several lines, merged cells."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.forms.inline import cell as read_cell
from archdsl.forms.lines import depth, joined
from archdsl.forms.merged_cells import MAX_CELLS, Piece, lay_out, layout_problems
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.source import Source, Span
from archdsl.text.chars import whole
from archdsl.text.grid import Cell, Sheet

_HORIZONTAL: Final = "─━┄┅┈┉╌╍╴╶╸╺╼╾"
_VERTICAL: Final = "│┃┆┇┊┋╎╏║╵╷╹╻╽╿"
DRAWN: Final = {code: "+" for code in range(0x2500, 0x2571)}
DRAWN.update({ord(char): "-" for char in _HORIZONTAL} | {ord(char): "|" for char in _VERTICAL})
DRAWN[ord("═")] = "="
BORDER = pattern(r"[ \t]*(?:(?:#|//|\*|%)[ \t]*)?(\+[-=+]*[-=]{2}[-=+]*\+)[ \t]*$")
_CROSSING = pattern(r"\+(?=[-=|])|(?<=[-=])\+|(?<=^)\+")
_RULE = pattern(r"\+[-=]{2}|[-=]{2}\+")


class BoxReader:
    """Reads one drawn table: `lines` are its lines, with box-drawing characters replaced, and where each
    begins."""

    def __init__(self, source: Source, lines: Sequence[str], starts: Sequence[int]) -> None:
        self.source = source
        self.text = whole(source)
        self.lines = lines
        self.starts = starts
        self.problems: list[Diagnostic] = []
        self.rules = [index for index, line in enumerate(lines) if _RULE.search(line)]
        crossings = {match.start() for index in self.rules for match in _CROSSING.finditer(lines[index])}
        self.edges = sorted(crossings)

    def report(self, problem: Diagnostic) -> None:
        """Keep a problem of this table."""
        if len(self.problems) < 20:
            self.problems.append(problem)

    def read(self) -> Sheet:
        """Return the table."""
        width = len(self.edges) - 1
        bands = self._bands() if width > 0 else []
        place = Span(self.starts[0], self.starts[0] + len(self.lines[0]))
        if not bands:
            return Sheet("", (), 0, place)
        if width * len(bands) > MAX_CELLS:
            problem = readers.table_too_large(self.source, place, MAX_CELLS)
            return Sheet("", (), 0, place, None, (problem,))
        rows = self._rows(bands, width)
        layout = lay_out(rows, False, self._header(bands))
        problems = (*self.problems, *layout_problems(self.source, layout, "|"))
        return Sheet("", layout.rows, layout.header, place, None, problems)

    def _bands(self) -> list[tuple[int, int]]:
        """Return the range of lines of each row."""
        bands = [
            (upper + 1, lower)
            for upper, lower in zip(self.rules, [*self.rules[1:], len(self.lines)], strict=True)
            if lower > upper + 1
        ]
        if len(bands) > 2 or not bands or bands[-1][1] - bands[-1][0] < 2 or self._boxed(bands[-1]):
            return bands
        return [*bands[:-1], *self._by_line(bands[-1])]

    def _boxed(self, band: tuple[int, int]) -> bool:
        """Return whether lines of the only row below the header are one row: its first cell has text in one
        line alone."""
        first = [index for index in range(*band) if self._slot(index, 0, 1).strip()]
        return len(first) < 2

    def _by_line(self, band: tuple[int, int]) -> list[tuple[int, int]]:
        """Where nothing is drawn between the rows, each line is one, or as many as a bracket goes over."""
        bands = []
        start = band[0]
        opened = [0] * (len(self.edges) - 1)
        for index in range(*band):
            opened = [
                before + depth(self._slot(index, column, column + 1)) for column, before in enumerate(opened)
            ]
            if max(opened) <= 0:
                bands.append((start, index + 1))
                start, opened = index + 1, [0] * len(opened)
        return [*bands, (start, band[1])] if start < band[1] else bands

    def _slot(self, line: int, first: int, last: int) -> str:
        start = self.starts[line]
        stop = start + min(self.edges[last], len(self.lines[line]))
        return self.source.clean[start + self.edges[first] + 1 : stop]

    def _header(self, bands: list[tuple[int, int]]) -> int:
        marked = [index for index in self.rules if "=" in self.lines[index] and 0 < index < self.rules[-1]]
        if not marked and len(self.rules) == 3:
            marked = [self.rules[1]]
        return sum(stop <= marked[0] for _, stop in bands) if marked else 0

    def _rows(self, bands: list[tuple[int, int]], width: int) -> list[list[Piece]]:
        groups = _Groups(len(bands) * width)
        for band, (start, stop) in enumerate(bands):
            for column in range(width):
                if column + 1 < width and not self._walled(start, stop, self.edges[column + 1]):
                    groups.join(band * width + column, band * width + column + 1)
                if band + 1 < len(bands) and not self._floored(stop, bands[band + 1][0], column):
                    groups.join(band * width + column, (band + 1) * width + column)
        rows: list[dict[int, Piece]] = [{} for _ in bands]
        for members in groups.members():
            self._place(rows, bands, width, members)
        return [[row[column] for column in sorted(row)] for row in rows]

    def _walled(self, start: int, stop: int, edge: int) -> bool:
        return any(
            self.lines[index][edge : edge + 1] in ("|", "+") for index in range(start, stop)
        ) and not any(
            self.lines[index][edge : edge + 1] not in ("|", "+", "", " ") for index in range(start, stop)
        )

    def _floored(self, rule: int, below: int, column: int) -> bool:
        if rule == below:
            return True  # rows by lines, nothing drawn between them
        left, right = self.edges[column] + 1, self.edges[column + 1]
        return not self.lines[rule][left:right].strip("-=+")

    def _place(
        self, rows: list[dict[int, Piece]], bands: list[tuple[int, int]], width: int, members: list[int]
    ) -> None:
        """Write a group of places that nothing parts as one cell, an empty one below for each row that it
        goes on."""
        columns = [member % width for member in members]
        first, last = members[0] // width, members[-1] // width
        left, right = min(columns), max(columns)
        if (last - first + 1) * (right - left + 1) != len(members):
            start = self.starts[bands[first][0]] + self.edges[left] + 1
            self.report(readers.broken_box(self.source, Span(start, start + 1)))
            for member in members:
                if len(members) > 1:
                    self._place(rows, bands, width, [member])
            return
        pieces = []
        for index in range(bands[first][0], bands[last][1]):
            start = self.starts[index]
            end = start + min(self.edges[right + 1], len(self.lines[index]))
            pieces.append((min(start + self.edges[left] + 1, end), end))
        cell = read_cell(self.source, joined(self.text, pieces), self.report)
        rows[first][left] = Piece(cell, last - first + 1, right - left + 1)
        for band in range(first + 1, last + 1):
            rows[band][left] = Piece(Cell("", cell.span.end), 1, right - left + 1)


class _Groups:
    """Sets of places that belong together."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, place: int) -> int:
        while self.parent[place] != place:
            self.parent[place] = self.parent[self.parent[place]]
            place = self.parent[place]
        return place

    def join(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        self.parent[max(one, other)] = min(one, other)

    def members(self) -> list[list[int]]:
        """List the sets, by their first members; the members of each in order."""
        sets: dict[int, list[int]] = {}
        for place in range(len(self.parent)):
            sets.setdefault(self.find(place), []).append(place)
        return list(sets.values())
