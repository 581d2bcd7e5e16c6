"""Printed rows of a summary -> what they say: a name, a class, axes, a count, the rows that are taken.

A name and its class stand in one cell: `conv2d (Conv2D)` of Keras, `Conv2d-1` and `Conv2d: 1-1` of PyTorch,
or a class alone.
"""

import re

from archdsl.forms.summaries.printed import Dump, Printed
from archdsl.lang.classes import ALONG, WRAPPERS, class_of
from archdsl.light import Final, NamedTuple
from archdsl.patterns import pattern
from archdsl.source import Source
from archdsl.text.chars import Text, Writer
from archdsl.text.grid import Cell

Axes = tuple[int, ...]
# which a reader wrote before a class, as the print does not say it
_WINDOW = r"(?:(?P<window>\d{1,3}(?:x\d{1,3})*) )?"
_KERAS = pattern(rf"(?P<name>[\w./:-]+)[\s;…]*\(\s*{_WINDOW}(?P<type>[\w;\s.…]*)(?:\([^()]*\))?(?P<end>\)?)")
_TORCH = pattern(rf"{_WINDOW}(?P<name>(?P<type>[A-Za-z_]\w*)(?:\s*\([\w.]+\))?\s*(?:[-:]\s*\d[\d-]*)?)")
_BRANCHES: Final = ("├─", "└─")  # before the count of a single weight, `└─weight`, which its layer's has
_SEQUENCE: Final = 2  # axes behind the batch: steps, values
_MARKS: Final = " \t|│├└─┃;-"
_SHAPE = pattern(r"\W*(?:None|-?\d+|\?)(?P<axes>(?:\s*,\s*(?:None|\d+(?:\.0)?|\?))*)\s*(?P<end>[\])}]*)")
_AXIS = pattern(r"(None|\d+|\?)(?:\.0)?")  # `3.0` where a size was divided
_FROM = pattern(r"(?P<name>[A-Za-z_][\w./-]*)(?:\[(?P<index>\d+)?[\[\]\d]*(?:…|\.\.\.)?|(?P<cut>…|\.\.\.))")


class Taken(NamedTuple):
    """A row that another one takes: its name, perhaps cut off, and which of its applications."""

    name: str
    use: int
    cut: bool


class Row(NamedTuple):
    """A row of a summary.

    `axes` are those after the batch's, 0 for one that is open; `places` are where they stand in `shape`.
    `level` is the depth in a tree of modules; `entering` and `kernel` are what further columns print.
    """

    name: Text
    type: Text
    kind: str
    level: int
    axes: Axes
    places: tuple[tuple[int, int], ...]
    shape: Cell
    params: Cell
    takes: tuple[Taken, ...] | None
    entering: Cell
    kernel: Axes = ()

    @property
    def called(self) -> str:
        """Return its name, by which others take it."""
        return self.name.chars

    @property
    def place(self) -> int:
        """Return where it begins, which no two rows share, as they may a name."""
        return self.name.places[0]

    @property
    def counted(self) -> int | None:
        """Return its parameters; None where they are no number."""
        digits = self.params.text.replace(",", "").strip()
        return int(digits) if digits.isdecimal() and len(digits) < 18 else None

    @property
    def weightless(self) -> bool:
        """Return whether the row prints that it has no parameters."""
        return self.counted == 0 or self.params.text.strip() in ("--", "-", "")

    @property
    def again(self) -> bool:
        """Return whether a module is printed that was printed before."""
        return "recursive" in self.params.text or "multiple" in self.shape.text


def rows_of(source: Source, dump: Dump) -> list[Row]:
    """Read the rows of a summary; what is no row is left out. Where only inputs are printed, an output is the
    next one's input."""
    rows = [
        row
        for printed in dump.rows
        if (row := _row(source, dump, printed)) and not row.params.text.startswith(_BRANCHES)
    ]
    if "output" in dump.columns or not rows:
        return rows
    following = [row.entering for row in rows[1:]] + [Cell("", rows[-1].entering.start)]
    return [
        row._replace(shape=shape, places=places_of(shape.text), axes=_axes(shape.text))
        for row, shape in zip(rows, following, strict=True)
    ]


def _row(source: Source, dump: Dump, printed: Printed) -> Row | None:
    glued = _glued(printed.name)
    start = len(glued.chars) - len(glued.chars.lstrip(_MARKS))
    name = glued.part(start, len(glued.chars))
    keras = None if "(var_name)" in dump.head.text else _KERAS.fullmatch(name.chars)
    match = keras or _TORCH.match(name.chars)
    if match is None or not any(map(str.isalpha, match["name"])):
        return None
    nothing = Cell("", printed.name[0].start)
    shape = printed.values.get("output", nothing)
    type_ = _compact(name.part(*match.span("type")))
    connected = " ".join(cell.text for cell in printed.connected)
    column = (
        source.position(name.places[0])[1] if any(mark in glued.chars[:start] for mark in "|│├└─┃") else 0
    )
    return Row(
        name.part(*match.span("name")),
        type_,
        class_of(
            type_.chars.rstrip("…"),
            match["name"],
            (keras is not None and not keras["end"]) or "…" in type_.chars,
        ),
        column,
        _axes(shape.text),
        places_of(shape.text),
        shape,
        printed.values.get("params", nothing),
        _taken(connected) if "connected" in dump.columns else None,
        printed.values.get("input", nothing),
        _numbers(match["window"] or printed.values.get("kernel", nothing).text),
    )


def places_of(text: str) -> tuple[tuple[int, int], ...]:
    """Find the axes behind the batch's in a printed shape."""
    found = _SHAPE.match(text)
    return tuple(one.span(1) for one in _AXIS.finditer(text, *found.span("axes"))) if found else ()


def _axes(text: str) -> Axes:
    found = [text[slice(*place)] for place in places_of(text)]
    return tuple(int(one) if one.isdecimal() else 0 for one in found)


def _numbers(text: str) -> Axes:
    return tuple(map(int, re.findall(r"\d{1,4}", text)))


def _taken(text: str) -> tuple[Taken, ...]:
    return tuple(
        Taken(match["name"], int(match["index"] or 0), bool(match["cut"])) for match in _FROM.finditer(text)
    )


def is_open_sequence(row: Row) -> bool:
    """Return whether a row of an open length is of a layer that has no stride, so that no size says it."""
    return len(row.axes) == _SEQUENCE and row.axes[-1] > 0 and row.kind in ALONG


def is_wrapper(row: Row) -> bool:
    """Return whether a row is a model, or a layer around another."""
    return row.kind in WRAPPERS


def _glued(cells: list[Cell]) -> Text:
    """Join the lines that a name was wrapped over; what is in its parentheses has no blanks."""
    writer = Writer()
    for cell in cells:
        writer.copy(Text(cell.text, places_in(cell)), 0, len(cell.text))
    return writer.text(cells[-1].span.end)


def _compact(text: Text) -> Text:
    kept = [index for index, char in enumerate(text.chars) if not char.isspace() and char != ";"]
    return Text(
        "".join(text.chars[index] for index in kept),
        [*(text.places[index] for index in kept), text.places[-1]],
    )


def places_in(cell: Cell) -> tuple[int, ...] | range:
    """Return where the characters of a cell stand."""
    return cell.offsets or range(cell.start, cell.start + len(cell.text) + 1)
