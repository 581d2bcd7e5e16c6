"""Norms and activations in rows of their own, behind the layer that they belong to."""

from collections.abc import Iterator, Mapping

from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.resolve.styles import is_apart, of_layer
from archdsl.syntax.ast import Item, Layer, Option, Row


class Led(NamedTuple):
    """A row that ends in a convolution or a dense layer, and the rows right behind it that are norms and
    activations: its number, that layer, and what they print."""

    at: int
    layer: Layer
    rows: tuple[Row, ...]
    behind: tuple[Layer, ...]


def with_own(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows of a table whose style no setting names: a layer whose norm or activation is printed in
    the rows behind it has no other."""
    found = list(rows)
    for led in leads(rows):
        row = rows[led.at]
        keys = dict.fromkeys(map(of_layer, led.behind))
        none = tuple(Option(key, "none", led.layer.span, True) for key in keys if not _says(led.layer, key))
        layer = led.layer._replace(options=(*led.layer.options, *none))
        found[led.at] = row._replace(items=(*(row.items or ())[:-1], layer))
    return tuple(found)


def before_norm(
    rows: tuple[Row, ...], conventions: Mapping[str, str], keys: tuple[str, ...]
) -> tuple[Led, str] | None:
    """Find the first layer whose norm stands in the row behind it alone, and what the conventions of these
    keys put before that norm: another norm, or an activation; None where they put none there."""
    for led in leads(rows):
        if of_layer(led.behind[0]) != "norm" or _says(led.layer, "norm"):
            continue
        own = keys if OPS[led.layer.op].is_filter else tuple(key for key in keys if key != "norm")
        free = (conventions[key] for key in own if not _says(led.layer, key))
        word = next((word for word in free if word != "none"), "")
        if word:
            return led, word
    return None


def leads(rows: tuple[Row, ...]) -> Iterator[Led]:
    """Find the layers that rows of norms and activations stand behind."""
    for index, row in enumerate(rows):
        last = row.items[-1] if row.items else None
        if not isinstance(last, Layer) or not OPS[last.op].weighted or is_apart(row):
            continue
        behind: list[Row] = []
        for after in rows[index + 1 :]:
            if not is_apart(after) or after.guard:
                break
            behind.append(after)
        items: list[Item] = [item for one in behind for item in one.items or ()]
        if items:
            yield Led(index, last, tuple(behind), tuple(one for one in items if isinstance(one, Layer)))


def _says(layer: Layer, key: str) -> bool:
    return any(option.key == key for option in layer.options)
