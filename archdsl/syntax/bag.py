"""A layer or block while its words and numbers are being collected."""

from archdsl.ops import OPS
from archdsl.source import Span
from archdsl.syntax.ast import Block, Item, Layer, Option


class Bag:
    """A layer being collected; `op` is empty until a word names it (a kernel alone means a convolution)."""

    def __init__(self, span: Span) -> None:
        self.op = ""
        self.options: list[Option] = []
        self.span = span
        self.block: Block | None = None
        self.after_comma = False
        self.unread_unit = False

    def has(self, key: str) -> bool:
        return any(option.key == key for option in self.options)

    def takes(self, key: str) -> bool:
        op = self.op or "conv"
        return any(param.name == key for param in OPS[op].params)

    def item(self) -> Item:
        if self.block:
            return self.block._replace(options=tuple(self.options), span=self.span)
        return Layer(self.op or "conv", tuple(self.options), self.span)
