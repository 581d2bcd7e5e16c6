"""What the declaration of a primitive op consists of."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Shape = tuple[int, ...]
Params = Mapping[str, Any]


class ShapeFault(Exception):
    """The op cannot take these inputs; the message says why, in the user's terms."""


class Weight(NamedTuple):
    """A tensor the op owns; `trainable` is false for statistics that training updates without a gradient."""

    name: str
    shape: Shape
    trainable: bool = True


class Call(NamedTuple):
    """A constructor of the `keras` API as data: the builder evaluates it, the source printer prints it."""

    target: str
    kwargs: dict[str, Any]


class Param(NamedTuple):
    """A parameter of an op, with its default and one line of documentation."""

    name: str
    default: Any
    doc: str


class Op(NamedTuple):
    """One primitive op: everything the parser, checker, builder, printer, figure and docs know of it.

    `shape(params, inputs)` gives the output shape or raises ShapeFault; `weights(params, inputs)` the tensors it
    owns; `macs(params, inputs, output)` its multiply-adds for one example; `keras(params, inputs)` its layer.
    `words` are its spellings in a table cell (lower case, single spaces); `weighted` ops count towards the depth.
    """

    name: str
    family: str
    doc: str
    params: tuple[Param, ...]
    shape: Callable[[Params, tuple[Shape, ...]], Shape]
    keras: Callable[[Params, tuple[Shape, ...]], Call]
    label: Callable[[Params], str]
    words: tuple[str, ...] = ()
    weights: Callable[[Params, tuple[Shape, ...]], tuple[Weight, ...]] = lambda params, inputs: ()
    macs: Callable[[Params, tuple[Shape, ...], Shape], int] = lambda params, inputs, output: 0
    weighted: bool = False


def same_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    """Give the shape of the only input: the rule of every pointwise op."""
    return inputs[0]


def scalar(values: tuple[int, ...]) -> int | tuple[int, ...]:
    """Write `(3, 3)` as `3` where all axes agree, as a person would."""
    return values[0] if len(set(values)) == 1 else values


def by(values: tuple[int, ...]) -> str:
    """Write `(3, 3)` as `3×3`."""
    return "×".join(map(str, values))
