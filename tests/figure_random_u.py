"""Encoder-decoders at random: blocks, laterals, levels without a skip, extra outputs, sums past everything."""

from collections.abc import Callable
from random import Random

from figure_nets import Net

from archdsl.graph.emit import Value
from archdsl.graph.graph import Graph


class RandomU:
    """An encoder with as many levels as chance has it, and a decoder with skips at most of them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.net = Net(f"u-{seed}", (64, 64, 8))
        self.rows = 0
        self.extra: list[Value] = []

    def graph(self) -> Graph:
        x, skips = self.net.input, []
        for level in range(self.random.randrange(2, 5)):
            x = self.down(x) if level else self.row(self.layers, x)
            skips.append(x)
        for level in reversed(range(len(skips) - 1)):
            x = self.up(x, skips[level] if level in (0, 1) or self.chance(0.7) else None)
            if self.chance(0.3):
                again = self.random.choice(self.extra) if self.extra and self.chance(0.4) else x
                self.extra.append(self.row(self.layers, again))
        return self.net.graph(self.row(self.layers, x), *self.extra)

    def down(self, x: Value) -> Value:
        if self.chance(0.5):
            return self.row(self.layers, self.row(self.pool, x))
        return self.row(lambda x: self.layers(self.pool(x)), x)

    def pool(self, x: Value) -> Value:
        return self.net.pool(x, 2, 2)

    def up(self, x: Value, skip: Value | None) -> Value:
        if skip is not None and self.chance(0.4):
            skip = self.row(lambda skip: self.net.conv(skip, 8, 1), skip)

        def made(x: Value) -> Value:
            up = self.net.op("upsample", x, stride=(2, 2), interpolation="nearest")
            up = self.net.conv(up, 8, 1) if self.chance(0.5) else up
            joined = up if skip is None else self.net.op(self.random.choice(["concat", "add"]), skip, up)
            return self.layers(self.net.conv(joined, 8))

        return self.row(made, x)

    def layers(self, x: Value) -> Value:
        for _ in range(self.random.randrange(1, 3)):
            x = self.net.conv(x, 8)
        if self.chance(0.4):
            count = self.random.randrange(1, 4)
            for index in range(count):
                with self.net.frame("block", index, count):
                    x = self.net.op("add", self.net.conv(self.net.conv(x, 8), 8), x)
        return x

    def row(self, make: Callable[[Value], Value], x: Value) -> Value:
        self.rows += 1
        with self.net.row(f"row{self.rows}"):
            return make(x)

    def chance(self, share: float) -> bool:
        return self.random.random() < share
