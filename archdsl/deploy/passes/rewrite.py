"""What every pass ends with: a graph without the nodes that others stand for."""

from collections.abc import Sequence
from itertools import accumulate

from archdsl.graph.graph import Graph, Node


def compacted(graph: Graph, stands_for: Sequence[int]) -> Graph:
    """Drop each node that another stands for, and what no output reads then; stages keep what is left of
    them.

    `stands_for[i]` is the node to read instead of node i (i itself where it stays), always one that stays.
    The inputs of the network stay.
    """
    nodes = [node._replace(inputs=tuple(stands_for[j] for j in node.inputs)) for node in graph.nodes]
    outputs = [stands_for[i] for i in graph.outputs]
    kept = _reached(nodes, outputs) | set(graph.inputs)
    # Nodes that are kept in front of each.
    before = list(accumulate((i in kept for i in range(len(nodes))), initial=0))
    return graph._replace(
        nodes=tuple(
            node._replace(inputs=tuple(before[j] for j in node.inputs))
            for i, node in enumerate(nodes)
            if i in kept
        ),
        stages=tuple(
            stage._replace(start=before[stage.start], stop=before[stage.stop]) for stage in graph.stages
        ),
        inputs=tuple(before[i] for i in graph.inputs),
        outputs=tuple(before[i] for i in outputs),
    )


def _reached(nodes: Sequence[Node], outputs: Sequence[int]) -> set[int]:
    reached = set(outputs)
    for i in range(len(nodes) - 1, -1, -1):
        if i in reached:
            reached.update(nodes[i].inputs)
    return reached
