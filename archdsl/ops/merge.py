"""Ops that make one map of several."""

from collections.abc import Callable
from functools import reduce

from archdsl.ops.base import Call, Op, Params, Shape, ShapeFault, across, torch_form


def _several(what: str, inputs: tuple[Shape, ...]) -> None:
    if len(inputs) < 2:
        raise ShapeFault(f"{what} takes two inputs or more, it has {len(inputs)}")


def _merge(name: str, layer: str, label: str, what: str, doc: str, torch: Callable[[list[str]], str]) -> Op:
    def shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
        _several(what, inputs)
        if len(set(inputs)) != 1:
            raise ShapeFault(f"the inputs of {what} differ: " + " and ".join(map(across, inputs)))
        return inputs[0]

    return Op(
        name,
        "merge",
        doc,
        (),
        shape,
        lambda params, inputs: Call(f"layers.{layer}", {}),
        lambda params: label,
        arity=(2, None),
        sees="place",
        commutes=True,
        torch=lambda params, inputs: Call("", {}, use=torch([f"{{{i}}}" for i in range(len(inputs))])),
    )


ADD = _merge("add", "Add", "+", "an addition", "Sum of its inputs, which have one shape.", " + ".join)
MAXIMUM = _merge(
    "maximum",
    "Maximum",
    "max",
    "a maximum",
    "Largest of its inputs, element by element; they have one shape.",
    lambda inputs: reduce(lambda a, b: f"torch.maximum({a}, {b})", inputs),
)
AVERAGE = _merge(
    "average",
    "Average",
    "avg",
    "an average",
    "Mean of its inputs, which have one shape.",
    lambda inputs: f"({' + '.join(inputs)}) / {len(inputs)}",
)


def _pair(
    name: str, label: str, doc: str, call: Call, torch: str, shape: Callable[[Shape, Shape], Shape]
) -> Op:
    """Declare an op of exactly two inputs of one shape, in their order."""

    def checked(params: Params, inputs: tuple[Shape, ...]) -> Shape:
        if len(inputs) != 2 or inputs[0] != inputs[1]:
            told = " and ".join(map(across, inputs))
            raise ShapeFault(f"{doc[0].lower()}{doc[1:]} is not that of {told}")
        return shape(*inputs)

    return Op(
        name,
        "merge",
        f"{doc}.",
        (),
        checked,
        lambda params, inputs: call,
        lambda params: label,
        arity=(2, 2),
        torch=lambda params, inputs: Call("", {}, use=torch),
    )


def _product_shape(one: Shape, other: Shape) -> Shape:
    if len(one) != 1:
        raise ShapeFault(f"a product of two values is that of flat ones, and {across(one)} is a map")
    return (1,)


SUBTRACT = _pair(
    "subtract",
    "−",
    "The difference of two inputs of one shape",
    Call("layers.Subtract", {}),
    "{0} - {1}",
    lambda one, other: one,
)
DOT = _pair(
    "dot",
    "dot",
    "The product of two flat inputs of one width: one number",
    Call("layers.Dot", {"axes": -1}),
    "({0} * {1}).sum(1, keepdim=True)",
    _product_shape,
)
COSINE = _pair(
    "cosine",
    "cosine",
    "The cosine of the angle between two flat inputs of one width",
    Call("layers.Dot", {"axes": -1, "normalize": True}),
    "F.cosine_similarity({0}, {1})[:, None]",
    _product_shape,
)


def _concat_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    _several("a concatenation", inputs)
    if len({shape[:-1] for shape in inputs}) != 1:
        raise ShapeFault(
            "the inputs of a concatenation differ in more than their channels: "
            + " and ".join(map(across, inputs))
        )
    return (*inputs[0][:-1], sum(shape[-1] for shape in inputs))


CONCAT = Op(
    name="concat",
    family="merge",
    doc=(
        "Its inputs side by side: the channels of the first, of the second and so on, at the same spatial "
        "positions."
    ),
    params=(),
    sees="place",
    shape=_concat_shape,
    keras=lambda params, inputs: Call("layers.Concatenate", {}),
    torch=lambda params, inputs: Call(
        "", {}, use=f"torch.cat([{', '.join(f'{{{i}}}' for i in range(len(inputs)))}], 1)"
    ),
    label=lambda params: "concat",
    arity=(2, None),
)


def _multiply_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    _several("a product", inputs)
    rank = max(map(len, inputs))
    # Keras puts the axes that a gate of channels alone lacks between the batch and the channels.
    full = [shape if len(shape) == rank else (1,) * (rank - 1) + shape for shape in inputs]
    merged = tuple(max(sizes) for sizes in zip(*full, strict=False))
    if any(
        len(shape) != rank or any(n not in (1, m) for n, m in zip(shape, merged, strict=True))
        for shape in full
    ):
        raise ShapeFault(
            "the inputs of a product fit neither each other nor as gates: "
            + " and ".join(map(across, inputs))
        )
    return merged


MULTIPLY = Op(
    name="multiply",
    family="merge",
    doc="Product of its inputs, element by element; a gate may have 1 for an axis, or channels alone.",
    params=(),
    sees="place",
    commutes=True,
    shape=_multiply_shape,
    keras=lambda params, inputs: Call("layers.Multiply", {}),
    torch=torch_form("multiply"),
    gates=True,
    label=lambda params: "×",
    arity=(2, None),
)
