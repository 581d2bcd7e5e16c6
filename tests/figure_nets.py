"""Graphs made by hand, of networks with branches: what the tests of the figure draw."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from archdsl.graph.emit import Emitter, Value
from archdsl.graph.graph import Frame, Graph, Shape, Stage
from archdsl.source import Span


class Net:
    """Emits rows, blocks and branches, as the builder of tables would."""

    def __init__(self, name: str, shape: Shape) -> None:
        self.name = name
        self.emitter = Emitter()
        self.stages: list[Stage] = []
        self.input = self.emitter.emit("input", {"shape": shape}, (), "input", Span(0, 0))

    def op(self, op: str, *inputs: Value, **params: object) -> Value:
        return self.emitter.emit(op, params, inputs, f"{op}{len(self.emitter.nodes)}", Span(0, 0))

    def conv(
        self,
        x: Value,
        channels: int,
        kernel: int | tuple[int, int] = 3,
        stride: int = 1,
        act: str = "relu",
        norm: bool = True,
    ) -> Value:
        window = (kernel, kernel) if isinstance(kernel, int) else kernel
        params = {
            "kernel": window,
            "stride": (stride, stride),
            "padding": "same",
            "dilation": (1, 1),
            "bias": not norm,
        }
        x = self.op("conv", x, **params, initializer="he_normal", channels=channels, groups=1)
        x = self.op("batch_norm", x, epsilon=1e-3, momentum=0.99) if norm else x
        return self.act(x, act) if act else x

    def depthwise(self, x: Value, kernel: int, stride: int, act: str) -> Value:
        params = {
            "kernel": (kernel, kernel),
            "stride": (stride, stride),
            "padding": "same",
            "dilation": (1, 1),
            "bias": False,
        }
        x = self.op("depthwise", x, **params, initializer="he_normal")
        return self.act(self.op("batch_norm", x, epsilon=1e-3, momentum=0.99), act)

    def preact(self, x: Value, channels: int, kernel: int) -> Value:
        x = self.act(self.op("batch_norm", x, epsilon=1e-3, momentum=0.99), "relu")
        return self.conv(x, channels, kernel, act="", norm=False)

    def act(self, x: Value, function: str) -> Value:
        return self.op("activation", x, function=function)

    def dense(self, x: Value, channels: int, act: str = "") -> Value:
        x = self.op("dense", x, channels=channels, bias=True, initializer="glorot_uniform")
        return self.act(x, act) if act else x

    def pool(self, x: Value, kernel: int = 3, stride: int = 2, op: str = "max_pool") -> Value:
        return self.op(op, x, kernel=(kernel, kernel), stride=(stride, stride), padding="same")

    @contextmanager
    def row(self, label: str, text: str = "") -> Iterator[None]:
        start = len(self.emitter.nodes)
        self.emitter.stage = len(self.stages)
        self.emitter.path = f"{label}/"
        yield
        number = len(self.stages) + 1
        self.stages.append(
            Stage(label, label, None, start, len(self.emitter.nodes), Span(0, 0), number + 4, text, ())
        )

    @contextmanager
    def frame(self, name: str = "", index: int = 0, count: int = 1, template: int = 0) -> Iterator[None]:
        before = self.emitter.frames
        self.emitter.frames = (*before, Frame(template, index, count, name))
        yield
        self.emitter.frames = before

    @contextmanager
    def branch(self, name: str) -> Iterator[None]:
        before, self.emitter.branch = self.emitter.branch, name
        yield
        self.emitter.branch = before

    def head(self, x: Value, classes: int = 1000) -> Value:
        with self.row("head"):
            return self.dense(self.op("global_avg_pool", x), classes, "softmax")

    def gate(self, x: Value, width: int) -> Value:
        channels = x.shape[-1]
        with self.branch("gate"):
            scale = self.dense(self.dense(self.op("global_avg_pool", x), width, "relu"), channels, "sigmoid")
        return self.op("multiply", x, scale)

    def graph(self, *outputs: Value) -> Graph:
        return Graph(
            self.name,
            "plain",
            tuple(self.emitter.nodes),
            tuple(self.stages),
            (0,),
            tuple(value.id for value in outputs),
        )


def inception() -> Graph:
    """Two modules of GoogLeNet."""
    net = Net("inception", (28, 28, 192))
    x = net.input
    for label, (a, r3, c3, r5, c5, p) in {
        "3a": (64, 96, 128, 16, 32, 32),
        "3b": (128, 128, 192, 32, 96, 64),
    }.items():
        with net.row(label), net.frame("inception"):
            branches = (
                net.conv(x, a, 1, norm=False),
                net.conv(net.conv(x, r3, 1, norm=False), c3, 3, norm=False),
                net.conv(net.conv(x, r5, 1, norm=False), c5, 5, norm=False),
                net.conv(net.pool(x, 3, 1), p, 1, norm=False),
            )
            x = net.op("concat", *branches)
    return net.graph(net.head(x))


def inception_e(nested: bool = True) -> Graph:
    """Inception-v3's last module, whose branches split again; with or without a concat of their own."""
    net = Net("inception-e", (8, 8, 1280))
    x = net.input
    for label in ("mixed9", "mixed10"):
        with net.row(label), net.frame("inception E"):
            one = net.conv(x, 320, 1)
            three = net.conv(x, 384, 1)
            three_split = (net.conv(three, 384, (1, 3)), net.conv(three, 384, (3, 1)))
            double = net.conv(net.conv(x, 448, 1), 384, 3)
            double_split = (net.conv(double, 384, (1, 3)), net.conv(double, 384, (3, 1)))
            pooled = net.conv(net.pool(x, 3, 1, "avg_pool"), 192, 1)
            if nested:
                x = net.op(
                    "concat", one, net.op("concat", *three_split), net.op("concat", *double_split), pooled
                )
            else:
                x = net.op("concat", one, *three_split, *double_split, pooled)
    return net.graph(net.head(x))


def densenet(*counts: int, growth: int = 32) -> Graph:
    """DenseNet-BC; each layer is joined to its input."""
    net = Net("densenet", (224, 224, 3))
    with net.row("stem"):
        x = net.pool(net.conv(net.input, 2 * growth, 7, 2))
    for number, count in enumerate(counts, 1):
        with net.row(f"dense block {number}"):
            for index in range(count):
                with net.frame("dense layer", index, count):
                    x = net.op("concat", x, net.preact(net.preact(x, 4 * growth, 1), growth, 3))
        if number < len(counts):
            with net.row(f"transition {number}"):
                x = net.pool(net.preact(x, x.shape[-1] // 2, 1), 2, 2, "avg_pool")
    with net.row("norm"):
        x = net.act(net.op("batch_norm", x, epsilon=1e-3, momentum=0.99), "relu")
    return net.graph(net.head(x))


def se_resnet() -> Graph:
    """Two stages of SE-ResNet-50: gates inside bottlenecks."""
    net = Net("se-resnet", (56, 56, 64))
    x = net.input
    for label, channels, count, stride in (("conv2", 64, 3, 1), ("conv3", 128, 4, 2)):
        with net.row(label):
            for index in range(count):
                with net.frame("", index, count):
                    first = index == 0
                    y = net.conv(net.conv(x, channels, 1), channels, 3, stride if first else 1)
                    y = net.conv(y, 4 * channels, 1, act="")
                    with net.frame("SE"):
                        y = net.gate(y, channels // 4)
                    if first:
                        with net.branch("shortcut"):
                            x = net.conv(x, 4 * channels, 1, stride, act="")
                    x = net.act(net.op("add", y, x), "relu")
    return net.graph(net.head(x))


def mbconv() -> Graph:
    """Rows of EfficientNet."""
    net = Net("mbconv", (112, 112, 32))
    x = net.input
    for label, kernel, expand, channels, count, stride in (
        ("stage 2", 3, 1, 16, 1, 1),
        ("stage 3", 3, 6, 24, 2, 2),
        ("stage 4", 5, 6, 40, 4, 2),
    ):
        with net.row(label):
            for index in range(count):
                with net.frame(f"MBConv{expand}", index, count):
                    step = stride if index == 0 else 1
                    y = net.conv(x, expand * x.shape[-1], 1, act="silu") if expand > 1 else x
                    y = net.gate(net.depthwise(y, kernel, step, "silu"), max(1, x.shape[-1] // 4))
                    y = net.conv(y, channels, 1, act="")
                    x = net.op("add", y, x) if step == 1 and y.shape == x.shape else y
    return net.graph(net.head(x))


def unet(depth: int = 4) -> Graph:
    """U-Net with nearest up-sampling left out: the decoder's convolutions take the shapes as they are."""
    net = Net("unet", (256, 256, 3))
    x, skips = net.input, []
    for level in range(depth):
        with net.row(f"enc{level + 1}"):
            x = net.conv(net.conv(x, 64 << level, norm=False), 64 << level, norm=False)
        skips.append(x)
        with net.row(f"down{level + 1}"):
            x = net.pool(x, 2, 2)
    with net.row("middle"):
        x = net.conv(net.conv(x, 64 << depth, norm=False), 64 << depth, norm=False)
    for level in reversed(range(depth)):
        with net.row(f"dec{level + 1}"):
            up = net.conv(x, 64 << level, 2, norm=False)
            up = up._replace(shape=skips[level].shape)
            net.emitter.nodes[-1] = net.emitter.nodes[-1]._replace(shape=up.shape)
            x = net.op("concat", skips[level], up)
            x = net.conv(net.conv(x, 64 << level, norm=False), 64 << level, norm=False)
    with net.row("out"):
        x = net.conv(x, 2, 1, act="softmax", norm=False)
    return net.graph(x)


def auxiliary() -> Graph:
    """A trunk with two auxiliary heads, as rows between the others."""
    net = Net("auxiliary", (56, 56, 32))
    x, extra = net.input, []
    for number in (1, 2, 3):
        with net.row(f"conv{number}"):
            for index in range(2):
                with net.frame("", index, 2):
                    x = net.conv(x, 32 << number, 3, 2 if index == 0 else 1)
        if number < 3:
            with net.row(f"aux{number}"), net.branch("aux"):
                y = net.conv(net.pool(x, 5, 3, "avg_pool"), 128, 1)
                y = net.dense(net.op("flatten", y), 256, "relu")
                extra.append(net.dense(net.op("dropout", y, rate=0.7), 10, "softmax"))
    return net.graph(net.head(x, 10), *extra)


def resnet(*counts: int) -> Graph:
    """Bottleneck ResNet; (3, 8, 36, 3) is ResNet-152."""
    net = Net(f"resnet-{3 * sum(counts) + 2}", (224, 224, 3))
    with net.row("conv1"):
        x = net.conv(net.input, 64, 7, 2)
    for number, count in enumerate(counts):
        with net.row(f"conv{number + 2}_x"):
            x = net.pool(x) if number == 0 else x
            for index in range(count):
                with net.frame("", index, count, 1 if number == 0 else 0):
                    width, stride = 64 << number, 2 if number and not index else 1
                    y = net.conv(net.conv(net.conv(x, width, 1), width, 3, stride), 4 * width, 1, act="")
                    if index == 0:
                        with net.branch("shortcut"):
                            x = net.conv(x, 4 * width, 1, stride, act="")
                    x = net.act(net.op("add", y, x), "relu")
    return net.graph(net.head(x))


def tangled() -> Graph:
    """A block that is not made of parts in series and in parallel."""
    net = Net("tangled", (16, 16, 8))
    x = net.input
    with net.row("cell"), net.frame("cell"):
        a, b = net.conv(x, 8, 1), net.conv(x, 8, 3)
        c, d = net.op("add", a, b), net.conv(b, 8, 5)
        e = net.op("add", net.conv(a, 8, 3), net.conv(d, 8, 1))
        x = net.op("concat", c, e, d)
    return net.graph(net.head(x, 10))


def residual_inception() -> Graph:
    """Inception-ResNet: a shortcut past branches side by side, repeated."""
    net = Net("inception-resnet", (35, 35, 320))
    x = net.input
    with net.row("block35"):
        for index in range(10):
            with net.frame("block35", index, 10):
                branches = (
                    net.conv(x, 32, 1),
                    net.conv(net.conv(x, 32, 1), 32, 3),
                    net.conv(net.conv(net.conv(x, 32, 1), 48, 3), 64, 3),
                )
                y = net.conv(net.op("concat", *branches), 320, 1, act="", norm=False)
                x = net.act(net.op("add", x, y), "relu")
    return net.graph(net.head(x))


NETS: dict[str, Callable[[], Graph]] = {
    "inception": inception,
    "inception-e": inception_e,
    "inception-e-flat": lambda: inception_e(nested=False),
    "dense-block": lambda: densenet(6),
    "densenet-264": lambda: densenet(6, 12, 64, 48),
    "se-resnet": se_resnet,
    "mbconv": mbconv,
    "unet": unet,
    "auxiliary": auxiliary,
    "resnet-152": lambda: resnet(3, 8, 36, 3),
    "tangled": tangled,
    "inception-resnet": residual_inception,
}
