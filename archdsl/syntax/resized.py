"""Arrows that say how much smaller or larger a map becomes: `3x3, 64, ↓2`, `↑2`."""

from archdsl.syntax.ast import Num
from archdsl.syntax.cells import Resized
from archdsl.syntax.sequence import Sequence


def resize(seq: Sequence, item: Resized) -> None:
    """Return the stride of the layer or block in the making, where it has none yet; else make a layer that
    resizes."""
    factor = Num(item.factor, item.span)
    if _is_stride(seq, item.smaller):
        seq.option(seq.own_key("stride") or "stride", factor, item.span)
        return
    seq.close()
    seq.op("avg_pool" if item.smaller else "upsample", item.span)
    seq.option("stride", factor, item.span)
    if item.smaller:
        seq.option("kernel", factor, item.span)
        seq.option("needs", "kind", item.span)


def _is_stride(seq: Sequence, smaller: bool) -> bool:
    """Return whether the layer in the making becomes smaller, or larger, by a stride that is not said yet."""
    bag = seq.bag
    if bag is None or bag.has("stride"):
        return False
    if bag.block or bag.use:
        return smaller and (bag.block is not None or bag.takes("stride"))
    grows = bag.kind.grows
    return bag.takes("stride") and grows != smaller
