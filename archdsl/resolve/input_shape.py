"""What is printed of a network's input -> its shape, channels last."""

import re

from archdsl.diagnostics import Reporter
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.patterns import pattern
from archdsl.problems import preamble, syntax
from archdsl.resolve.evaluate import Evaluator
from archdsl.source import Source, Span
from archdsl.syntax.ast import Expr, Layer, Num, Row, Setting, Table, per_axis
from archdsl.syntax.parse import parse_value

Shape = tuple[int, ...]
MAX_SIZE = 65_536
_CHANNELS = (1, 3)
_IMAGE = pattern(
    r"\(?\s*(\d+\s*[x×]\s*\d+)\s*-?\s*(?:(RGB|colou?r)|gr[ae]y(?:-?scale)?)(?:\s+images?)?\s*\)?",
    re.IGNORECASE,
)
# A shape as programs print it, `(32, 32, 3)`, perhaps with the batch.
_TUPLE = pattern(r"[(\[]\s*(?:(?:None|-1|N|B)\s*,)?((?:\s*\d+\s*,)*\s*\d+\s*),?\s*[)\]]")


class Entry(NamedTuple):
    """An input behind the first one; the shape is empty where it was wrong and reported."""

    name: str
    shape: tuple[int, ...]
    span: Span


def spatial_axes(shape: Shape, rows: tuple[Row, ...]) -> int:
    """Count the spatial axes of a network: those of its input, or of the map that a row makes of flat
    values."""
    if len(shape) != 1:
        return max(len(shape) - 1, 0)
    for layer in (item for row in rows for item in row.items or () if isinstance(item, Layer)):
        if axes := _made(layer):
            return axes
    printed = max((len(row.size or ()) for row in rows), default=0)
    return printed - 1 if printed > 2 else 0  # `4x4x1024`


def _made(layer: Layer) -> int:
    """Return how many spatial axes the map has that a layer makes of flat values; 0 where it makes none."""
    op = OPS[layer.op]
    if not op.reshapes:
        return op.axes
    shape = next((one.value for one in layer.options if one.key == "shape"), ())
    return max(len(shape) - 1, 0) if type(shape) is tuple else 0


def _reads_map(rows: tuple[Row, ...]) -> bool:
    """Return whether a window over two axes comes before what makes a map of other values; one whose other
    side is 1 may be along a sequence."""
    for layer in (item for row in rows for item in row.items or () if isinstance(item, Layer)):
        if OPS[layer.op].reshapes or OPS[layer.op].axes:
            return False
        sides = next((per_axis(one) for one in layer.options if one.key == "kernel"), ())
        if len(sides) == 2 and all(isinstance(side, Num) and side.value > 1 for side in sides):
            return True
    return False


class InputReader:
    """Reads the inputs of one table; `given` is the one that the caller gives instead of its first.

    `assumed` says why, where the table prints none; `open_axes` are the letters of an input of open size.
    """

    def __init__(self, source: Source, reporter: Reporter, given: str | None) -> None:
        self.source = source
        self.reporter = reporter
        self.given = given
        self.assumed = ""
        self.open_axes: tuple[str, ...] = ()

    def first(self, setting: Setting | None, table: Table, values: dict[str, int | float]) -> Shape:
        """Return the shape of a table's input; an empty one where it is wrong, or not said."""
        source, text, start = self.source, "", 0
        if self.given is not None:
            source = Source("--input", self.given)
            text = source.clean
        elif setting:
            text, start = setting.value, setting.value_span.start
        else:
            return self._not_said(table, values)
        if self.given is None and any(char.isupper() or char == "?" for char in text):
            text = self._opened(text, values)
        shape = self.read(source, text, start, values)
        if len(shape) == 2 and _reads_map(table.rows):  # a map without its channels
            self.reporter.add(preamble.no_channels(source, Span(start, start + len(text)), text))
            return ()
        return shape

    def _not_said(self, table: Table, values: dict[str, int | float]) -> Shape:
        """Take the input from what the rows print."""
        from archdsl.resolve.printed_input import input_of

        if printed := input_of(table):
            self.assumed = printed[1]
            return self._shape(self.source, printed[0], values)
        place = next((row.size_span if row.size else row.span for row in table.rows), table.span)
        self.reporter.add(preamble.no_input(self.source, place))
        return ()

    def read(self, source: Source, text: str, start: int, values: dict[str, int | float]) -> Shape:
        """Return the shape that the text of an input says; an empty one where it is none."""
        image = _IMAGE.fullmatch(text) if "r" in text.lower() else None  # `224 x 224 RGB image`
        if image:
            text, start = image[1], start + image.start(1)
        elif shape := _TUPLE.fullmatch(text) if text[:1] in ("(", "[") else None:
            text, start = shape[1].replace(",", "x"), start + shape.start(1)
        parsed: tuple[Expr, ...] | None = parse_value(source, Reporter(), "size", text, start)
        if parsed is None:
            self.reporter.add(syntax.not_a_size(source, Span(start, start + len(text)), text))
            return ()
        axes = self._shape(source, parsed, values)
        return (*axes, 3 if image[2] else 1) if image and axes else axes

    def _opened(self, text: str, values: dict[str, int | float]) -> str:
        """Let a size stand for the letters of an input that nothing defines; give the input as a size is
        read."""
        from archdsl.resolve.open_input import STANDS, closed, letters

        axes = letters(text)
        unknown = tuple(letter if letter not in values else "" for letter in axes)
        if any(unknown):
            values.update({letter: STANDS for letter in unknown if letter})
            self.open_axes = unknown
        return closed(text, axes) if axes else text

    def _shape(self, source: Source, axes: tuple[Expr, ...], values: dict[str, int | float]) -> Shape:
        evaluator = Evaluator(source, self.reporter, values)
        shape = tuple(evaluator.whole(axis, "the input size", 1, MAX_SIZE, axis.span) for axis in axes)
        if None in shape:
            return ()
        if len(shape) == 3 and shape[1] == shape[2] != shape[0] and shape[0] in _CHANNELS:
            shape = (*shape[1:], shape[0])  # `3x32x32`: an image with its channels first
        return shape  # type: ignore[return-value]
