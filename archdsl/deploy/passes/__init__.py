"""A network with its weights -> a smaller one that computes the same when it predicts.

A pass takes a `Weighted` and gives another; `simplified` runs all of them. No array of the given weights is
changed.
"""

from archdsl.deploy.passes.dead import pruned
from archdsl.deploy.passes.fold import folded
from archdsl.deploy.weights import Weighted

__all__ = ["folded", "pruned", "simplified"]


def simplified(network: Weighted) -> Weighted:
    """Remove what does nothing when predicting, then fold what is a factor and an offset per channel."""
    return folded(pruned(network))
