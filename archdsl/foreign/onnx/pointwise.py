"""Operators of ONNX that take each value by itself: activations, sums and products, also with constants."""

from collections.abc import Callable
from math import isclose
from typing import TYPE_CHECKING, Any

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.onnx.dense import added, per_channel, unmixed
from archdsl.foreign.onnx.program import Step
from archdsl.foreign.onnx.values import Maker, Value, along

if TYPE_CHECKING:
    import numpy as np

# Operator -> function of Keras; the attributes with which it is just that one.
_FUNCTIONS: dict[str, tuple[str, dict[str, float]]] = {
    "Relu": ("relu", {}),
    "Elu": ("elu", {"alpha": 1.0}),
    "Celu": ("celu", {"alpha": 1.0}),
    "Selu": ("selu", {"alpha": 1.67326319217681884765625, "gamma": 1.05070102214813232421875}),
    "Sigmoid": ("sigmoid", {}),
    "HardSigmoid": ("hard_sigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "HardSwish": ("hard_silu", {}),
    "Silu": ("silu", {}),
    "Swish": ("silu", {"alpha": 1.0}),
    "Tanh": ("tanh", {}),
    "Softplus": ("softplus", {}),
    "Softsign": ("softsign", {}),
    "Mish": ("mish", {}),
    "Gelu": ("gelu", {}),
}
_SELU_ALPHA = {"HardSigmoid": {"alpha": 0.2, "beta": 0.5}}  # what ONNX takes where nothing is said
_CLIPPED: dict[Any, str] = {(0.0, 6.0): "relu6", (-1.0, 1.0): "hard_tanh", (0.0, None): "relu"}
_MERGES = {
    "Add": "add",
    "Sum": "add",
    "Mul": "multiply",
    "Max": "maximum",
    "Mean": "average",
    "Sub": "subtract",
}


def activation(maker: Maker, step: Step, value: Value) -> Value:
    """Lower an activation function."""
    function, wanted = _FUNCTIONS[step.kind]
    usual = wanted | _SELU_ALPHA.get(step.kind, {})
    said = {key: step.said.get(key, usual[key]) for key in wanted}
    if step.said.get("approximate", "none") != "none":
        raise Unsaid(step.name, "the language has no approximate gelu")
    if any(not isclose(said[key], wanted[key], rel_tol=1e-4) for key in wanted):
        raise Unsaid(step.name, f"{step.kind} with {said} is no function of the language")
    return maker.pointwise(step, "activation", {"function": function}, value)


def leaky(maker: Maker, step: Step, value: Value) -> Value:
    """Lower a leaky ReLU."""
    slope = float(f"{step.said.get('alpha', 0.01):.7g}")
    return maker.pointwise(step, "activation", {"function": "leaky_relu", "slope": slope}, value)


def prelu(maker: Maker, step: Step, value: Value, slope: "np.ndarray") -> Value:
    """Lower a ReLU with a trained slope for each channel."""
    if not per_channel(maker, value, slope):
        raise Unsaid(step.name, "a slope that is not one for each channel is not said")
    return maker.pointwise(step, "prelu", {}, value, (slope.reshape(-1),))


def clip(maker: Maker, step: Step, value: Value, *ends: "np.ndarray | None") -> Value:
    """Lower a function that is cut off below and above."""
    given: list[Any] = [None if end is None else float(end) for end in ends]
    low = given[0] if given else step.said.get("min")
    high = given[1] if len(given) > 1 else step.said.get("max")
    function = _CLIPPED.get((low, high))
    if function is None:
        raise Unsaid(step.name, f"values cut off at {low} and {high} are not said")
    return maker.pointwise(step, "activation", {"function": function}, value)


def softmax(maker: Maker, step: Step, value: Value) -> Value:
    """Lower a softmax over the last axis of a node."""
    rank = len(maker.shape(value))
    axis = along(maker, value, int(step.said.get("axis", -1)))
    function = "softmax" if step.kind == "Softmax" else "log_softmax"
    if axis is None or (axis != rank - 1 and function != "softmax"):
        raise Unsaid(step.name, f"a {function} over this axis is not said")
    params: dict[str, Any] = {"function": function}
    return maker.pointwise(
        step, "activation", params if axis == rank - 1 else params | {"axis": axis + 1}, value
    )


def nothing(maker: Maker, step: Step, value: Value, *_: Any) -> Value:
    """Lower what does nothing once a network is trained."""
    return value


def dropout(maker: Maker, step: Step, value: Value, ratio: "np.ndarray | None" = None, *_: Any) -> Value:
    """Lower a dropout, which files for use seldom have."""
    rate = float(ratio) if ratio is not None else float(step.said.get("ratio", 0.5))
    return maker.pointwise(step, "dropout", {"rate": float(f"{rate:.7g}")}, value) if rate else value


def merged(maker: Maker, step: Step, *values: Value) -> Value:
    """Lower a sum or product of values."""
    if len(values) == 1:
        return values[0]
    largest = max(values, key=lambda value: (len(maker.shape(value)), sum(maker.sizes(value))))
    op = _MERGES[step.kind]
    if op == "multiply" and values[0].node == values[1].node:
        raise Unsaid(step.name, "the square of a value is not said")
    for value in values:
        known = tuple(axis for axis in value.order if axis is not None)
        gate = op == "multiply" and (len(known) == 1 or len(known) == len(largest.order))
        channels = gate and len(known) == 1 and _same_channels(maker, value, largest)
        if value.mixed != largest.mixed or not (value.order == largest.order or channels):
            raise Unsaid(step.name, "its inputs have their axes in different orders, which is not said")
    ids = [value.node for value in sorted(values, key=lambda value: value is not largest)]
    ids = [value.node for value in values] if op == "subtract" else ids
    return largest._replace(node=maker.add(step, op, {}, ids))


def _same_channels(maker: Maker, gate: Value, value: Value) -> bool:
    at = next(i for i, axis in enumerate(gate.order) if axis is not None) - len(gate.order)
    return along(maker, value, at + len(value.order) + 1) == len(maker.shape(value)) - 1


def with_constant(maker: Maker, step: Step, value: Value, number: "np.ndarray", behind: bool) -> Value:
    """Lower a sum, difference, product or quotient with constants; `behind` tells `x - 1` from `1 - x`."""
    if step.kind in ("Sub", "Div") and not behind:
        raise Unsaid(step.name, "a constant less a value, or over it, is not said")
    said = -number if step.kind == "Sub" else 1 / number if step.kind == "Div" else number
    factor = step.kind in ("Mul", "Div")
    if number.size == 1 and (number.ndim == 0 or maker.shape(value)[-1] > 1):
        return _rescaled(maker, step, value, float(said.reshape(-1)[0]), factor)
    if per_channel(maker, value, number):
        return _per_channel(maker, step, value, unmixed(said.reshape(-1), value), factor)
    made = None if factor else _positions(maker, step, value, said)
    if made is None:
        raise Unsaid(step.name, f"{step.kind} with constants of this shape is not said")
    return made


def _rescaled(maker: Maker, step: Step, value: Value, number: float, factor: bool) -> Value:
    number = float(f"{number:.8g}")
    if number == (1.0 if factor else 0.0):
        return value
    before = maker.nodes[value.node]
    if before.op == "rescale" and not factor and before.params["offset"] == 0 and maker.alone(step):
        maker.nodes[value.node] = before._replace(params={**before.params, "offset": number})
        return value
    params = {"factor": number, "offset": 0.0} if factor else {"factor": 1.0, "offset": number}
    return maker.pointwise(step, "rescale", params, value)


def _per_channel(maker: Maker, step: Step, value: Value, numbers: "np.ndarray", factor: bool) -> Value:
    """Lower a number for each channel: a factor is a layer; a sum is the bias of what is before it."""
    import numpy as np

    if factor:
        return maker.pointwise(step, "scale", {"initial": 1.0, "bias": False}, value, (numbers,))
    made = added(maker, value, numbers) if maker.alone(step) else None
    if made is not None:
        if maker.nodes[made.node].op == "scale":
            maker.notes.add(
                "a factor and a shift for each channel (`scale`) is what a batch norm is once it is trained"
            )
        return made
    ones = np.ones_like(numbers)
    return maker.pointwise(step, "scale", {"initial": 1.0, "bias": True}, value, (ones, numbers))


def _positions(maker: Maker, step: Step, value: Value, numbers: "np.ndarray") -> Value | None:
    """Lower a number for each position and channel that is added: a trained position embedding."""
    order = [axis for axis in value.order if axis is not None]
    sizes = maker.shape(value)
    if numbers.size == 1 or len(order) != len(sizes) or numbers.shape[-len(order) :] != maker.sizes(value):
        return None
    table = numbers.reshape(maker.sizes(value)).transpose([order.index(axis) for axis in range(len(order))])
    params = {"kind": "learned", "initializer": "glorot_uniform"}
    return maker.pointwise(step, "position_embedding", params, value, (table,))


HANDLERS: dict[str, Callable[..., Value]] = {
    **dict.fromkeys(_FUNCTIONS, activation),
    "LeakyRelu": leaky,
    "PRelu": prelu,
    "Clip": clip,
    "Softmax": softmax,
    "LogSoftmax": softmax,
    "Identity": nothing,
    "Cast": nothing,
    "Dropout": dropout,
    "Abs": lambda maker, step, value: maker.pointwise(step, "absolute", {}, value),
}
