"""The shapes that a summary prints -> sizes of a table, channels last."""

from collections.abc import Sequence

from archdsl.forms.summaries.rows import Axes, Row, places_in, places_of
from archdsl.text.chars import Text, Writer
from archdsl.text.grid import Cell


def size_cell(shape: Cell, turn: int = 0) -> Cell:
    """Write the axes behind the batch's as a size; `turn` puts the first one last (-1), or the last one first
    (1).

    Each number stands where it is printed.
    """
    axes = places_of(shape.text)
    axes = (*axes[-turn:], *axes[:-turn])
    places = places_in(shape)
    writer = Writer()
    for index, (start, stop) in enumerate(axes):
        writer.put("x" if index else "", places[start])
        writer.copy(Text(shape.text, places), start, stop)
    return writer.text(shape.span.end).cell() if axes else Cell("", shape.start)


def numbers(size: Cell) -> Axes:
    """Return the numbers of a size."""
    return tuple(map(int, size.text.split("x"))) if size.text else ()


def channels_first(rows: Sequence[Row]) -> bool:
    """Return whether channels come first: as PyTorch prints them; in Keras, where the two equal axes come
    last."""
    if rows and not any("None" in row.shape.text for row in rows):
        return True
    maps = [row.axes for row in rows if len(row.axes) == 3]
    return sum((one != two == three) - (one == two != three) for one, two, three in maps) > 0
