"""Graphs made by hand: what the backends must build beyond what a table can say today."""

from typing import Any

from archdsl.graph.graph import Frame, Graph, Node, Shape, Stage
from archdsl.ops import OPS
from archdsl.source import Span

CONV = {
    "stride": (1, 1),
    "padding": "same",
    "dilation": (1, 1),
    "groups": 1,
    "bias": False,
    "initializer": "he_normal",
}
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
        self.nodes.append(
            Node(op, params, inputs, shape, self.path + name, stage, self.frames, self.branch, ())
        )
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
        self.node(
            "dense",
            {"channels": classes, "bias": True, "initializer": "glorot_uniform"},
            (self.last,),
            "dense",
        )
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
    branches = (
        net.conv(8, 1, "b1", at=stem),
        net.conv(8, 3, "b2", at=stem),
        net.conv(8, 5, "b3", at=stem, norm=False),
    )
    net.node("add", {}, branches, "sum")
    middle = net.last
    net.head(5)
    return net.graph("branching", (net.last, middle))


KERNEL = {"kernel": (3, 3), "padding": "same", "bias": True, "initializer": "glorot_uniform"}
SHAPED: dict[str, dict[str, Any]] = {
    "lrn": {"size": 5, "alpha": 1e-4, "beta": 0.75, "offset": 2.0},
    "lcn": {"size": 3, "alpha": 1.0, "beta": 0.5, "offset": 1.0},
    "scale": {"initial": 1e-6, "bias": False},
    "group_norm": {"groups": 4, "epsilon": 1e-3},
    "instance_norm": {"epsilon": 1e-3},
    "batch_norm": {"epsilon": 1e-3, "momentum": 0.99, "scale": False},
    "prelu": {"initial": 0.25},
    "activation": {"function": "leaky_relu", "slope": 0.1},
    "channel_shuffle": {"groups": 2},
    "drop_path": {"rate": 0.2},
    "rescale": {"factor": 0.5, "offset": -1.0},
    "standardize": {"mean": (0.5,), "variance": (4.0,)},
}
"""Ops that keep the shape of a map of 8 channels."""


def excited(net: Net, channels: int) -> int:
    """Squeeze and excite: the map times a gate made of its channels."""
    value = net.last
    net.node("global_avg_pool", {}, (value,), "squeeze")
    net.node("dense", {"channels": 4, "bias": True, "initializer": "glorot_uniform"}, (net.last,), "narrow")
    net.node(
        "dense", {"channels": channels, "bias": True, "initializer": "glorot_uniform"}, (net.last,), "restore"
    )
    gate = net.node("activation", {"function": "sigmoid"}, (net.last,), "gate")
    return net.node("multiply", {}, (value, gate), "excite")


def split_and_joined(net: Net) -> int:
    """Two branches side by side: 16 channels of any map."""
    value = net.last
    left = net.conv(8, 1, "left", at=value)
    net.conv(8, 1, "reduce", at=value)
    return net.node("concat", {}, (left, net.conv(8, 3, "right")), "concat")


def everything(framed: bool) -> Graph:
    """Every op in one network; `framed` puts what keeps the shape into a bracket of two repeats."""
    net = Net((6, 6, 3))
    net.stage("stem")
    net.node("conv_transpose", {**KERNEL, "stride": (2, 2), "channels": 8}, (net.last,), "deconv")
    net.stage("body")
    for index in range(2 if framed else 1):
        if framed:
            net.block(index, 2)
        for op, params in SHAPED.items():
            net.node(op, params, (net.last,), op)
        excited(net, 8)
        split_and_joined(net)
        net.node("maxout", {"pieces": 2}, (net.last,), "maxout")
    net.stage("merges")
    value = net.last
    others = [net.node("scale", {"initial": 1.0, "bias": True}, (value,), f"scale{i}") for i in range(3)]
    for op, other in zip(("maximum", "average", "add"), others, strict=True):
        net.node(op, {}, (net.last, other, value), op)
    net.stage("shapes")
    net.node("depth_to_space", {"stride": (2, 2)}, (net.last,), "shuffle")
    net.node("upsample", {"stride": (1, 2), "interpolation": "bilinear"}, (net.last,), "upsample")
    net.node("crop", {"amount": ((1, 2), (3, 0))}, (net.last,), "crop")
    net.node("select", {"start": 1, "stop": 2}, (net.last,), "select")
    net.node(
        "reshape",
        {"shape": (net.nodes[net.last].shape[0], net.nodes[net.last].shape[1])},
        (net.last,),
        "reshape",
    )
    net.node("select", {"start": 1, "stop": 9}, (net.last,), "narrow")
    net.node("global_max_pool", {}, (net.last,), "pool")
    net.node("maxout", {"pieces": 2}, (net.last,), "dense_maxout")
    net.node("expand", {"axes": 2}, (net.last,), "expand")
    net.conv(4, 1, "conv", relu=False)
    net.node("flatten", {}, (net.last,), "flatten")
    return net.graph("everything")
