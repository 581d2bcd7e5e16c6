"""Graph -> counts: parameters, multiply-adds and depth, per stage and in all."""

from collections.abc import Sequence
from math import prod

from archdsl.graph.graph import Graph, Node, Shape
from archdsl.light import NamedTuple
from archdsl.ops import OPS, Weight


class Counts(NamedTuple):
    """Parameters (`total` includes moving statistics), multiply-adds of one example, weighted layers.

    `depth` counts the convolutions and dense layers along the longest path, without projections, gates and
    auxiliary heads; `projections` are those on shortcuts.
    """

    trainable: int = 0
    total: int = 0
    macs: int = 0
    depth: int = 0
    projections: int = 0


_NOTHING = Counts()


def own_weights(graph: Graph, node: Node) -> tuple[Weight, ...]:
    """Return the weights that a node has for itself: none where it shares those of another one."""
    return () if node.shares >= 0 else OPS[node.op].weights(node.params, graph.input_shapes(node))


def node_counts(graph: Graph, node: Node) -> Counts:
    """Count one node; its depth is 1 where it is weighted and on a main path."""
    return counted(node, graph.input_shapes(node))


def counted(node: Node, inputs: tuple[Shape, ...]) -> Counts:
    """Count a node that takes inputs of these shapes, as `node_counts` does."""
    op = OPS[node.op]
    trainable = fixed = 0
    for weight in op.weights(node.params, inputs) if node.shares < 0 else ():
        if weight.trainable:
            trainable += prod(weight.shape)
        else:
            fixed += prod(weight.shape)
    macs = op.macs(node.params, inputs, node.shape)
    if not (trainable or fixed or macs or op.weighted):
        return _NOTHING
    return Counts(
        trainable,
        trainable + fixed,
        macs,
        int(op.weighted and node.branch == "main"),
        int(op.weighted and node.branch == "shortcut"),
    )


def graph_counts(graph: Graph) -> tuple[Counts, ...]:
    """Count every node."""
    return tuple(node_counts(graph, node) for node in graph.nodes)


def total(counts: Sequence[Counts]) -> Counts:
    """Add counts up."""
    return Counts(*map(sum, zip(*counts, strict=True))) if counts else Counts()


def depths(graph: Graph, counts: Sequence[Counts]) -> list[int]:
    """Return the number of weighted layers on the longest path to each node."""
    found: list[int] = []
    for node, own in zip(graph.nodes, counts, strict=True):
        inputs = node.inputs
        above = found[inputs[0]] if len(inputs) == 1 else max([found[i] for i in inputs], default=0)
        found.append(own.depth + above)
    return found


def network_counts(graph: Graph, counts: Sequence[Counts]) -> Counts:
    """Count the whole network."""
    whole = total(counts)
    return whole._replace(depth=depths(graph, counts)[graph.outputs[0]]) if graph.outputs else whole


def stage_total(graph: Graph, counts: Sequence[Counts], index: int) -> Counts:
    """Count one stage; its depth is that of its longest path."""
    stage = graph.stages[index]
    found: dict[int, int] = {}
    for i in range(stage.start, stage.stop):
        found[i] = counts[i].depth + max([found.get(j, 0) for j in graph.nodes[i].inputs], default=0)
    return total(counts[stage.start : stage.stop])._replace(depth=max(found.values(), default=0))
