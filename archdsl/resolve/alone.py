"""Brackets of one layer, which are no residual blocks."""

from archdsl.ops import OPS
from archdsl.source import Span
from archdsl.syntax.ast import Block, Layer, Num, Row, per_axis


def repeated_conv(item: object) -> Layer | None:
    """Return the convolution that a bracket holds alone and repeats (`[3x3, 64] x 2`); None for any other
    item."""
    if not isinstance(item, Block) or len(item.items) != 1 or item.repeat is None:
        return None
    layer = item.items[0]
    return layer if isinstance(layer, Layer) and OPS[layer.op].is_conv else None


def never_residual(rows: tuple[Row, ...]) -> tuple[Span, str] | None:
    """Find the first bracket, and its window, of a table whose brackets all repeat one convolution; None
    where a block may be residual."""
    items = [item for row in rows for item in row.items or () if not isinstance(item, Layer)]
    layers = [repeated_conv(item) for item in items]
    optional = any(isinstance(item, Block) and item.options for item in items)
    if len(layers) < 2 or layers[0] is None or not all(layers) or optional:
        return None
    sides = [
        side.value
        for option in layers[0].options
        if option.key == "kernel"
        for side in per_axis(option)
        if isinstance(side, Num)
    ]
    return items[0].span, "x".join(map(str, sides))


def has_blocks(rows: tuple[Row, ...]) -> bool:
    """Return whether a table repeats brackets of several layers."""
    return any(
        isinstance(item, Block) and item.repeat and len(item.items) > 1
        for row in rows
        for item in row.items or ()
    )
