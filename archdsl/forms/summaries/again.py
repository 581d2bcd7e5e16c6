"""Layers of a summary that are applied more than once: one row prints what each application takes."""

from collections.abc import Iterator, Set

from archdsl.forms.summaries.rows import Row, Taken
from archdsl.lang.classes import MERGES
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
