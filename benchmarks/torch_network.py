"""A checked graph as a PyTorch module, of the layers that a person would write: what the benchmarks measure
archdsl against."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from archdsl.graph.graph import Graph, Node

FUNCTIONS = {
    "relu": functional.relu,
    "relu6": functional.relu6,
    "silu": functional.silu,
    "sigmoid": torch.sigmoid,
    "hard_silu": functional.hardswish,
    "hard_sigmoid": functional.hardsigmoid,
    "gelu": functional.gelu,
}


class Network(nn.Module):
    """The nodes in order, images as [batch, channels, height, width]; a last softmax is left to the loss."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        last = graph.nodes[graph.outputs[0]]
        softmax = last.op == "activation" and last.params["function"] == "softmax"
        self.end = last.inputs[0] if softmax else graph.outputs[0]
        self.steps = [
            (node, self._layer(graph, node) if node.inputs else None) for node in graph.nodes[: self.end + 1]
        ]
        self.held = nn.ModuleList(layer for _, layer in self.steps if isinstance(layer, nn.Module))

    def _layer(self, graph: Graph, node: Node) -> Any:
        """Return the module of a node, or a function of its inputs."""
        params = node.params
        entering = graph.nodes[node.inputs[0]].shape[-1] if node.inputs else 0
        match node.op:
            case "conv" | "depthwise":
                around = [(k - 1) // 2 if params["padding"] == "same" else 0 for k in params["kernel"]]
                groups = entering if node.op == "depthwise" else params["groups"]
                return nn.Conv2d(
                    entering,
                    node.shape[-1],
                    params["kernel"],
                    params["stride"],
                    around,
                    params["dilation"],
                    groups,
                    params["bias"],
                )
            case "dense":
                return nn.Linear(entering, node.shape[-1], params["bias"])
            case "batch_norm":
                return nn.BatchNorm2d(entering, params["epsilon"], 1 - params["momentum"])
            case "max_pool" | "avg_pool":
                kind = nn.MaxPool2d if node.op == "max_pool" else nn.AvgPool2d
                apart = params["stride"] == params["kernel"]  # windows that need no zeros around
                around = [0 if apart else (k - 1) // 2 for k in params["kernel"]]
                return kind(params["kernel"], params["stride"], around)
            case "global_avg_pool":
                return lambda x: x.mean((2, 3))
            case "activation":
                return FUNCTIONS[params["function"]]
            case "pad_channels":
                return lambda x: functional.pad(x, (0, 0, 0, 0, 0, params["amount"]))
            case "flatten":
                return lambda x: x.flatten(1)
            case "add":
                return torch.add
        raise SystemExit(f"{node.op} is not in benchmarks/torch_network.py")

    def forward(self, images: Any) -> Any:
        """Return logits: [batch, classes]."""
        values: list[Any] = []
        for node, layer in self.steps:
            values.append(images if layer is None else layer(*(values[i] for i in node.inputs)))
        return values[self.end].flatten(1)
