"""How often, and how much larger: `3 × BasicBlock(16)`, `MBConv6 × 2`, `conv3-64 × 2`, `2x upsampling`,
`upsample 2x`."""

import re
from itertools import pairwise

from archdsl.lang.vocabulary import LAYER_KINDS, NORMS, longest, op_with_kernel
from archdsl.light import Any
from archdsl.patterns import pattern
from archdsl.problems import names
from archdsl.source import Span
from archdsl.syntax.ast import BinOp, Block, Call, Expr, Item, Layer, Name, Num
from archdsl.syntax.cells import COUNTED, Bracket, Number, factors
from archdsl.syntax.names import FUNCTIONS
from archdsl.syntax.sequence import Sequence
from archdsl.text.grid import natural

BEFORE, BEHIND, ENCLOSED = "x<", "x", "(x"
_WINDOWED = pattern(r".*\dx\d+", re.IGNORECASE)


def repeated(inner: tuple[Item, ...], bracket: Bracket) -> Block:
    """Read `[3x3, 64] x 2 x 3` as three blocks of two layers; where a bracket has several layers, its repeats
    are one factor."""
    repeats = bracket.repeats
    if len(repeats) == 2 and len(inner) == 1 and isinstance(inner[0], Layer):
        inner, repeats = (Block(inner, repeats[0], (), bracket.span),), repeats[1:]
    repeat = repeats[0] if repeats else None
    for value in repeats[1:]:
        repeat = BinOp("*", repeat, value, bracket.span) if repeat else value
    return Block(inner, repeat, (), bracket.span)


def parted(seq: Sequence, items: tuple[Any, ...], i: int) -> tuple[Any, ...]:
    """Part a product of a layer and a number, which is no arithmetic, into the two."""
    item = items[i]
    if isinstance(item, Number) and isinstance(item.value, Call) and item.value.name == COUNTED:
        return (Number(item.value.args[0].value, ENCLOSED, item.span),)
    if not isinstance(item, Number) or item.unit or not isinstance(item.value, BinOp) or item.value.op != "x":
        return (item,)
    left, right = item.value.left, item.value.right
    if counted := _counted(seq, items[i]):
        return counted
    if window := is_even(seq, left, right) and _window(left, right):
        return (Number(Name(window, item.span), "", item.span),)
    # `res block × 2`.
    phrase = i > 0 and isinstance(left, Name) and left.id not in seq.known and _is_word(items[i - 1])
    if not (i > 0 and _is_named(items[i - 1])) and (side := _dashed_side(seq, left)):
        return (Number(BinOp("x", side, right, item.span), "", item.span),)
    if (phrase or _is_layer(seq, left)) and not _is_layer(seq, right):
        return Number(left, "", left.span), Number(right, BEHIND, right.span)
    if _is_layer(seq, right):
        return Number(left, BEFORE, left.span), Number(right, "", right.span)
    return (item,)


def _counted(seq: Sequence, item: Number) -> tuple[Any, ...]:
    """Read `2 × 3×3, 64`: how often, set off by blanks, a window, and its channels."""
    dims = factors(item.value)
    if len(dims) != 3 or not all(isinstance(side, Num) for side in dims):
        return ()
    count, *sides = dims
    signs = [seq.text(Span(before.span.end, after.span.start)) for before, after in pairwise(dims)]
    if not signs[0][:1].isspace() or any(sign.strip() != sign for sign in signs[1:]):
        return ()
    span = Span(sides[0].span.start, sides[1].span.end)
    return Number(count, BEFORE, count.span), Number(BinOp("x", sides[0], sides[1], span), "", span)


def is_even(seq: Sequence, left: Expr, right: Expr) -> bool:
    """Return whether the sign of a product has blanks on both sides or on none: `Conv2 x2` is no window."""
    sign = seq.text(Span(left.span.end, right.span.start))
    return sign[:1].isspace() == sign[-1:].isspace()


def _window(left: Expr, right: Expr) -> str:
    """Read `Conv3×3` and `conv1×7`: a layer with its window, and no repeat."""
    found = op_with_kernel(left.id) if isinstance(left, Name) and isinstance(right, Num) else None
    if not found or not isinstance(left, Name) or not isinstance(right, Num) or not found[1].isdecimal():
        return ""
    side = natural(found[1])
    square = right.value == side or (1 in (right.value, side) and right.value % 2)
    return f"{left.id}x{right.value}" if square else ""


def _dashed_side(seq: Sequence, left: Expr) -> Expr | None:
    """Return the first 3 of `conv 64-3x3`, where the dash is no minus and the product no repeat."""
    side = left.right if isinstance(left, BinOp) and _is_layer(seq, left) else None
    return side if isinstance(side, Num) and side.value < 16 else None


def _is_named(item: Any) -> bool:
    return isinstance(item, Number) and isinstance(item.value, Name | Call)


def _is_word(item: Any) -> bool:
    return isinstance(item, Number) and isinstance(item.value, Name)


def _is_layer(seq: Sequence, value: Expr) -> bool:
    if isinstance(value, Call):
        return value.name not in FUNCTIONS
    if isinstance(value, BinOp):  # the `-64` of `conv3-64 x 2`
        return (
            value.op == "-" and isinstance(value.left, Num) and value.left.span.start == value.left.span.end
        )
    if not isinstance(value, Name) or value.id in seq.known:
        return False
    found = longest([value.id])
    layer = found is not None and (found[1][0] in LAYER_KINDS or found[1][1].startswith("interpolation"))
    return bool(layer or seq.blocks.longest([value.id]) or _WINDOWED.fullmatch(value.id))


def times(seq: Sequence, value: Expr, span: Span, unit: str = BEHIND) -> None:
    """Keep a factor for the layer before or behind it; in parentheses it is a repeat where no layer has
    several meanings for it."""
    seq.reporter.claim(span, "repeat")
    bag = seq.bag
    if unit == BEFORE:
        seq.times = (value, span)
    elif seq.fault:
        pass  # of what cannot be said
    elif bag is None or bag.times or (bag.is_bare and unit != ENCLOSED):
        seq.reporter.add(names.belongs_to_nothing(seq.source, span, seq.text(span)))
    else:
        bag.times = (value, span)
        seq.extend(bag, span)


def is_count(seq: Sequence) -> bool:
    """Return whether an amount in parentheses says how often: the layer has its channels, or takes none."""
    bag = seq.bag
    if bag is None:
        return False
    return not bag.is_layer or bag.has("channels") or bag.op in NORMS or bag.kind.activates
