"""Whether the moving statistics of batch normalisation are fit to evaluate with at the end of a run."""

import math

from archdsl.graph.graph import Graph

MOST_LEFT = 0.05
# What is usual, and what still averages over a few batches.
_USUAL, _LEAST = 0.9, 0.5


def told(graph: Graph, steps: int) -> str:
    """Say which momentum is too slow for a run of so many steps; nothing where none is.

    A step keeps the share `momentum` of the statistics, so `momentum ** steps` of what they began with (mean
    0, variance 1) is left at the end, and validation looks worse than the network is.
    """
    momenta = [node.params["momentum"] for node in graph.nodes if node.op == "batch_norm"]
    slowest = max(momenta, default=0.0)
    if slowest**steps <= MOST_LEFT:
        return ""
    left = f"{slowest**steps:.0%} of what the moving statistics begin with is left after {steps} steps"
    return f"norm-momentum {slowest:g} is for longer runs: {left}, and validation suffers; {_advice(steps)}"


def _advice(steps: int) -> str:
    """Say what suits a run of so many steps."""
    fits = min(_USUAL, math.floor(100 * MOST_LEFT ** (1 / max(steps, 1))) / 100)
    if fits < _LEAST:
        return "train for more epochs, or with smaller batches"
    return f"`norm-momentum {fits:g}` in the spec suits this one"
