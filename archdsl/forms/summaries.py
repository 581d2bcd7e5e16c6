"""Summaries that frameworks print of a model, `Layer (type) | Output Shape | Param #` -> tables with a column for each role.

Keras' `model.summary()`, torchsummary and torchinfo. A summary prints no kernels: the counts of its rows say them.
"""

import re
from itertools import zip_longest

from archdsl.diagnostics import Diagnostic
from archdsl.lang.classes import CLASSES, FUNCTIONS, KEEPING, TYPES, class_of
from archdsl.light import Final, NamedTuple
from archdsl.problems import readers
from archdsl.source import Source
from archdsl.text.chars import Text, Writer
from archdsl.text.grid import Cell, GridSetting, Sheet

_MERGES: Final = ("add", "concat", "multiply")
_HEADER = re.compile(r"layer\s*\(type.*\)", re.IGNORECASE)
_TOTAL = re.compile(r"total params\s*:\s*([\d,]+).*", re.IGNORECASE)
_KERAS = re.compile(r"(?P<name>[\w./-]+)[\s;]*\(\s*(?P<type>[\w;\s.]*)(?P<end>\)?)")
_TORCH = re.compile(r"\W*(?P<name>(?P<type>[A-Za-z]\w*)(?:\s*\([\w.]+\))?\s*(?:[-:]\s*\d[\d-]*)?)")
_TREE = re.compile(r"[│├└─]")
_SHAPE = re.compile(r"\W*(?:None|-?\d+|\?)(?P<axes>(?:\s*,\s*\d+){1,4})\s*[\])},]*")
_FROM = re.compile(r"[A-Za-z_][\w./-]*(?=\[)")


class _Row(NamedTuple):
    """A row of a summary: its name and class, its axes after the batch's, its count, the rows that it takes.

    `cut` tells that the column ended before the parenthesis around the class did.
    """

    name: Text
    type: Text
    column: int
    axes: tuple[tuple[int, int], ...]
    shape: Cell
    params: Cell
    takes: tuple[str, ...] | None
    cut: bool


def is_dump(sheet: Sheet) -> bool:
    """Tell whether a table is a summary."""
    head = [cell.text.strip().lower() for cell in sheet.rows[0]] if sheet.rows else []
    return (
        3 <= len(head) <= 4
        and _HEADER.fullmatch(head[0]) is not None
        and all(map(str.startswith, head[1:], ("output", "param", "connect")))
    )


def read_dump(source: Source, sheet: Sheet) -> Sheet:
    """Give a summary as a table; one with a row that cannot be read holds only what is wrong with it."""
    return _Reader(source, sheet).read()


class _Reader:
    def __init__(self, source: Source, sheet: Sheet) -> None:
        self.source = source
        self.sheet = sheet
        self.settings = [_setting("style", "plain", sheet.rows[0][0])]
        self.problems: list[Diagnostic] = []
        self.alias: dict[str, str] = {}  # rows that are no layers -> the row that they pass on
        self.last = "input"
        self.axes = ""  # of the row before

    def read(self) -> Sheet:
        rows = [row for cells in self._joined() if (row := self._row(cells))]
        first = _channels_first(rows)
        called = {row.name.chars for row in rows}
        self.alias = {name: "input" for name in (rows[0].takes or () if rows else ()) if name not in called}
        head = self.sheet.rows[0]
        table = [tuple(_said(word, head[0]) for word in ("name", "operator", "output size", "params"))]
        for row, below in zip_longest(rows, rows[1:]):
            if below is None or below.column <= row.column or row.takes is not None:
                table += self._layer(row, first)
                self.axes = _axes(row)
            elif row.column > 1 and _class(row) != "sequential":
                self.problems.append(readers.unknown_class(self.source, row.type.cell().span, row.type.chars))
            if any(problem.severity == "error" for problem in self.problems):
                return self.sheet._replace(rows=(), problems=(*self.sheet.problems, self.problems[-1]))
        if any(_class(row) in CLASSES for row in rows):
            self.settings.append(_setting("activation", "none", head[0]))
        return self.sheet._replace(
            rows=tuple(table), header=1, problems=(*self.sheet.problems, *self.problems), settings=tuple(self.settings)
        )

    def _joined(self) -> list[tuple[list[Cell], ...]]:
        """Give the rows, a name or connections wrapped over several lines in one; the counts below end the table."""
        joined: list[tuple[list[Cell], ...]] = []
        for row in self.sheet.rows[1:]:
            if total := _TOTAL.fullmatch(row[0].text.strip()):
                self.settings.append(GridSetting(_said("params", row[0]), row[0].part(*total.span(1))))
            if total or re.match(r"\s*=", row[0].text):
                break
            if joined and not row[1].text.strip() and not row[2].text.strip():
                for above, cell in zip(joined[-1], row, strict=True):
                    above.extend([cell] if cell.text.strip() else [])
            else:
                joined.append(tuple([cell] for cell in row))
        return joined

    def _row(self, cells: tuple[list[Cell], ...]) -> _Row | None:
        name = _glued(cells[0])
        match = _KERAS.fullmatch(name.chars) or _TORCH.match(name.chars)
        if match is None:
            return None
        shape = cells[1][0]
        found = _SHAPE.match(shape.text)
        axes = tuple(one.span() for one in re.compile(r"\d+").finditer(shape.text, *found.span("axes"))) if found else ()
        takes = tuple(_FROM.findall(" ".join(cell.text for cell in cells[3]))) if len(cells) > 3 else None
        type_ = name.part(*match.span("type"))
        column = self.source.position(type_.places[0])[1] if _TREE.search(name.chars) else 1
        return _Row(
            name.part(*match.span("name")),
            _compact(type_),
            column,
            axes,
            shape,
            cells[2][0],
            takes,
            match.groupdict().get("end") == "",
        )

    def _layer(self, row: _Row, channels_first: bool) -> list[tuple[Cell, ...]]:
        """Give the row of a layer: none for a class that is no layer."""
        name, word = row.name.chars, self._word(row)
        takes = [self.alias.get(one, one) for one in row.takes] if row.takes else [self.last]
        if word is None or any(problem.severity == "error" for problem in self.problems):
            self.alias[name] = takes[0]
            return []
        size = _size(row, channels_first)
        if word == "input":
            self.alias[name] = "input"
            self.settings.append(GridSetting(_said("input", row.shape), size))
            return []
        writer = Writer()
        start, stop = row.type.cell().span
        if takes[0] != self.last:
            writer.put(f"from {takes[0]}; ", start)
        writer.put(word[:-1], start)
        writer.put(word[-1], stop - 1)  # so that what is told of the layer shows its whole class
        writer.put(f" {', '.join(takes[1:])}" if word in _MERGES else "", stop - 1)
        if word in ("fc", "reshape") and row.axes:
            units = size if word == "reshape" else row.shape.part(*row.axes[-1])
            writer.put(f"{', ' if word == 'fc' else ' '}{units.text}", units.start)
        self.last = name
        called = Cell("", start) if row.name.places[0] == row.type.places[0] and name == row.type.chars else row.name.cell()
        return [(called, writer.text(row.type.places[-1]).cell(), size, row.params)]

    def _word(self, row: _Row) -> str | None:
        """Give the words of a class; report one that is no layer."""
        kind = _class(row)
        if kind in TYPES:
            return TYPES[kind]
        if kind == "activation":
            function = next((function for function in FUNCTIONS if function in row.name.chars.lower()), None)
            if function is None and not self.problems:
                self.problems.append(readers.unprinted_function(self.source, row.type.cell().span))
            return function or "relu"
        if kind in CLASSES:
            return CLASSES[kind] or kind
        if kind in KEEPING and _keeps(row, self.axes):
            self.problems.append(readers.nothing_printed(self.source, row.type.cell().span, row.type.chars))
            return None
        self.problems.append(readers.unknown_class(self.source, row.type.cell().span, row.type.chars))
        return None


def _keeps(row: _Row, axes: str) -> bool:
    """Return whether a row has no weights and the shape of the row before it; before the first one, any shape may be."""
    return row.params.text.strip() == "0" and bool(row.axes) and axes in ("", _axes(row))


def _axes(row: _Row) -> str:
    return "x".join(row.shape.text[slice(*axis)] for axis in row.axes)


def _class(row: _Row) -> str:
    return class_of(row.type.chars, row.name.chars, row.cut)


def _glued(cells: list[Cell]) -> Text:
    """Join the lines that a name was wrapped over; what is in its parentheses has no blanks."""
    writer = Writer()
    for cell in cells:
        writer.copy(Text(cell.text, _places(cell)), 0, len(cell.text))
    return writer.text(cells[-1].span.end)


def _compact(text: Text) -> Text:
    kept = [index for index, char in enumerate(text.chars) if not char.isspace() and char != ";"]
    return Text("".join(text.chars[index] for index in kept), [*(text.places[index] for index in kept), text.places[-1]])


def _places(cell: Cell) -> tuple[int, ...] | range:
    return cell.offsets or range(cell.start, cell.start + len(cell.text) + 1)


def _said(word: str, at: Cell) -> Cell:
    place = at.span
    return Cell(word, place.start, (*(place.start,) * len(word), place.end))


def _setting(key: str, value: str, at: Cell) -> GridSetting:
    return GridSetting(_said(key, at), _said(value, at))


def _size(row: _Row, channels_first: bool) -> Cell:
    """Write the axes as a size, channels last."""
    writer = Writer()
    axes = (*row.axes[1:], *row.axes[:1]) if channels_first else row.axes
    places = _places(row.shape)
    for index, (start, stop) in enumerate(axes):
        writer.put("x" if index else "", places[start])
        writer.copy(Text(row.shape.text, places), start, stop)
    return writer.text(row.shape.span.end).cell() if axes else Cell("", row.shape.start)


def _channels_first(rows: list[_Row]) -> bool:
    """Tell the order of the axes: the two equal ones are those of the map; else PyTorch's summaries print channels first."""
    votes = 0
    for row in rows:
        if len(row.axes) == 3:
            one, two, three = (row.shape.text[slice(*axis)] for axis in row.axes)
            votes += (two == three != one) - (one == two != three)
    return votes > 0 or (votes == 0 and any("-1" in row.shape.text for row in rows))
