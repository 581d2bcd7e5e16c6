"""Networks at random: rows from anywhere, branches in branches, gates, repeated blocks, shortcuts, extra outputs."""

from random import Random

from figure_nets import Net

from archdsl.graph.emit import Value
from archdsl.graph.graph import Graph


class RandomNet:
    """Every value has one shape, so that any two can be added."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.net = Net(f"random-{seed}", (8, 8, 8))

    def graph(self) -> Graph:
        trunk, extra = [self.net.input], []
        for number in range(self.random.randrange(1, 6)):
            source = trunk[-1] if self.random.random() < 0.8 else self.random.choice(trunk)
            with self.net.row(f"row{number}"):
                self.block(source, 0, trunk[1:] if self.random.random() < 0.4 else [])
                self.layer(
                    Value(
                        max((self.net.stages and self.net.stages[-1].stop) or 1, len(self.net.emitter.nodes))
                        - 1,
                        (8, 8, 8),
                    )
                )
            out = Value(len(self.net.emitter.nodes) - 1, (8, 8, 8))
            (extra if number and self.random.random() < 0.1 else trunk).append(out)
        return self.net.graph(trunk[-1], *extra)

    def layer(self, x: Value) -> Value:
        kind = self.random.randrange(4)
        if kind == 0:
            return self.net.act(x, "relu")
        if kind == 1:
            return self.net.op("dropout", x, rate=0.5)
        return self.net.conv(
            x,
            8,
            self.random.choice([1, 3]),
            act=self.random.choice(["", "relu"]),
            norm=self.random.random() < 0.5,
        )

    def block(self, x: Value, depth: int, afar: list[Value]) -> Value:
        values = [x]
        for _ in range(self.random.randrange(1, 5)):
            values.append(self.step(values, depth, afar))
        return values[-1]

    def step(self, values: list[Value], depth: int, afar: list[Value]) -> Value:
        net, kind = self.net, self.random.randrange(8)
        if kind < 3 or depth > 2:
            return self.layer(self.random.choice(values[-2:]))
        if kind == 3:
            return net.op(
                "add", *(self.random.choice(values + afar) for _ in range(self.random.randrange(2, 4)))
            )
        if kind == 4:
            return net.op(
                "add", *[self.block(values[-1], depth + 1, afar) for _ in range(self.random.randrange(2, 5))]
            )
        if kind == 5:
            return net.gate(values[-1], 4)
        if kind == 6:
            return self.repeats(values[-1], depth)
        with net.branch("shortcut"):
            shortcut = net.conv(values[0], 8, 1)
        return net.op("add", values[-1], shortcut)

    def repeats(self, x: Value, depth: int) -> Value:
        count, template = self.random.randrange(1, 4), self.random.randrange(3)
        seed = self.random.randrange(1_000_000)
        outer = self.random
        for index in range(count):
            self.random = Random(seed if index < 2 else seed + 1)  # the third repeat differs
            with self.net.frame(("", "block")[seed % 2], index, count, template):
                x = self.block(x, depth + 1, [])
        self.random = outer
        return x
