"""A network and a batch size -> the memory that training takes, estimated before anything is built.

What a step holds at its peak: the maps that the backward pass needs (by what each op's gradient reads), the
gradients on their way through the widest node, and for each weight its value, gradient and what the optimiser
remembers. The constants at the top were measured (benchmarks/memory.py).
"""

from math import prod
from typing import NamedTuple

from archdsl.graph.graph import Graph, Node
from archdsl.graph.measure import graph_counts, network_counts

# Resident bytes of a process that has imported TensorFlow and traced a step, without weights and maps.
PROCESS = 1100 * 2**20
# Ops whose gradient reads their input, their output, or both; all others read neither.
READS_INPUT = {"conv", "depthwise", "conv_transpose", "dense", "batch_norm", "layer_norm", "group_norm"}
READS_INPUT |= {"instance_norm", "lrn", "lcn", "scale", "multiply", "max_pool", "prelu", "maxout", "maximum"}
READS_OUTPUT = {"max_pool", "dropout", "spatial_dropout", "drop_path", "adaptive_max_pool"}
FROM_OUTPUT = {"relu", "relu6", "sigmoid", "tanh", "softmax", "hard_sigmoid"}
FLOAT32 = 4


class Row(NamedTuple):
    """The bytes of the maps that a row of the table keeps for one image."""

    label: str
    line: int
    bytes: int


class Estimate(NamedTuple):
    """Bytes that training takes: `fixed` for any batch, `image` for each image of one, `batch` images in all.

    `rows` are the rows of the table, the one with the largest maps first.
    """

    fixed: int
    image: int
    batch: int
    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        """Return the bytes at the peak of a step."""
        return self.fixed + self.image * self.batch

    def fitting(self, available: int) -> int:
        """Return the largest batch that fits, a power of two below 256 and a multiple of 256 above; 0 where
        none does."""
        most = max(available - self.fixed, 0) // max(self.image, 1)
        return most // 256 * 256 if most >= 256 else 1 << (most.bit_length() - 1) if most else 0


def estimate(graph: Graph, batch: int, policy: str, slots: int, images: int = 0) -> Estimate:
    """Estimate what training takes in a precision policy; `slots` values per weight are remembered by the
    optimiser.

    `images` are the bytes of data that is held in memory.
    """
    size = FLOAT32 if policy == "float32" else 2
    values = weights(graph)
    kept = _kept(graph)
    each = [_bytes(graph, i, size) if i in kept else 0 for i in range(len(graph.nodes))]
    passing = max(_passing(graph, node, size) for node in graph.nodes)
    rows = [
        Row(stage.label or stage.name, stage.line, sum(each[stage.start : stage.stop]))
        for stage in graph.stages
    ]
    fixed = PROCESS + images + values * (FLOAT32 * (2 + slots) + (size if size < FLOAT32 else 0))
    return Estimate(fixed, sum(each) + passing, batch, tuple(sorted(rows, key=lambda row: -row.bytes)))


def weights(graph: Graph) -> int:
    """Count the numbers in the weights of a network, trained or not."""
    return network_counts(graph, graph_counts(graph)).total


def _kept(graph: Graph) -> set[int]:
    """Return the nodes whose output the backward pass reads."""
    kept: set[int] = set()
    for i, node in enumerate(graph.nodes):
        output = node.op in READS_OUTPUT or _function(node) in FROM_OUTPUT
        if output:
            kept.add(i)
        if node.op in READS_INPUT or (node.op == "activation" and not output):
            kept.update(node.inputs)
    return kept


def _function(node: Node) -> str:
    return str(node.params["function"]) if node.op == "activation" else ""


def _bytes(graph: Graph, i: int, size: int) -> int:
    return prod(graph.nodes[i].shape) * size


def _passing(graph: Graph, node: Node, size: int) -> int:
    """Return the bytes of the gradients of a node's output and inputs."""
    return (prod(node.shape) + sum(map(prod, graph.input_shapes(node)))) * size
