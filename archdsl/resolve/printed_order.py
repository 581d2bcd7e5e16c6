"""A norm and an activation printed before a layer, `BN, ReLU, 3x3, 64` -> that layer under the order which
says so.

Where a style puts norm and activation before each convolution, a bracket that prints all three prints that
order. Printed as layers of their own, they would make the style's projections, biases and last norm those of
another network.
"""

from archdsl.lang.vocabulary import NORMS
from archdsl.ops import OPS
from archdsl.syntax.ast import Item, Layer, Option
from archdsl.syntax.bag import TAKES_NORM

_SAID = ("norm", "activation")


def in_order(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items with each such triple as one layer."""
    found: list[Item] = []
    for item in items:
        said = _before(found[-2:]) if isinstance(item, Layer) and _is_bare(item) else None
        if said and isinstance(item, Layer):
            del found[-2:]
            kept = tuple(option for option in item.options if option.key not in _SAID)
            item = item._replace(options=(*kept, *said))  # noqa: PLW2901
        found.append(item)
    return tuple(found)


def _is_bare(layer: Layer) -> bool:
    """Return whether a layer with weights is printed without norm and activation of its own."""
    none = {option.key for option in layer.options if option.key in _SAID and option.value == "none"}
    return layer.op in TAKES_NORM and OPS[layer.op].is_filter and none == set(_SAID)


def _before(two: list[Item]) -> tuple[Option, ...] | None:
    """Read a norm and an activation with nothing else said of them as properties of the layer behind."""
    if len(two) < 2 or not all(isinstance(one, Layer) for one in two):
        return None
    norm, act = two
    assert isinstance(norm, Layer)
    assert isinstance(act, Layer)
    if norm.op not in NORMS or norm.options or not OPS[act.op].activates or len(act.options) != 1:
        return None
    return (
        Option("norm", NORMS[norm.op], norm.span),
        act.options[0]._replace(key="activation", span=act.span),
    )
