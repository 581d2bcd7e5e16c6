"""The weights of a recurrent layer, as PyTorch keeps them: gates in another order, biases apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archdsl.graph.graph import Node

if TYPE_CHECKING:
    import numpy as np

# Keras has a GRU's update gate first, PyTorch its reset gate; an LSTM's gates are in the same order.
_GATES = {"gru": (1, 0, 2)}


def recurrent(node: Node, place: str, weights: Mapping[str, "np.ndarray"]) -> dict[str, "np.ndarray"]:
    """Return the tensors of the layer at `place`, by name."""
    found: dict[str, np.ndarray] = {}
    for side, tail in sides(node).items():
        own = {name.removeprefix(side): array for name, array in weights.items() if name.startswith(side)}
        for name, array in _directed(node, own).items():
            found[f"{place}.{name}_l0{tail}"] = _ordered(node, array)
    return found


def sides(node: Node) -> dict[str, str]:
    """Return what the names of a direction's weights begin with in Keras, and end with in PyTorch."""
    return {"forward_": "", "backward_": "_reverse"} if node.params["bidirectional"] else {"": ""}


def directed_back(node: Node, tensors: Mapping[str, "np.ndarray"]) -> dict[str, "np.ndarray"]:
    """Return the weights of one direction for its tensors, as `_directed` gives these; a layer of one bias
    has the sum of PyTorch's two."""
    import numpy as np

    own = {name: _ordered(node, array) for name, array in tensors.items()}  # a swap, undone by itself
    kernel, hidden = own["weight_ih"].T, {"recurrent_kernel": own["weight_hh"].T}
    if "bias_ih" not in own:
        ones = {"kernel": kernel[:-1], **hidden, "bias": kernel[-1]}
        return ones if node.params["bias"] else {"kernel": kernel, **hidden}
    entering, state = own["bias_ih"], own["bias_hh"]
    if node.params.get("reset") == "after":
        return {"kernel": kernel, **hidden, "bias": np.stack([entering, state])}
    if node.params["biases"] == "two":
        return {"kernel": np.concatenate([kernel, entering[None]]), **hidden, "bias": state}
    return {"kernel": kernel, **hidden, "bias": entering + state}


def _directed(node: Node, weights: Mapping[str, "np.ndarray"]) -> dict[str, "np.ndarray"]:
    """Return the tensors of one direction: channels that leave first, gates in Keras' order."""
    import numpy as np

    kernel, hidden = weights["kernel"], {"weight_hh": weights["recurrent_kernel"].T}
    if "bias" not in weights:
        return {"weight_ih": kernel.T, **hidden}
    bias = weights["bias"]
    if bias.ndim == 2:  # of the input and of the state
        return {"weight_ih": kernel.T, **hidden, "bias_ih": bias[0], "bias_hh": bias[1]}
    if node.params["biases"] == "two":  # one of them is that of Keras' channel of ones
        return {"weight_ih": kernel[:-1].T, **hidden, "bias_ih": kernel[-1], "bias_hh": bias}
    return {"weight_ih": np.concatenate([kernel, bias[None]]).T, **hidden}


def _ordered(node: Node, array: "np.ndarray") -> "np.ndarray":
    """Return a tensor with its gates, the parts of its first axis, in PyTorch's order."""
    import numpy as np

    order = _GATES.get(node.op)
    if order is None:
        return np.ascontiguousarray(array)
    gates = np.split(array, len(order))
    return np.concatenate([gates[gate] for gate in order])
