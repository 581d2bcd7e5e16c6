"""Graph -> counts: parameters, multiply-adds and depth, per stage and in all."""

from math import prod
from typing import NamedTuple

from archdsl.ir.graph import Graph, Node
from archdsl.ops import OPS


class Counts(NamedTuple):
    """Parameters (`total` includes moving statistics), multiply-adds of one example, weighted layers.

    `depth` counts the convolutions and dense layers of the longest path, projections, gates and auxiliary heads left
    out; `projections` are those on shortcuts.
    """

    trainable: int = 0
    total: int = 0
    macs: int = 0
    depth: int = 0
    projections: int = 0


def node_counts(graph: Graph, node: Node) -> Counts:
    """Count one node."""
    op = OPS[node.op]
    inputs = graph.input_shapes(node)
    weights = [(weight.trainable, prod(weight.shape)) for weight in op.weights(node.params, inputs)]
    main = node.branch == "main"
    return Counts(
        trainable=sum(size for trainable, size in weights if trainable),
        total=sum(size for _, size in weights),
        macs=op.macs(node.params, inputs, node.shape),
        depth=int(op.weighted and main),
        projections=int(op.weighted and not main),
    )


def total(counts: list[Counts]) -> Counts:
    """Add counts up."""
    return Counts(*map(sum, zip(*counts, strict=True))) if counts else Counts()


def stage_counts(graph: Graph) -> list[Counts]:
    """Count each stage of the graph."""
    counts = [node_counts(graph, node) for node in graph.nodes]
    return [total(counts[stage.start : stage.stop]) for stage in graph.stages]
