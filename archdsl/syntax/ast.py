"""The table as written: what the printer prints and the lowering reads. Every part carries its place."""

from typing import NamedTuple, Union

from archdsl.source import Span


class Num(NamedTuple):
    """A literal number."""

    value: int | float
    span: Span


class Name(NamedTuple):
    """A parameter, by name."""

    id: str
    span: Span


class BinOp(NamedTuple):
    """Arithmetic: `op` is one of `+ - * /`."""

    op: str
    left: "Expr"
    right: "Expr"
    span: Span


Expr = Union[Num, Name, BinOp]  # noqa: UP007 - the alias refers to itself through BinOp


class Option(NamedTuple):
    """A property of a layer or block under its canonical key: an expression, a word, or one expression per axis."""

    key: str
    value: Expr | str | tuple[Expr, ...]
    span: Span


class Layer(NamedTuple):
    """One layer; `op` is the name of a primitive op."""

    op: str
    options: tuple[Option, ...]
    span: Span


class Block(NamedTuple):
    """A bracket: its layers and blocks, how often it is repeated, and what is said after it."""

    items: tuple["Item", ...]
    repeat: Expr | None
    options: tuple[Option, ...]
    span: Span


Item = Union[Layer, Block]  # noqa: UP007 - the alias refers to itself through Block


class Row(NamedTuple):
    """A stage: printed name, declared size (None where the cell is empty), structure (None where it is broken)."""

    name: str
    name_span: Span
    size: tuple[Expr, ...] | None
    size_span: Span
    items: tuple[Item, ...] | None
    text: str
    text_span: Span
    span: Span


class Setting(NamedTuple):
    """A line that sets a property of the whole network; the value is kept as written."""

    key: str
    value: str
    key_span: Span
    value_span: Span


class Parameter(NamedTuple):
    """`param n = 3`."""

    name: str
    value: Expr
    span: Span


class Table(NamedTuple):
    """One network as written."""

    name: str
    settings: tuple[Setting, ...]
    parameters: tuple[Parameter, ...]
    rows: tuple[Row, ...]
    span: Span
