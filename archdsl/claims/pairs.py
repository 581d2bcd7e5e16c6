"""Brackets of one layer that may stand for a pair (`[3x3, 64] x 2` of 18 layers) -> the rows read so, and the
line that says it."""

from collections.abc import Callable, Iterator

from archdsl.graph.graph import Graph
from archdsl.light import NamedTuple
from archdsl.resolve.alone import repeated_conv
from archdsl.resolve.settings import Settings
from archdsl.source import Span
from archdsl.syntax.ast import Block, Item, Layer, Name, Num, Option, Reading, Row, per_axis
from archdsl.syntax.match import rewrite

_NOWHERE = Span(0, 0)


class Again(NamedTuple):
    """Builds a network once more, under other settings or with pairs for single layers; None where that has
    errors."""

    build: Callable[[Settings, tuple[Row, ...]], Graph | None]
    rows: tuple[Row, ...]

    def __call__(self, settings: Settings) -> Graph | None:
        """Build it under other settings."""
        return self.build(settings, self.rows)

    def in_pairs(self, settings: Settings) -> Iterator[tuple[str, Graph | None]]:
        """Build it with pairs: the line that says so, and the network."""
        return ((line, self.build(settings, rows)) for line, rows in paired(self.rows))


def paired(rows: tuple[Row, ...]) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Give, for each window that brackets of one layer print, the setting and the rows that it makes."""
    for kernel in dict.fromkeys(
        kernel for row in rows for item in row.items or () for kernel in _alone(item)
    ):
        dims = tuple(Num(n, _NOWHERE) for n in kernel)
        layer = Layer(
            "conv",
            (Option("kernel", dims, _NOWHERE), Option("channels", Name("c", _NOWHERE), _NOWHERE)),
            _NOWHERE,
        )
        reading = Reading(Block((layer,), None, (), _NOWHERE), (layer, layer), _NOWHERE)
        text = "x".join(map(str, kernel))
        changed = tuple(
            row._replace(items=rewrite(row.items, (reading,), frozenset())) if row.items else row
            for row in rows
        )
        if changed != rows:
            yield f"read [{text}, c] as {text}, c; {text}, c", changed


def _alone(item: Item) -> Iterator[tuple[int | float, ...]]:
    layer = repeated_conv(item)
    if layer:
        sides = [per_axis(option) for option in layer.options if option.key == "kernel"]
        yield from (tuple(side.value for side in one) for one in map(_numbers, sides) if one)


def _numbers(sides: tuple[object, ...]) -> tuple[Num, ...]:
    found = tuple(side for side in sides if isinstance(side, Num))
    return found if len(found) == len(sides) else ()
