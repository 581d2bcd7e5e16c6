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


def shape_of(row: Row, turned: bool) -> Axes:
    """Return the axes of a row, a first one last where they are `turned`; an open one counts as 1."""
    axes = tuple(axis or 1 for axis in row.axes)
    return (*axes[1:], *axes[:1]) if turned else axes


def channels_first(rows: Sequence[Row]) -> bool:
    """Return whether channels come first: as PyTorch prints them; in Keras, where the two equal axes come
    last."""
    if rows and not any("None" in row.shape.text for row in rows):
        return True
    maps = [row.axes for row in rows if len(row.axes) == 3]
    return sum((one != two == three) - (one == two != three) for one, two, three in maps) > 0
