"""A model inside of another one, of which a summary prints a single row -> the rows of the summary that the
document has of it.

vgg16 (Functional)           (None, 4, 4, 512)         14714688
"""

from collections.abc import Callable, Iterable
from itertools import pairwise

from archdsl.forms.summaries.rows import Row, is_wrapper
from archdsl.light import NamedTuple


class WithModels(NamedTuple):
    """The rows of a summary, and the models of which another one has the layers, each with the first of
    these."""

    rows: list[Row]
    models: list[tuple[Row, Row]]


def with_models(rows: list[Row], printed: Callable[[], Iterable[list[Row]]]) -> WithModels:
    """Put the rows of another summary, the last of those `printed`, inside of each model in a chain whose
    layers are not printed there: one with as many parameters and the same output."""
    alone = {row.place for row, below in pairwise([*rows, None]) if row and _is_alone(row, below)}
    known = [one for one in printed() if one[0].place != rows[0].place] if alone else []
    found = WithModels([], [])
    for row in rows:
        own = [one for one in known if row.place in alone and _is_of(row, one)]
        same = {tuple((layer.kind, layer.axes) for layer in one) for one in own}
        layers = own[-1] if len(same) == 1 else []
        found.rows.extend([row, *(one._replace(level=row.level + 1 + one.level) for one in layers)])
        found.models.extend((row, one) for one in layers[:1])
    return found


def _is_alone(row: Row, below: Row | None) -> bool:
    """Return whether a row is a model with weights of which no row inside is printed."""
    inside = below is not None and below.level > row.level
    return is_wrapper(row) and row.takes is None and bool(row.counted) and not inside


def _is_of(model: Row, rows: list[Row]) -> bool:
    """Return whether a summary is that of a model."""
    counts = [row.counted for row in rows]
    return rows[-1].axes == model.axes and sum(count or 0 for count in counts) == model.counted
