"""Node and graph names -> names that Keras accepts, the same ones in the built model and in the printed
source."""

import re

from archdsl.graph.graph import Graph, Node


def layer_name(node: Node) -> str:
    """Return the name of a node's layer: `conv3_x/block1/conv2` becomes `conv3_x-block1-conv2`.

    Keras forbids `/`; a slug holds no `-`, so the path can be read back.
    """
    return node.name.replace("/", "-")


def part_name(name: str, suffix: str) -> str:
    """Return the name of one of several layers that make an op; the last one, without a suffix, is called as
    the node is."""
    return f"{name}_{suffix}" if suffix else name


def model_name(graph: Graph) -> str:
    """Return the model's name: the graph's, where every character that a file or a scope could trip over is
    `_`."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", graph.name).strip("_") or "network"
