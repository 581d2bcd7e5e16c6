"""Operators of ONNX that normalise, or take a mean or a maximum over all positions."""

from typing import TYPE_CHECKING

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.onnx.dense import per_channel, unmixed
from archdsl.foreign.onnx.program import Step
from archdsl.foreign.onnx.values import Maker, Value, along, is_channels

if TYPE_CHECKING:
    import numpy as np


def batch_norm(
    maker: Maker, step: Step, value: Value, gamma: "np.ndarray", beta: "np.ndarray", *moving: "np.ndarray"
) -> Value:
    """Lower a batch normalisation, whose channels are the first axis behind the batch."""
    if step.said.get("training_mode") or not is_channels(maker, value, 1):
        raise Unsaid(
            step.name, "a batch norm of another axis than the channels, or while training, is not said"
        )
    params = _usual(step, 1e-5) | {"momentum": _short(step.said.get("momentum", 0.9))}
    weights = tuple(unmixed(one, value) for one in (gamma, beta, *moving))
    return maker.pointwise(step, "batch_norm", params, value, weights)


def layer_norm(
    maker: Maker, step: Step, value: Value, gamma: "np.ndarray", beta: "np.ndarray | None" = None
) -> Value:
    """Lower a layer normalisation over the channels."""
    axis = int(step.said.get("axis", -1))
    if not is_channels(maker, value, axis) or axis not in (-1, len(value.order)):
        raise Unsaid(step.name, "a layer norm over another axis than the channels is not said")
    params = _usual(step, 1e-5) | {"center": beta is not None}
    weights = [one.reshape(-1) for one in (gamma, beta) if one is not None]
    return maker.pointwise(step, "layer_norm", params, value, weights)


def group_norm(maker: Maker, step: Step, value: Value, gamma: "np.ndarray", beta: "np.ndarray") -> Value:
    """Lower a normalisation of the channels of each group, or of each channel."""
    if not is_channels(maker, value, 1) or gamma.size != maker.shape(value)[-1]:
        raise Unsaid(step.name, "this normalisation of groups is not said")
    weights = (gamma.reshape(-1), beta.reshape(-1))
    groups = step.said.get("num_groups")
    if groups is None:
        return maker.pointwise(step, "instance_norm", _usual(step, 1e-5), value, weights)
    return maker.pointwise(step, "group_norm", {"groups": int(groups), **_usual(step, 1e-5)}, value, weights)


def standardized(
    maker: Maker, step: Step, value: Value, mean: "np.ndarray", deviation: "np.ndarray"
) -> Value:
    """Lower each channel less its mean, over its deviation, where both are written in the file."""
    if not per_channel(maker, value, mean) or not per_channel(maker, value, deviation):
        raise Unsaid(step.name, "means that are not one for each channel are not said")
    numbers = {
        "mean": tuple(_short(float(n)) for n in mean.reshape(-1)),
        "variance": tuple(_short(float(n) ** 2) for n in deviation.reshape(-1)),
    }
    return maker.pointwise(step, "standardize", numbers, value)


def local_response(maker: Maker, step: Step, value: Value) -> Value:
    """Lower a local response normalisation, whose factor ONNX divides by the size."""
    size = int(step.said["size"])
    alpha = float(f"{step.said.get('alpha', 1e-4) / size:.7g}")
    params = {"size": size, "alpha": alpha, "beta": _short(step.said.get("beta", 0.75))}
    return maker.pointwise(step, "lrn", params | {"offset": _short(step.said.get("bias", 1.0))}, value)


def pooled(maker: Maker, step: Step, value: Value) -> Value:
    """Lower a mean or maximum over all positions, whose axes stay."""
    return reduced(maker, step, value, None)


def reduced(maker: Maker, step: Step, value: Value, axes: "np.ndarray | None" = None) -> Value:
    """Lower a mean or maximum over all positions, or over the channels."""
    said = step.said.get("axes") if axes is None else axes
    rank = len(value.order)
    over = [int(n) % (rank + 1) for n in said] if said is not None else list(range(2, rank + 1))
    keeps = bool(step.said.get("keepdims", 1)) or said is None
    kind = "max" if "Max" in step.kind else "avg"
    own = [along(maker, value, axis) for axis in over]
    real = sorted(axis for axis in own if axis is not None)
    channels = len(maker.shape(value)) - 1
    if not real:
        node = value.node
    elif real == list(range(channels)):
        node = maker.add(step, f"global_{kind}_pool", {}, (value.node,))
    elif real == [channels] and keeps:
        return maker.pointwise(step, f"channel_{'max' if kind == 'max' else 'mean'}", {}, value)
    else:
        raise Unsaid(step.name, f"{step.kind} over some of the positions is not said")
    order = [None if i + 1 in over else axis for i, axis in enumerate(value.order)]
    order = [0 if axis == channels and real else axis for axis in order]
    return Value(node, tuple(axis for i, axis in enumerate(order) if keeps or i + 1 not in over), value.mixed)


def _usual(step: Step, epsilon: float) -> dict[str, object]:
    return {"epsilon": _short(step.said.get("epsilon", epsilon)), "scale": True, "center": True}


def _short(number: float) -> float:
    """Return a number of single precision without the digits that it only seems to have."""
    return float(f"{number:.7g}")
