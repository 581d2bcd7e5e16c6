"""Two Keras models -> pairs of the weights that have the same place in both, found by what is connected to what.

No name is looked at. What has one input and no weights (an activation, a padding, a pool) is passed over, so that a
model may say in two layers what the other says in one; whether both compute the same is for their outputs to say.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

MERGES = {
    **{
        "Add": "add",
        "Multiply": "multiply",
        "Concatenate": "concat",
        "Maximum": "maximum",
        "Average": "average",
    },
    "CustomScaleLayer": "add",  # a sum with a factor
}
ORDERED = ("concat",)


class Part(NamedTuple):
    """Weights and the layer that has them, or a merge; `inputs` are the parts that it reads."""

    layer: Any
    kind: str
    weights: tuple[Any, ...]
    inputs: tuple[int, ...]

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of the weights without axes of one: a dense layer is a convolution of a 1x1 window."""
        return tuple(tuple(size for size in weight.shape if size > 1) for weight in self.weights)


class Mismatch(Exception):
    """Two models are not built alike; the message says where they part."""


def parts(model: Any) -> tuple[list[Part], list[int]]:
    """List the parts of a model from its inputs on, and those that its outputs come from."""
    found: list[Part] = []
    at: dict[int, int] = {}  # a tensor -> the part it comes from
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            inputs = tuple(at[id(tensor)] for tensor in node.input_tensors)
            for layer, weights in _layers(node.operation):
                inputs = (_added(found, layer, weights, inputs),)
            at |= {id(tensor): inputs[0] for tensor in node.output_tensors}
    return found, [at[id(tensor)] for tensor in model.outputs]


def _layers(operation: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Return the layers of an operation with their weights: those of a nested model in order, and a separable
    convolution as the two that it is."""
    if hasattr(operation, "layers"):
        for layer in operation.layers:
            yield from _layers(layer)
    elif type(operation).__name__ == "SeparableConv2D":
        depthwise, *pointwise = operation.weights
        yield from ((operation, (depthwise,)), (operation, tuple(pointwise)))
    else:
        yield operation, tuple(getattr(operation, "weights", ()))


def _added(found: list[Part], layer: Any, weights: tuple[Any, ...], inputs: tuple[int, ...]) -> int:
    kind = type(layer).__name__
    if len(inputs) == 1 and not weights:
        return inputs[0]
    found.append(Part(layer, MERGES.get(kind, kind) if len(inputs) > 1 else "", weights, inputs))
    return len(found) - 1


def pairs(one: Any, other: Any) -> list[tuple[Part, Part]]:
    """Pair the parts of two models that have weights, the last ones first; raise Mismatch where they differ."""
    (ours, ends), (theirs, other_ends) = parts(one), parts(other)
    known: dict[Any, int] = {}
    marks = _marks(ours, known), _marks(theirs, known)
    waiting = list(zip(ends, other_ends, strict=True))
    seen = set(waiting)
    found = []
    while waiting:
        i, j = waiting.pop()
        a, b = ours[i], theirs[j]
        if (a.kind, a.shapes, len(a.inputs)) != (b.kind, b.shapes, len(b.inputs)):
            raise Mismatch(f"{_told(a)} stands where {_told(b)} does")
        if a.weights:
            found.append((a, b))
        orders = [_in_order(part, mark) for part, mark in zip((a, b), marks, strict=True)]
        for pair in zip(*orders, strict=True):
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    if len({id(a.layer) for a, _ in found}) < len({id(part.layer) for part in ours if part.weights}):
        raise Mismatch("a layer with weights has no counterpart")
    return found


def _marks(found: list[Part], known: dict[Any, int]) -> list[int]:
    """Number each part by what it is and reads; equal ones have one number, in both models."""
    marks: list[int] = []
    for part in found:
        inputs = tuple(marks[i] for i in part.inputs)
        inputs = inputs if part.kind in ORDERED else tuple(sorted(inputs))
        marks.append(known.setdefault((part.kind, part.shapes, inputs), len(known)))
    return marks


def _in_order(part: Part, marks: list[int]) -> list[int]:
    """Return the inputs of a part in an order that does not depend on how a sum or a product was written."""
    return list(part.inputs) if part.kind in ORDERED else sorted(part.inputs, key=marks.__getitem__)


def _told(part: Part) -> str:
    return f"{getattr(part.layer, 'name', part.layer)} {part.kind} {part.shapes} of {len(part.inputs)} inputs"
