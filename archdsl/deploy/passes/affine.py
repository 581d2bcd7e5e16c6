"""Nodes that multiply and shift each channel by constants: batch norm, layer scale, a constant factor."""

from typing import TYPE_CHECKING, NamedTuple

from archdsl.deploy.weights import Arrays
from archdsl.graph.graph import Node

if TYPE_CHECKING:
    import numpy as np


class Affine(NamedTuple):
    """`factor * x + shift` per channel, in float64; `shift` is None where there is none, whatever the weights
    are."""

    factor: "np.ndarray"
    shift: "np.ndarray | None"


OPS = ("batch_norm", "scale", "rescale")


def affine(node: Node, weights: Arrays) -> Affine | None:
    """Return what a node does to each channel; None where it does something else."""
    import numpy as np

    if node.op == "rescale":
        factor, offset = (
            np.full(node.shape[-1], node.params.get(key, 0), np.float64) for key in ("factor", "offset")
        )
        return Affine(factor, offset if offset.any() else None)
    exact = {name: array.astype(np.float64) for name, array in weights.items()}
    if node.op == "scale":
        return Affine(exact["kernel"], exact.get("bias"))
    if node.op == "batch_norm":
        factor = exact.get("gamma", 1.0) / np.sqrt(exact["moving_variance"] + node.params["epsilon"])
        return Affine(factor, exact.get("beta", 0.0) - factor * exact["moving_mean"])
    return None
