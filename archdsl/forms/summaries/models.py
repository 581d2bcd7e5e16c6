"""A model inside of another one, of which a summary prints a single row -> the rows of the summary that the
document has of it.

vgg16 (Functional)           (None, 4, 4, 512)         14714688
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from archdsl.forms.summaries.printed import Dump
from archdsl.forms.summaries.rows import Axes, Row, is_wrapper, rows_of
from archdsl.light import Final, NamedTuple
from archdsl.source import Source

_MOST: Final = 8  # summaries of as many parameters and the same output that are compared


class WithModels(NamedTuple):
    """The rows of a summary, and the models of which another one has the layers, each with the first of
    these."""

    rows: list[Row]
    models: list[tuple[Row, Row]]


class Summaries:
    """The summaries of one document, any of which may print the layers of a model in another."""

    def __init__(self, source: Source, dumps: Sequence[Dump] = ()) -> None:
        self.source = source
        self.dumps = dumps

    def with_models(self, rows: list[Row]) -> WithModels:
        """Put the rows of another summary, the last of several, inside of each model in a chain whose layers
        are not printed there: one with as many parameters and the same output."""
        found = WithModels([], [])
        for row, below in zip(rows, [*rows[1:], None], strict=False):
            layers = self._layers(row, rows[0].place) if _is_alone(row, below) else []
            found.rows.extend([row, *(one._replace(level=row.level + 1 + one.level) for one in layers)])
            found.models.extend((row, one) for one in layers[:1])
        return found

    def _layers(self, model: Row, own: int) -> list[Row]:
        """Return the rows of a model; none where two summaries that it may be have other layers."""
        every = self._known.get((model.counted or 0, model.axes), [])
        found = [rows for rows in every[-_MOST:] if rows[0].place != own]
        same = all(_kinds(one) == _kinds(other) for one, other in pairwise(found))
        return found[-1] if found and same else []

    @cached_property
    def _known(self) -> dict[tuple[int, Axes], list[list[Row]]]:
        """Group the rows of all summaries by their parameters and outputs."""
        found: dict[tuple[int, Axes], list[list[Row]]] = {}
        for rows in filter(None, (rows_of(self.source, dump) for dump in self.dumps)):
            count = sum(row.counted or 0 for row in rows)
            found.setdefault((count, rows[-1].axes), []).append(rows)
        return found


def _is_alone(row: Row, below: Row | None) -> bool:
    """Return whether a row is a model with weights of which no row inside is printed."""
    inside = below is not None and below.level > row.level
    return is_wrapper(row) and row.takes is None and bool(row.counted) and not inside


def _kinds(rows: list[Row]) -> list[tuple[str, Axes]]:
    return [(row.kind, row.axes) for row in rows]
