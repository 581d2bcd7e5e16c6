"""The items of a structure cell -> layers and blocks.

A layer is an order-free bag of words and numbers: `3x3 conv, 64, stride 2` and `conv, 64, 3x3 /2` are one
layer. A new one begins at a second kernel or op word, after `;` and at a bracket.
"""

from archdsl.lang.ordinals import named_op
from archdsl.light import Any
from archdsl.ops import OPS
from archdsl.problems import brackets, names
from archdsl.source import Span
from archdsl.syntax.amounts import number, prefixed_kernel, slash, widths
from archdsl.syntax.ast import Argument, BinOp, Call, Item, Layer, Name, Num
from archdsl.syntax.bag import Bag
from archdsl.syntax.calls import call, phrase
from archdsl.syntax.cells import (
    Assign,
    Axes,
    Bracket,
    Number,
    Resized,
    Separator,
    Slash,
    factors,
    is_dims,
    product,
)
from archdsl.syntax.joined import joined
from archdsl.syntax.labels import labelled, said_behind
from archdsl.syntax.repeats import BEFORE, BEHIND, ENCLOSED, is_count, parted, repeated, times
from archdsl.syntax.sequence import Sequence
from archdsl.syntax.words import words

_FACTORS = (BEFORE, BEHIND, ENCLOSED)


def group(seq: Sequence, items: tuple[Any, ...]) -> tuple[Item, ...]:
    """Turn the items of one sequence into layers and blocks, reporting what belongs nowhere."""
    items = tuple(part for i in range(len(items)) for part in (labelled(items, i) or parted(seq, items, i)))
    i = 0
    while i < len(items):
        i += _take(seq, items, i)
    seq.close()
    if seq.times:
        seq.reporter.add(names.belongs_to_nothing(seq.source, seq.times[1], seq.text(seq.times[1])))
    return tuple(seq.done)


def _take(seq: Sequence, items: tuple[Any, ...], i: int) -> int:
    item = items[i]
    match item:
        case Separator():
            return _separated(seq, items, i)
        case Bracket():
            _open_block(seq, item)
        case Resized():
            from archdsl.syntax.resized import resize

            resize(seq, item)
        case Axes():
            seq.axes = item
        case Slash():
            slash(seq, item, items[i - 1] if i else None)
        case Assign():
            _assigned(seq, item)
        case Number(value=Name()) if item.unit not in _FACTORS:
            return phrase(seq, items, i) or words(seq, items, i)
        case Number(value=Call() as use) if item.unit not in _FACTORS:
            call(seq, use, item)
        case Number():
            return _number(seq, item, items, i)
    return 1


def _separated(seq: Sequence, items: tuple[Any, ...], i: int) -> int:
    """End the layer in the making, or only a part of it; an arrow may join two numbers of a layer."""
    if items[i].text in ("→", "->"):
        if _enters(seq, items, i):
            return 1
        if _shaped(seq, items[i + 1 : i + 4]) or _units(seq, items[i + 1 : i + 2]):
            return 2
    _separate(seq, items[i])
    return 1


def _number(seq: Sequence, item: Number, items: tuple[Any, ...], i: int) -> int:
    stride = said_behind(items, i)
    if stride:
        seq.assign(stride)
        return 2
    if _without_units(seq) and _shaped(seq, items[i : i + 3]):
        return 1
    if taken := widths(seq, items, i):
        return taken
    if apart := _dilation(seq, item, items[i + 1 : i + 2]):
        seq.option("dilation", apart, item.span)
        return 1
    word = prefixed_kernel(item.value, seq.known)
    if word:
        return joined(seq, Number(Name(word, item.span), item.unit, item.span), items, i)
    if item.unit == ENCLOSED and not is_count(seq):
        number(seq, item._replace(unit=""))
    elif item.unit in _FACTORS:
        times(seq, item.value, item.span, item.unit)
    else:
        number(seq, item)
    return 1


def _dilation(seq: Sequence, item: Number, after: tuple[Any, ...]) -> Num | None:
    """Return the 8 of `(3, 64, 8d)`: behind a window and channels it is how far the frames are apart; `10d
    fc` has units."""
    value, bag = item.value, seq.bag
    if not isinstance(value, BinOp) or value.right[:1] != ("d",) or "d" in seq.known:
        return None
    if not bag or not bag.is_layer or not bag.is_complete:
        return None
    word = bool(after) and isinstance(after[0], Number)
    free = bag.takes("dilation") and not bag.has("dilation")
    return value.left if free and not word and isinstance(value.left, Num) else None


def _assigned(seq: Sequence, item: Assign) -> None:
    """`key=value` of the layer in the making; `Maxpool: 4x1` and `FC1: 4096` are a layer and its number."""
    op = named_op(item.key)
    if op and seq.own_key(item.key) is None:
        seq.op(op, item.key_span)
        number(seq, Number(item.value, "", item.value.span))
    else:
        seq.assign(item)


def _enters(seq: Sequence, items: tuple[Any, ...], i: int) -> bool:
    """Read `64 → 128` in a layer as the channels that come in and go out."""
    sides = [items[at] for at in (i - 1, i + 1) if 0 <= at < len(items)]
    bag = seq.bag
    if len(sides) < 2 or not bag or not bag.is_layer:
        return False
    chooses = (bag.kind.is_filter and not bag.kind.keeps_channels) or bag.kind.takes_flat
    if not bag.has("channels") or not chooses:
        return False
    if any(not isinstance(side, Number) or not isinstance(side.value, Num) or side.unit for side in sides):
        return False
    bag.options = [
        option._replace(key="entering") if option.key == "channels" else option for option in bag.options
    ]
    return True


def _shaped(seq: Sequence, behind: tuple[Any, ...]) -> bool:
    """Read the map behind a dense layer, `dense → 4 × 4 × 32` or `dense, 4 × 4 × 32`: as many units, in that
    shape."""
    bag, shape = _dense(seq), behind[0] if behind else None
    if not bag or not isinstance(shape, Number):
        return False
    dims = factors(shape.value)
    if len(dims) < 3 or shape.unit or _goes_on(behind[1:]):
        return False
    if not bag.has("channels"):
        seq.option("channels", product(shape.value), shape.span)
    seq.fresh(shape.span).op = "reshape"
    seq.option("shape", dims, shape.span)
    return True


def _units(seq: Sequence, behind: tuple[Any, ...]) -> bool:
    """Read the number behind the arrow of `dense → 1`: its units."""
    units = behind[0] if behind else None
    if not _without_units(seq) or not isinstance(units, Number):
        return False
    if units.unit or not isinstance(units.value, Num):
        return False
    seq.option("channels", units.value, units.span)
    return True


def _dense(seq: Sequence) -> Bag | None:
    """Return the layer in the making if it is a dense one."""
    bag = seq.bag
    return bag if bag and bag.op in OPS and OPS[bag.op].takes_flat else None


def _without_units(seq: Sequence) -> bool:
    """Return whether the layer in the making is a dense one of which no units are said."""
    bag = _dense(seq)
    return bag is not None and not bag.has("channels")


def _goes_on(behind: tuple[Any, ...]) -> bool:
    """Return whether a number of channels follows, so that what stands before it is a window."""
    after = behind[1:] if behind and isinstance(behind[0], Separator) and behind[0].text == "," else behind
    return bool(after) and isinstance(after[0], Number) and not isinstance(after[0].value, Name)


def _separate(seq: Sequence, separator: Separator) -> None:
    seq.axes = None
    if separator.text != ",":
        seq.close()
        seq.fault = False
    elif seq.bag:
        seq.bag.after_comma = True


def _open_block(seq: Sequence, bracket: Bracket) -> None:
    bag = seq.bag
    if _widths(seq, bracket):
        return
    begun = bag and bag.op and not bag.options and not bag.after_comma
    if begun and not bracket.repeats:  # `conv[3x3, 64]`
        for at in range(len(bracket.items)):
            _take(seq, bracket.items, at)
        return
    seq.close()
    inner = group(seq.inner(), bracket.items)
    if bracket.repeats:
        for span in (
            Span(bracket.span.start, bracket.inner.start),
            Span(bracket.inner.end, bracket.span.end),
        ):
            seq.reporter.claim(span, "repeat")
    if not bracket.items:
        seq.reporter.add(brackets.empty_bracket(seq.source, bracket.inner))
    seq.bag = Bag(bracket.span)
    seq.bag.block = repeated(inner, bracket)
    if not bracket.repeats and len(inner) == 1 and isinstance(inner[0], Layer):
        _unwrap(seq, inner[0], bracket.span)


def _widths(seq: Sequence, bracket: Bracket) -> bool:
    """Read `fc, [16, 256]`, the widths of several dense layers, and `bottleneck [64, 256] x 3`, the arguments
    of a block."""
    bag = seq.bag
    numbers = [item for item in bracket.items if not isinstance(item, Separator)]
    if not bag or any(not isinstance(item, Number) or is_dims(item.value) for item in numbers):
        return False
    words = any(isinstance(item.value, Name) and item.value.id not in seq.known for item in numbers)
    if bag.use and numbers and not bag.args and not words:
        seq.reporter.claim(bracket.span, "arguments")
        bag.args = tuple(Argument("", product(item.value), item.span) for item in numbers)
        seq.extend(bag, bracket.span)
        for value in bracket.repeats:
            times(seq, value, value.span)
        return True
    if not bag.kind.takes_flat or bag.has("channels") or bracket.repeats or len(numbers) < 2:
        return False
    seq.option("channels", tuple(product(item.value) for item in numbers), bracket.span)
    return True


def _unwrap(seq: Sequence, layer: Layer, span: Span) -> None:
    """`[3x3, 64]` inside a bracket is the row of a matrix, not a block."""
    seq.bag = bag = Bag(span)
    bag.op, bag.options, bag.axes = layer.op, list(layer.options), layer.axes
    bag.after_comma = True
