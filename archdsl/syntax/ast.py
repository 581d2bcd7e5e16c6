"""The table as written: what the parser makes and the lowering reads. Every part carries its place."""

from archdsl.light import NamedTuple, Union
from archdsl.source import Source, Span


class Num(NamedTuple):
    """A literal number."""

    value: int | float
    span: Span


class Name(NamedTuple):
    """A parameter, by name."""

    id: str
    span: Span


class BinOp(NamedTuple):
    """Arithmetic: `op` is one of `+ - * / ^`, or `x`, which joins windows and factors."""

    op: str
    left: "Expr"
    right: "Expr"
    span: Span


class Argument(NamedTuple):
    """An argument of a call, by name where `key` is not empty."""

    key: str
    value: "Expr"
    span: Span


class Call(NamedTuple):
    """`max(16, 2*k)`: a function of arithmetic, or the use of a block."""

    name: str
    args: tuple[Argument, ...]
    span: Span


Expr = Union[Num, Name, BinOp, Call]


class Option(NamedTuple):
    """A property of a layer or block under its canonical key: an expression, a word, or one expression per
    axis.

    An `implied` one is what code has where it says nothing; a column may say another.
    """

    key: str
    value: Expr | str | tuple[Expr, ...]
    span: Span
    implied: bool = False


def per_axis(option: Option) -> tuple[Expr, ...]:
    """Return the expressions of an option that has several; none where it has one (an expression is a tuple,
    too)."""
    value = option.value
    return value if type(value) is tuple else ()  # type: ignore[return-value]


class Layer(NamedTuple):
    """One layer; `op` is the name of a primitive op, `axes` how many its map has, where that is printed."""

    op: str
    options: tuple[Option, ...]
    span: Span
    axes: int = 0


class Block(NamedTuple):
    """A bracket: its layers and blocks, how often it is repeated, and what is said after it."""

    items: tuple["Item", ...]
    repeat: Expr | None
    options: tuple[Option, ...]
    span: Span


class Use(NamedTuple):
    """A named block: positional and named arguments, and what else is said of it, as options of a layer."""

    block: "BlockDef"
    args: tuple[Argument, ...]
    options: tuple[Option, ...]
    span: Span


class Ref(NamedTuple):
    """The name of a row, of a step of a block, or `input`."""

    name: str
    span: Span


class Wire(NamedTuple):
    """`from a`: go on from another value; `add a`, `concat a, b`, `multiply a`: merge it with the current
    one."""

    kind: str
    refs: tuple[Ref, ...]
    span: Span


Item = Union[Layer, Block, Use, Wire]


class Condition(NamedTuple):
    """`a == b` and the like; `op` is empty for a value that counts as true unless it is 0 or no."""

    left: Expr
    op: str
    right: Expr | None
    span: Span


# Any of these lists must hold in all its parts: `a and b or c` is ((a, b), (c,)).
Guard = tuple[tuple[Condition, ...], ...]


class Step(NamedTuple):
    """A line of a block: its label, its layers, the guard under which it stands."""

    label: str
    items: tuple[Item, ...]
    guard: Guard
    span: Span


class BlockParameter(NamedTuple):
    """A parameter of a block; `headers` are the column headers, besides its name, whose cells give its
    value."""

    name: str
    headers: tuple[str, ...]
    default: Expr | None
    span: Span


class BlockDef(NamedTuple):
    """A block of the language: its steps are a sequence, or the branches that `merge` joins where that is not
    empty."""

    name: str
    aliases: tuple[str, ...]
    parameters: tuple[BlockParameter, ...]
    merge: str
    steps: tuple[Step, ...]
    source: Source
    span: Span
    text: str
    broken: bool = False  # a fault in it was reported: its uses are not followed


class Reading(NamedTuple):
    """`read PATTERN as REPLACEMENT`: how a printed form is meant."""

    pattern: Item
    replacement: tuple[Item, ...]
    span: Span


class Claim(NamedTuple):
    """A printed number that the network must have: `params`, `macs` or `depth`; the text is kept for its
    precision."""

    what: str
    text: str
    span: Span


class Row(NamedTuple):
    """A stage: printed name, declared size (None where the cell is empty), structure (None where it is
    broken).

    `incoming` is the size of its input, where the table prints it; `claims` are numbers printed of this row
    alone; `channels` is the number in a column of channels that no layer of the row takes: so many come out
    of it. `channels_first` tells that the size is printed with its channels before its axes.
    """

    name: str
    name_span: Span
    size: tuple[Expr, ...] | None
    size_span: Span
    items: tuple[Item, ...] | None
    text: str
    text_span: Span
    span: Span
    guard: Guard = ()
    aside: bool = False
    incoming: tuple[Expr, ...] | None = None
    incoming_span: Span = Span(0, 0)
    claims: tuple[Claim, ...] = ()
    channels: Expr | None = None
    channels_first: bool = False


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


class Variant(NamedTuple):
    """`variant NAME of BASE: key=value, …`: a network of the table with settings and parameters of its
    own."""

    name: str
    settings: tuple[Setting, ...]
    span: Span
    base: str = ""


class Table(NamedTuple):
    """One network as written; `column` is the header of its structure column where the table has several.

    `headings` are the headers that may set parameters (`DenseNet (k = 24)`): its own, or those of a table of
    one network. `inputs` are the inputs behind the first one, each under its name; `input_name` is the name
    of that one.
    """

    name: str
    settings: tuple[Setting, ...]
    parameters: tuple[Parameter, ...]
    rows: tuple[Row, ...]
    span: Span
    column: str = ""
    variants: tuple[Variant, ...] = ()
    claims: tuple[Claim, ...] = ()
    headings: tuple[str, ...] = ()
    input_name: str = ""
    inputs: tuple[Setting, ...] = ()
