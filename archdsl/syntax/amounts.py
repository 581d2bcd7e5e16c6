"""Numbers of a cell: kernels, channels, strides and whatever else a bare number gives the layer in the
making."""

from archdsl.lang.vocabulary import MEANINGS, glued, plain
from archdsl.light import Any
from archdsl.ops import OPS
from archdsl.problems import brackets, preamble, syntax
from archdsl.source import Span
from archdsl.syntax.ast import Argument, BinOp, Expr, Name, Num, Option
from archdsl.syntax.bag import Bag
from archdsl.syntax.cells import (
    PER_AXIS,
    Assign,
    Number,
    Separator,
    Slash,
    factors,
    is_dims,
    power_dims,
    product,
)
from archdsl.syntax.names import ROLES
from archdsl.syntax.repeats import is_even, times
from archdsl.syntax.sequence import Sequence

WINDOW = 15  # no table prints so few channels and a second number behind them


def slash(seq: Sequence, item: Slash, before: Any) -> None:
    """`7x7/2` is a stride; `n/2` may be meant as a quotient, and is refused."""
    if isinstance(before, Number) and before.span.end >= item.span.start and not is_dims(before.value):
        word = isinstance(before.value, Name) and before.value.id not in seq.known
        bag = seq.bag
        numbers = isinstance(before.value, Num) and isinstance(item.value, Num)
        first = (
            bag is not None
            and not bag.use
            and [option.key for option in bag.options] == ["channels"]
            and bag.takes("kernel")
        )
        if bag and first and numbers:  # `[80/4, 128]`
            bag.options = [option._replace(key="kernel") for option in bag.options]
        elif not word and not before.unit:
            span = Span(before.span.start, item.span.end)
            seq.reporter.add(syntax.ambiguous_slash(seq.source, span, seq.text(span)))
            return
    value = item.value
    numbered = glued(value.id) if isinstance(value, Name) and value.id not in seq.known else None
    if numbered and numbered[0] == "stride":  # `Conv dw / s2`
        value = Num(numbered[1][0], item.span)
    seq.option("stride", value, item.span)


def number(seq: Sequence, item: Number) -> None:
    value, unit = item.value, item.unit
    if seq.bag and isinstance(value, BinOp) and is_negative(value) and seq.bag.span.end == item.span.start:
        value = value.right  # `Conv(3x3)-64`
        if seq.bag.op and OPS[seq.bag.op].pools and seq.bag.has("kernel"):  # `max pool 3-2`
            seq.option("stride", value, item.span)
            return
    if (
        isinstance(value, BinOp)
        and isinstance(value.right, Name)
        and value.right.id.lower() in {"d", "ch"} - seq.known
    ):
        value, unit = value.left, "d"
    key = seq.bag.number() if seq.bag and not unit else ""
    if key:
        dims = factors(value) if is_dims(value) or key in ("shape", "order") else ()
        seq.option(key, dims if len(dims) > 1 else product(value), item.span)
        return
    if is_dims(value) and not unit:
        dims = factors(value)
        if _is_width(seq, dims):
            amount(seq, dims[0], "", dims[0].span)
            times(seq, dims[1], item.span)
        else:
            kernel(seq, dims, item.span)
        return
    amount(seq, product(value), unit, item.span)


def _is_width(seq: Sequence, dims: tuple[Expr, ...]) -> bool:
    """Recognise the width and the repeat of a block (`bottleneck, 64 x 3`) or a layer (`Conv 3x3, 64 x 2`)
    from a window."""
    bag = seq.bag
    if not bag or not is_repeat(dims):
        return False
    if not bag.use:
        if bag.op not in OPS or not OPS[bag.op].weighted or bag.has("channels"):
            return False
        if not bag.takes("kernel"):
            return True
        return bag.has("kernel") and not _is_window(dims[0]) and _is_window(dims[1])
    return not bag.takes("kernel") or bag.has("kernel") or not _is_window(dims[0])


def kernel(seq: Sequence, dims: tuple[Expr, ...], span: Span) -> None:
    bag = seq.bag
    if bag and is_repeat(dims) and _lacks_channels(bag):
        seq.reporter.add(brackets.repeat_outside(seq.source, span, seq.text(span)))
        bag.options.append(Option("channels", dims[0], span))
        return
    # `upsampling, 2x2`.
    if bag and _lacks_factor(bag):
        seq.option("stride", dims, span)
        return
    if bag is None or bag.block or bag.has("kernel") or not bag.takes("kernel"):
        seq.fresh(span)
    seq.option("kernel", dims if len(dims) > 1 else dims[0], span)


def _lacks_channels(bag: Bag) -> bool:
    """Return whether a bare window comes before a comma, and no channels have come behind it."""
    return bag.after_comma and not bag.op and bag.has("kernel") and not bag.has("channels")


def _lacks_factor(bag: Bag) -> bool:
    """Return whether two numbers are how much larger an op makes a map."""
    grows = bool(bag.op) and OPS[bag.op].grows
    return grows and not bag.takes("kernel") and not bag.has("stride")


def _is_window(value: Any) -> bool:
    return isinstance(value, Num) and value.value <= WINDOW


def _amount_key(bag: Bag, value: Expr, unit: str) -> str:
    """Return what a bare number is: in `conv 3, 64` the first turns out to be the kernel when the second
    comes, unless it is large."""
    if not bag.use and bag.takes("rate"):
        return "rate"
    if not bag.takes("channels"):
        return "kernel" if bag.takes("kernel") and not bag.after_comma else "channels"
    lacks_kernel = bag.has("channels") and bag.takes("kernel") and not bag.has("kernel")
    if lacks_kernel and not unit and (bag.op or _begins(bag)):
        if _is_window(value) and not any(
            option.key == "channels" and _is_kernel(option.value) for option in bag.options
        ):
            return "kernel"
        bag.options = [
            option._replace(key="kernel") if option.key == "channels" else option for option in bag.options
        ]
    return "channels"


def _begins(bag: Bag) -> bool:
    """Recognise the `3` of `[3, 128]` from channels: a small number alone, or the parameter `k`, before a
    comma."""
    return len(bag.options) == 1 and bag.after_comma and _is_kernel(bag.options[0].value)


def _is_kernel(value: Any) -> bool:
    """Return whether the first of two numbers can be the window: a small one, or what is called so."""
    return _is_window(value) or (isinstance(value, Name) and ROLES.get(value.id) == "kernel")


def amount(seq: Sequence, value: Expr, unit: str, span: Span) -> None:
    """Return the layer in the making a number: channels as a rule."""
    bag = seq.bag
    if isinstance(value, Num) and 0 < value.value < 1 and seq.detach():  # `3x3, 64, LeakyReLU(0.1)`
        seq.option("slope", value, span)
        return
    if bag and bag.kind.activates and bag.options[0].value == "softmax":
        # `softmax over 10 classes` has a weight layer in it.
        bag.op, bag.options = (
            "dense",
            [bag.options[0]._replace(key="activation")],
        )
    if bag and bag.after_comma and bag.op and not OPS[bag.op].params:
        bag = None
        seq.close()
    if bag and bag.use and not unit and not bag.takes("channels"):
        bag.args += (Argument("", value, span),)
        seq.reporter.claim(span, "argument")
        seq.extend(bag, span)
        return
    if unit and bag and _is_closed(bag):
        bag = None
        seq.close()
    if bag is None or (bag.block and bag.after_comma):
        bag = seq.fresh(span)
    key = _amount_key(bag, value, unit)
    bag.unread_unit = True
    seq.option(key, value, span)


def _is_closed(bag: Bag) -> bool:
    """Return whether a number with a unit belongs to another layer than the one in the making."""
    if bag.lacks_axis("channels"):
        return False
    return bag.block is not None or bag.has("channels") or not bag.takes("channels")


def valued(seq: Sequence, key: str, span: Span, items: tuple[Any, ...], following: int) -> int:
    """`stride 2`, `padding same`, `shortcut zero-pad`: the value is the next item."""
    skipped = following
    while following < len(items) and is_filler(items[following]):  # `stride of 2`
        following += 1
    item = items[following] if following < len(items) else None
    skipped = following - skipped
    if isinstance(item, Assign) and len(item.key) == 1:  # `stride r = 2`
        seq.option(key, seq.value(key, item.value), Span(span.start, item.span.end))
        return 1 + skipped
    if not isinstance(item, Number):
        text = seq.text(span)
        seq.reporter.add(preamble.bad_setting_line(seq.source, span, text, "a number or a word after it"))
        return 0
    if key == "stride" and seq.bag and _is_fraction(items, following):
        seq.bag.fractional = True
        seq.option(key, items[following + 1].value, Span(span.start, items[following + 1].span.end))
        return 2 + skipped
    more = _further_axes(items, following + 1) if key in PER_AXIS else ()
    end = items[following + len(more)].span.end
    parted = ROLES.get(key, key) == "stride" and not more
    said, count = _parted(seq, item.value) if parted else (item.value, None)
    value = (
        tuple(axis for axes in (item.value, *more[1:]) for axis in power_dims(axes) or (axes,))
        if more
        else seq.value(key, said)
    )
    seq.option(key, value, Span(span.start, said.span.end if count else end))
    if count:
        times(seq, count, count.span)
    return 1 + skipped + len(more)


def _parted(seq: Sequence, value: Expr) -> tuple[Expr, Expr | None]:
    """Part `stride 2 x3`, whose sign has a blank before it only, into the stride and how often the layer
    stands; None where it is no repeat."""
    if not isinstance(value, BinOp) or value.op != "x" or is_even(seq, value.left, value.right):
        return value, None
    return value.left, value.right


def _is_fraction(items: tuple[Any, ...], i: int) -> bool:
    """Return whether a stride is the `1/2` of a convolution that makes its map larger."""
    one, part = (*items[i : i + 2], None, None)[:2]
    whole = isinstance(one, Number) and isinstance(one.value, Num) and one.value.value == 1 and not one.unit
    return whole and isinstance(part, Slash) and isinstance(part.value, Num) and part.value.value > 1


def _further_axes(items: tuple[Any, ...], i: int) -> tuple[Any, ...]:
    """Return the comma and the square of `stride 1, 2²`, one stride for all axes."""
    comma, square = (*items[i : i + 2], None, None)[:2]
    joined = isinstance(comma, Separator) and comma.text == "," and isinstance(square, Number)
    return (comma, square.value) if joined and power_dims(square.value) else ()


def widths(seq: Sequence, items: tuple[Any, ...], i: int) -> int:
    """Read `fc 512-512-256`, the widths of several dense layers: how many items they are, 0 for anything
    else."""
    bag, end = seq.bag, i + 1
    if not bag or not bag.op or not OPS[bag.op].takes_flat or bag.has("channels"):
        return 0
    while end < len(items) and _is_dashed(items[end], items[end - 1]):
        end += 1
    first, *more = items[i:end]
    if not isinstance(first.value, Num) or len(more) < 2:
        return 0
    values = (first.value, *(item.value.right for item in more))
    seq.option("channels", values, Span(first.span.start, more[-1].span.end))
    return end - i


def _is_dashed(item: Any, before: Any) -> bool:
    """Return whether an item is the `-512` glued to another number."""
    return isinstance(item, Number) and is_negative(item.value) and item.span.start == before.span.end


def is_filler(item: Any) -> bool:
    return (
        isinstance(item, Number)
        and isinstance(item.value, Name)
        and MEANINGS.get(plain(item.value.id), ("", ""))[0] == "filler"
    )


def is_number(items: tuple[Any, ...], i: int) -> bool:
    return i < len(items) and isinstance(items[i], Number) and not isinstance(items[i].value, Name)


def prefixed_kernel(value: Expr, known: frozenset[str]) -> str:
    """Put `d7 x 7`, which a multiplication sign takes apart, together again."""
    parts = factors(value)
    first = parts[0]
    if len(parts) < 2 or not isinstance(first, Name) or first.id in known or not first.id[-1:].isdecimal():
        return ""
    if not all(isinstance(part, Num) for part in parts[1:]):
        return ""
    return "x".join([first.id, *(str(part.value) for part in parts[1:] if isinstance(part, Num))])


def is_negative(value: Expr) -> bool:
    return (
        isinstance(value, BinOp) and value.op == "-" and isinstance(value.left, Num) and value.left.value == 0
    )


def is_repeat(dims: tuple[Expr, ...]) -> bool:
    """A "kernel" like `64 x2` after a kernel is a channel count and a repeat."""
    return (
        len(dims) == 2
        and isinstance(dims[0], Num)
        and (not isinstance(dims[1], Num) or dims[0].value != dims[1].value)
    )
