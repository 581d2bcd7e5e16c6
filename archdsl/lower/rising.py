"""Stochastic depth that rises with the network: `drop path, rising` in a named block.

The first block of the table whose lines say so has the rate 0, and each one after it an equal step more, so
that the one after the last would have the rate that is said or, where none is, that of the setting
`drop-path`. A block counts whether or not its guards let it drop anything.
"""

from collections.abc import Mapping

from archdsl.graph.emit import Fault, Value
from archdsl.ops import OPS
from archdsl.resolve.specs import BlockSpec, LayerSpec, Spec, UseSpec
from archdsl.syntax.ast import BlockDef, Layer


class Rising:
    """Counts the blocks of a network whose rate rises: `before` are those before the one at hand, -1 outside
    of one."""

    def __init__(self, conventions: Mapping[str, str]) -> None:
        self.conventions = conventions
        self.seen = 0
        self.total = 0
        self.before = -1

    def enter(self, block: BlockDef) -> None:
        """Begin a block of a row."""
        if rises(block):
            self.before, self.seen = self.seen, self.seen + 1

    def leave(self) -> None:
        """End the block of a row."""
        self.before = -1

    def rate(self, spec: LayerSpec, value: Value) -> float:
        """Return the rate of a layer in the block at hand; raise Fault where it stands in none, or is 1."""
        if not spec.more.get("rising"):
            return spec.rate
        if self.before < 0:
            raise Fault(
                spec.span, "its rate rises from block to block, and no named block is here", value.shape
            )
        highest = spec.rate if "rate" in spec.places else float(self.conventions["drop-path"])
        blocks = float(self.conventions["drop-path-blocks"]) or self.total
        rate = round(highest * self.before / blocks, 12)  # as a person would write it
        if rate >= 1:
            raise Fault(spec.span, f"its rate has risen to {rate:g} in block {self.before + 1}", value.shape)
        return rate


def rises(block: BlockDef) -> bool:
    """Return whether a line of a block says that the rate of its drop path rises."""
    layers = (item for step in block.steps for item in step.items if isinstance(item, Layer))
    return any(OPS[layer.op].rises and any(one.key == "rising" for one in layer.options) for layer in layers)


def rising_blocks(specs: tuple[Spec, ...]) -> int:
    """Count the uses of such blocks in a row, repeats included."""
    count = 0
    for spec in specs:
        if isinstance(spec, BlockSpec):
            count += spec.repeat * rising_blocks(spec.items)
        elif isinstance(spec, UseSpec):
            count += rises(spec.template.block)
    return count
