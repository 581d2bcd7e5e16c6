"""A graph of ours as an ONNX file, as exporters write it, and what onnxruntime computes of one: a second opinion on what is read.

Maps have their channels first. With `last`, images have them last and are transposed, and maps are transposed back before they are flattened,
as in Keras' export; without it flat values have the channels first, as PyTorch has them.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archdsl.graph.graph import Graph, Node
from archdsl.ops.windows import same_zeros

onnx = pytest.importorskip("onnx")
Arrays = dict[str, np.ndarray]
PLAIN = {
    "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "hard_silu": "HardSwish", "elu": "Elu", "selu": "Selu",
    "softplus": "Softplus", "softsign": "Softsign", "mish": "Mish",
}  # fmt: skip


class Writer:
    """Collects the operators of one graph."""

    def __init__(self, graph: Graph, weights: dict[str, Arrays], last: bool) -> None:
        self.graph = graph
        self.last = last
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.given: dict[int, str] = {}

    def op(self, kind: str, *inputs: str, **said: Any) -> str:
        """Append an operator; its name is that of its value."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(kind, list(inputs), [name], name, **said))
        return name

    def constant(self, array: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def node(self, i: int, node: Node) -> str:
        """Write one node."""
        own = self.weights.get(node.name, {})
        read = [self.given[j] for j in node.inputs]
        return str(getattr(self, node.op)(node, own, *read))

    def conv(self, node: Node, own: Arrays, x: str) -> str:
        rank = len(node.params["kernel"])
        if node.op == "depthwise":
            moved = own["kernel"].transpose(rank, rank + 1, *range(rank))
        else:
            moved = own["kernel"].transpose(rank + 1, rank, *range(rank))
        group = own["kernel"].shape[-2] if node.op == "depthwise" else node.params["groups"]
        zeros = same_zeros(node.params, self.graph.input_shapes(node)[0])
        around = [*(low for low, _ in zeros), *(high for _, high in zeros)]
        pad = {"pads": around} if node.params["padding"] == "same" else {}
        constants = [
            self.constant(moved.astype(np.float32)),
            *([self.constant(own["bias"])] if "bias" in own else []),
        ]
        said = {"strides": node.params["stride"], "dilations": node.params["dilation"], "group": group}
        return self.op("Conv", x, *constants, kernel_shape=node.params["kernel"], **said, **pad)

    depthwise = conv

    def conv_transpose(self, node: Node, own: Arrays, x: str) -> str:
        rank = len(node.params["kernel"])
        moved = own["kernel"].transpose(rank + 1, rank, *range(rank))
        constants = [self.constant(moved), *([self.constant(own["bias"])] if "bias" in own else [])]
        return self.op(
            "ConvTranspose", x, *constants, kernel_shape=node.params["kernel"], strides=node.params["stride"]
        )

    def dense(self, node: Node, own: Arrays, x: str) -> str:
        if len(node.shape) > 1:
            made = self.op("MatMul", x, self.constant(own["kernel"]))
            return self.op("Add", made, self.constant(own["bias"])) if "bias" in own else made
        bias = [self.constant(own["bias"])] if "bias" in own else []
        return self.op("Gemm", x, self.constant(own["kernel"].T), *bias, transB=1)

    def batch_norm(self, node: Node, own: Arrays, x: str) -> str:
        constants = [self.constant(own[key]) for key in ("gamma", "beta", "moving_mean", "moving_variance")]
        return self.op(
            "BatchNormalization",
            x,
            *constants,
            epsilon=node.params["epsilon"],
            momentum=node.params["momentum"],
        )

    def layer_norm(self, node: Node, own: Arrays, x: str) -> str:
        """Write it in parts, as exporters do."""
        less = self.op("Sub", x, self.op("ReduceMean", x, self.constant(np.int64([-1]))))
        square = self.op("Pow", less, self.constant(np.float32(2)))
        mean = self.op("ReduceMean", square, self.constant(np.int64([-1])))
        root = self.op("Sqrt", self.op("Add", mean, self.constant(np.float32(node.params["epsilon"]))))
        made = self.op("Mul", self.op("Div", less, root), self.constant(own["gamma"]))
        return self.op("Add", made, self.constant(own["beta"]))

    def activation(self, node: Node, own: Arrays, x: str) -> str:
        function = node.params["function"]
        if function in PLAIN:
            return self.op(PLAIN[function], x)
        if function == "silu":
            return self.op("Mul", x, self.op("Sigmoid", x))
        if function == "relu6":
            return self.op("Clip", x, self.constant(np.float32(0)), self.constant(np.float32(6)))
        if function == "hard_sigmoid":
            return self.op("HardSigmoid", x, alpha=1 / 6, beta=0.5)
        if function == "gelu":
            erf = self.op("Erf", self.op("Div", x, self.constant(np.float32(2**0.5))))
            made = self.op("Mul", x, self.op("Add", erf, self.constant(np.float32(1))))
            return self.op("Mul", made, self.constant(np.float32(0.5)))
        if function == "leaky_relu":
            return self.op("LeakyRelu", x, alpha=node.params.get("slope") or 0.2)
        return self.op(
            {"softmax": "Softmax", "log_softmax": "LogSoftmax"}[function],
            x,
            axis=-1 if len(node.shape) < 3 else 1,
        )

    def pool(self, node: Node, own: Arrays, x: str) -> str:
        pad = {"auto_pad": "SAME_UPPER"} if node.params["padding"] == "same" else {}
        kind = "MaxPool" if node.op == "max_pool" else "AveragePool"
        return self.op(kind, x, kernel_shape=node.params["kernel"], strides=node.params["stride"], **pad)

    max_pool = avg_pool = pool

    def global_avg_pool(self, node: Node, own: Arrays, x: str) -> str:
        return self.op("Flatten", self.op("GlobalAveragePool", x))

    def flatten(self, node: Node, own: Arrays, x: str) -> str:
        rank = len(self.graph.nodes[node.inputs[0]].shape)
        return self.op(
            "Flatten", self.op("Transpose", x, perm=(0, *range(2, rank + 1), 1)) if self.last else x
        )

    def expand(self, node: Node, own: Arrays, x: str) -> str:
        return self.op("Unsqueeze", x, self.constant(np.int64([2, 3])))

    def pad(self, node: Node, own: Arrays, x: str) -> str:
        ends = [(0, 0), (0, 0), *node.params["amount"]]
        return self.op(
            "Pad", x, self.constant(np.int64([low for low, _ in ends] + [high for _, high in ends]))
        )

    def add(self, node: Node, own: Arrays, *read: str) -> str:
        return self.op("Add" if len(read) == 2 else "Sum", *read)

    def concat(self, node: Node, own: Arrays, *read: str) -> str:
        return self.op("Concat", *read, axis=1)

    def multiply(self, node: Node, own: Arrays, *read: str) -> str:
        shapes = self.graph.input_shapes(node)
        axes = self.constant(np.int64([2, 3]))
        gates = [
            name if len(shape) > 1 else self.op("Unsqueeze", name, axes)
            for name, shape in zip(read, shapes, strict=True)
        ]
        return self.op("Mul", *(gates if len(node.shape) > 1 else read))

    def dropout(self, node: Node, own: Arrays, x: str) -> str:
        return self.op("Identity", x)

    drop_path = dropout

    def rescale(self, node: Node, own: Arrays, x: str) -> str:
        return self.op("Mul", x, self.constant(np.float32(node.params["factor"])))

    def scale(self, node: Node, own: Arrays, x: str) -> str:
        shape = (-1, 1, 1) if len(node.shape) == 3 else (-1,)
        made = self.op("Mul", x, self.constant(own["kernel"].reshape(shape)))
        return self.op("Add", made, self.constant(own["bias"].reshape(shape))) if "bias" in own else made


def written(graph: Graph, weights: dict[str, Arrays], path: Path, last: bool = False) -> Path:
    """Write a graph of one input and one output with its weights; return the path."""
    writer = Writer(graph, weights, last)
    start = graph.nodes[graph.inputs[0]].shape
    shape = start if last or len(start) == 1 else (start[-1], *start[:-1])
    for i, node in enumerate(graph.nodes):
        if node.op != "input":
            writer.given[i] = writer.node(i, node)
            continue
        rank = len(start)
        writer.given[i] = writer.op("Transpose", "x", perm=(0, rank, *range(1, rank))) if last else "x"
    end = writer.given[graph.outputs[0]]
    kind = onnx.TensorProto.FLOAT
    ends = (
        [onnx.helper.make_tensor_value_info("x", kind, ["batch", *shape])],
        [onnx.helper.make_tensor_value_info(end, kind, None)],
    )
    made = onnx.helper.make_graph(writer.nodes, "net", *ends, writer.constants)
    model = onnx.helper.make_model(made, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=8)
    onnx.save(model, path)
    return path


def computed(path: Path, images: np.ndarray) -> np.ndarray:
    """Return what onnxruntime computes of images whose channels are last."""
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    one = session.get_inputs()[0]
    given = images if tuple(one.shape[1:]) == images.shape[1:] else np.moveaxis(images, -1, 1)
    return np.asarray(session.run(None, {one.name: given})[0])
