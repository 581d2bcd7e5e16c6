"""Graphs made by hand: what the backends must build beyond what a table can say today."""

from typing import Any

from archdsl.ir.graph import Frame, Graph, Node, Shape, Stage
from archdsl.ops import OPS
from archdsl.source import Span

CONV = {"stride": (1, 1), "padding": "same", "dilation": (1, 1), "groups": 1, "bias": False, "initializer": "he_normal"}
NORM = {"epsilon": 1e-5, "momentum": 0.9}


class Net:
    """A graph in the making; every method appends nodes and gives the id of the last one."""

    def __init__(self, shape: Shape) -> None:
        self.nodes: list[Node] = []
        self.starts: list[tuple[str, int]] = []
        self.frames: tuple[Frame, ...] = ()
        self.path = ""
        self.branch = "main"
        self.last = self.node("input", {"shape": shape}, (), "input")

    def node(self, op: str, params: dict[str, Any], inputs: tuple[int, ...], name: str) -> int:
        shape = OPS[op].shape(params, tuple(self.nodes[i].shape for i in inputs))
        stage = len(self.starts) - 1
        self.nodes.append(Node(op, params, inputs, shape, self.path + name, stage, self.frames, self.branch, ()))
        self.last = len(self.nodes) - 1
        return self.last

    def stage(self, name: str) -> None:
        self.starts.append((name, len(self.nodes)))
        self.path, self.frames = f"{name}/", ()

    def block(self, index: int, count: int, template: int = 0) -> None:
        self.path = f"{self.starts[-1][0]}/block{index + 1}/"
        self.frames = (Frame(template, index, count),)

    def conv(
        self,
        channels: int,
        kernel: int,
        name: str,
        stride: int = 1,
        norm: bool = True,
        relu: bool = True,
        at: int | None = None,
        **params: Any,
    ) -> int:
        shape = {"kernel": (kernel, kernel), "channels": channels, "stride": (stride, stride)}
        end = self.node("conv", {**CONV, **shape, **params}, (self.last if at is None else at,), name)
        if norm:
            end = self.node("batch_norm", NORM, (end,), f"{name}_bn")
        return self.node("activation", {"function": "relu"}, (end,), f"{name}_relu") if relu else end

    def residual(self, channels: int, stride: int = 1) -> int:
        start = self.last
        self.conv(channels, 3, "conv1", stride)
        main = self.conv(channels, 3, "conv2", relu=False)
        if self.nodes[main].shape != self.nodes[start].shape:
            self.branch = "shortcut"
            start = self.conv(channels, 1, "shortcut", stride, relu=False, at=start)
            self.branch = "main"
        self.node("add", {}, (main, start), "add")
        return self.node("activation", {"function": "relu"}, (self.last,), "relu")

    def head(self, classes: int) -> None:
        self.stage("head")
        self.node("global_avg_pool", {}, (self.last,), "avg_pool")
        self.node("dense", {"channels": classes, "bias": True, "initializer": "glorot_uniform"}, (self.last,), "dense")
        self.node("activation", {"function": "softmax"}, (self.last,), "softmax")

    def graph(self, name: str, outputs: tuple[int, ...] | None = None) -> Graph:
        stops = [start for _, start in self.starts[1:]] + [len(self.nodes)]
        stages = tuple(
            Stage(name, name.capitalize(), None, start, stop, Span(0, 0), row, "", ())
            for row, ((name, start), stop) in enumerate(zip(self.starts, stops, strict=True), 1)
        )
        inputs = tuple(i for i, node in enumerate(self.nodes) if node.op == "input")
        return Graph(name, "resnet", tuple(self.nodes), stages, inputs, outputs or (self.last,))


def resnet(blocks: tuple[int, ...] = (2, 2, 2, 2), width: int = 64) -> Graph:
    """The shape of table 1: by default ResNet-18 for 32x32 images."""
    net = Net((32, 32, 3))
    net.stage("conv1")
    net.conv(width, 3, "conv")
    for number, count in enumerate(blocks):
        net.stage(f"conv{number + 2}_x")
        for index in range(count):
            net.block(index, count)
            net.residual(width * 2**number, 2 if number and index == 0 else 1)
    net.head(10)
    return net.graph("table1")


def branching() -> Graph:
    """Two inputs, an inception-like split without a bracket, two outputs."""
    net = Net((8, 8, 3))
    other = net.node("input", {"shape": (8, 8, 3)}, (), "other")
    net.stage("stem")
    stem = net.node("add", {}, (0, other), "add")
    branches = (net.conv(8, 1, "b1", at=stem), net.conv(8, 3, "b2", at=stem), net.conv(8, 5, "b3", at=stem, norm=False))
    net.node("add", {}, branches, "sum")
    middle = net.last
    net.head(5)
    return net.graph("branching", (net.last, middle))
