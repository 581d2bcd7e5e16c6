"""Layers of a summary that are applied more than once: one row prints what each application takes."""

import re
from collections.abc import Iterator, Sequence, Set

from archdsl.forms.summaries.rows import Axes, Row, Taken
from archdsl.lang.classes import MERGES, ON_LAST
from archdsl.light import NamedTuple


class Application(NamedTuple):
    """A further application of a layer: the name that it gets, the layer, and the row that it takes."""

    called: str
    layer: str
    taken: str


class Applications:
    """The further applications of the layers of one summary, each waiting for what it takes."""

    def __init__(self, rows: list[Row]) -> None:
        self.counts = {row.called: len(row.takes or ()) for row in rows if _is_layer(row)}
        self.waiting = [
            Application(_name(row.called, use), row.called, self.called(taken))
            for row in rows
            if _is_layer(row)
            for use, taken in enumerate(row.takes or ())
            if use
        ]

    def known(self, row: Row) -> bool:
        """Return whether what each application of a layer takes is printed."""
        return self.counts.get(row.called, 0) > 1

    def called(self, taken: Taken) -> str:
        """Return the name of the application that a row takes."""
        several = self.counts.get(taken.name, 0) > taken.use > 0
        return _name(taken.name, taken.use) if several else taken.name

    def ready(self, layer: str, there: Set[str]) -> Iterator[Application]:
        """Take out the applications whose layer and whose input are there, now that a row was read."""
        made = {*there, layer}
        while one := next((one for one in self.waiting if {one.layer, one.taken} <= made), None):
            self.waiting.remove(one)
            made.add(one.called)
            yield one


def _is_layer(row: Row) -> bool:
    """Return whether several values that a row takes are taken one by one."""
    return bool(row.takes) and row.kind not in MERGES and not row.again


def _name(layer: str, use: int) -> str:
    return f"{layer}_{use + 1}"


def repeats(chain: Sequence[Row]) -> dict[int, str]:
    """Find which layer each row applies again that prints no weights of its own (`(recursive)`): the one of
    its name, or the only one, before it of its class and of as many channels. Rows go by their places."""
    layers: dict[tuple[str, int, int], set[str]] = {}
    found: dict[int, str] = {}
    for above, row in zip((None, *chain), chain, strict=False):
        before = above.axes if above else _taken(row)
        if not before or not row.axes:
            continue
        same = layers.setdefault((row.kind, _channels(row, before), _channels(row, row.axes)), set())
        if not is_repeat(row):
            same.add(row.called)
        elif row.called in same or len(same) == 1:
            layer = row.called if row.called in same else min(same)
            found[row.place] = re.sub(r"\W+", "_", layer)  # as one word
    return found


def is_repeat(row: Row) -> bool:
    """Return whether a row has the weights of a row above it."""
    return row.again and not row.weightless


def _taken(first: Row) -> Axes:
    """Return what the first row takes: its count says it of a dense layer with a bias."""
    dense = first.kind == "linear" and first.counted and first.axes
    return ((first.counted or 0) // first.axes[-1] - 1,) if dense else ()


def _channels(row: Row, axes: Axes) -> int:
    return axes[-1] if row.kind in ON_LAST else axes[0]
