"""What each production of the grammar becomes, before words decide what belongs to one layer."""

from archdsl.light import Any, NamedTuple
from archdsl.source import Span
from archdsl.syntax.ast import Argument, BinOp, Call, Expr, Name, Num
from archdsl.syntax.parser import Actions, Token
from archdsl.text.grid import natural

MAX_OPERATIONS = 64
PER_AXIS = ("stride", "padding", "dilation")  # options of one number for all axes, or one for each


class Separator(NamedTuple):
    """`,` `;` `&` `+` or an arrow; only a comma lets the layer before it go on."""

    text: str
    span: Span


class Number(NamedTuple):
    """A number, a product or a word (a name is told from a word later); `unit` is the `d` of `10-d`."""

    value: Expr
    unit: str
    span: Span


class Assign(NamedTuple):
    """`key=value`."""

    key: str
    value: Expr
    key_span: Span
    span: Span


class Slash(NamedTuple):
    """`/2`."""

    value: Expr
    span: Span


class Resized(NamedTuple):
    """`↓2`, `↑2`: how many times smaller or larger a map becomes."""

    smaller: bool
    factor: int
    span: Span


class Axes(NamedTuple):
    """The `3D` of `3D conv`: how many axes the map has that the next layer is for."""

    number: int
    span: Span


class Bracket(NamedTuple):
    """`[...] x 2 x 3`."""

    items: tuple[Any, ...]
    repeats: tuple[Expr, ...]
    span: Span
    inner: Span


class Repeat(NamedTuple):
    """The `x 2` after a bracket."""

    value: Expr
    span: Span


def _bracket(children: list[Any], span: Span) -> Bracket:
    repeats = [child for child in children if isinstance(child, Repeat)]
    items = tuple(child for child in children if not isinstance(child, Repeat))
    end = repeats[0].span.start if repeats else span.end
    return Bracket(items, tuple(repeat.value for repeat in repeats), span, Span(span.start, end))


def _prefixed(children: list[Any], span: Span) -> Bracket:
    repeat, bracket = children
    return bracket._replace(repeats=(*bracket.repeats, repeat), span=span)  # type: ignore[no-any-return]


class TooLong(Exception):
    """Arithmetic that no table prints, and whose tree would be too deep to walk."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


def _shallow(expr: BinOp) -> BinOp:
    for side in (0, 1):
        depth, at = 0, expr[1 + side]
        while isinstance(at, BinOp):
            depth, at = depth + 1, at[1 + side]
            if depth > MAX_OPERATIONS:
                raise TooLong(expr.span)
    return expr


def _binary(op: str) -> Any:
    return lambda children, span: _shallow(BinOp(op, children[0], children[-1], span))


def _integer(children: list[Token], span: Span) -> Num:
    # int() of a very long literal takes quadratic time; such a number is out of every range anyway.
    return Num(int(children[0].text[:18]), span)


def _coefficient(children: list[Token], span: Span) -> BinOp:
    number, word = children
    return BinOp("*", _integer([number], number.span), Name(word.text, word.span), span)


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _power(children: list[Any], span: Span) -> Expr:
    value, power = children
    digits = power.text.translate(_SUPERSCRIPTS).lstrip("^ \t\n")
    return _shallow(BinOp("^", value, Num(int(digits[:18]), power.span), span))


def _rounded(name: str) -> Any:
    return lambda children, span: Call(name, (Argument("", children[-1], span),), span)


def _trailing(children: list[Token], span: Span) -> Number:
    """`2x` with nothing behind it: a factor."""
    digits = children[0].text.rstrip("xX× ")
    return Number(Num(float(digits) if "." in digits else int(digits[:18]), span), "x", span)


def _percent(children: list[Token], span: Span) -> Num:
    return Num(round(float(children[0].text.rstrip("% ")) / 100, 12), span)


def _argument(children: list[Any], span: Span) -> Argument:
    if len(children) == 1:
        return Argument("", children[0], span)
    return Argument(children[0].text, children[1], span)


def _call(children: list[Any], span: Span) -> Call:
    return Call(
        children[0].text[:-1], tuple(child for child in children if isinstance(child, Argument)), span
    )


COUNTED = "×"  # what an amount in parentheses is called until its layer is known


def _counted(children: list[Expr], span: Span) -> Expr:
    """`(x96)`: the channels of a window, or how often a layer stands that has them."""
    return Call(COUNTED, (Argument("", children[0], span),), span)


def _size(children: list[Any], span: Span) -> tuple[Expr, ...]:
    axes: list[Expr] = []
    for child in children:
        many = power_dims(child)
        axes.extend(many or (child,))
    return tuple(axes)


def power_dims(value: Expr) -> tuple[Expr, ...]:
    """Read `7^2` as the dimensions 7x7; empty for what is no square or cube."""
    if (
        isinstance(value, BinOp)
        and value.op == "^"
        and isinstance(value.right, Num)
        and value.right.value in (2, 3)
    ):
        return (value.left,) * value.right.value  # type: ignore[operator]
    return ()


ACTIONS: Actions = {
    "structure": lambda children, span: tuple(children),
    "separator": lambda children, span: Separator(children[0].text, span),
    "prefixed": _prefixed,
    "block": _bracket,
    "repeat": lambda children, span: Repeat(children[0], span),
    "stride": lambda children, span: Slash(children[0], span),
    "resized": lambda children, span: Resized(
        children[0].text[0] == "↓", natural(children[0].text[1:].strip()), span
    ),
    "axes": lambda children, span: Axes(int(children[0].text), span),
    "number": lambda children, span: Number(
        children[0], children[1].text.lstrip("- ").lower() if len(children) > 1 else "", span
    ),
    "option": lambda children, span: Assign(children[0].text, children[1], children[0].span, span),
    "times": _binary("x"),
    "multiply": _binary("*"),
    "add": _binary("+"),
    "subtract": _binary("-"),
    "divide": _binary("/"),
    "negative": lambda children, span: _shallow(
        BinOp("-", Num(0, Span(span.start, span.start)), children[1], span)
    ),
    "integer": _integer,
    "decimal": lambda children, span: Num(float(children[0].text), span),
    "name": lambda children, span: Name(children[0].text.rstrip("."), span),  # `conv.` is an abbreviation
    "quoted": lambda children, span: Name(children[0].text[1:-1], span),
    "trailing": _trailing,
    "floor": _rounded("floor"),
    "ceil": _rounded("ceil"),
    "coefficient": _coefficient,
    "percent": _percent,
    "argument": _argument,
    "call": _call,
    "counted": _counted,
    "power": _power,
    "size": _size,
}


def factors(value: Expr) -> tuple[Expr, ...]:
    """Take `3x3`, `3*3`, `3^2` and `1x3²` apart; anything that is not joined by `x` is one factor."""
    if _small_odd(value):
        assert isinstance(value, BinOp)
        return power_dims(value) or (value.left, value.right)
    if isinstance(value, BinOp) and value.op == "x":
        first = _squared(value.left)
        return (*(first if len(first) > 1 else factors(value.left)), *_squared(value.right))
    return (value,)


def _squared(value: Expr) -> tuple[Expr, ...]:
    """Return the axes of one factor of a window: the `7²` of `1×7²` has two."""
    many = power_dims(value)
    small = bool(many) and isinstance(many[0], Num) and many[0].value < 16
    return many if small else (value,)


def is_dims(value: Expr) -> bool:
    """Recognise a kernel (`3x3`, `k x k`) from a width product (`16 x k`): a kernel's factors are all numbers
    or all names."""
    parts = factors(value)
    if _small_odd(value):
        return True
    return len(parts) > 1 and len({type(part) for part in parts if not isinstance(part, BinOp)}) <= 1


def _small_odd(value: Expr) -> bool:
    """Recognise windows that are not written with `x`: `7*7`, `1*3`, `2*2`, `3^2`; a power of 2 is a
    number."""
    if not isinstance(value, BinOp) or not isinstance(value.left, Num) or not isinstance(value.right, Num):
        return False
    left, right = value.left.value, value.right.value
    if value.op == "^":
        return right in (2, 3) and left % 2 == 1 and left < 16
    if value.op != "*" or left >= 16 or right >= 16:
        return False
    return left == right or (left % 2 == 1 and right % 2 == 1)


def product(value: Expr) -> Expr:
    """Read the `x` of a width product as a multiplication."""
    if isinstance(value, BinOp):
        return BinOp(
            "*" if value.op == "x" else value.op, product(value.left), product(value.right), value.span
        )
    return value
