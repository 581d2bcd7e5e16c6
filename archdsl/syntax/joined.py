"""Words with numbers in them: `conv3-64`, `Conv3x3`, `s2`, `k5x5`, `SE0.25`."""

import re

from archdsl.lang.ordinals import named_op
from archdsl.lang.vocabulary import LONGEST, OPTION_KEYS, glued, longest, op_with_kernel
from archdsl.light import Any
from archdsl.patterns import pattern
from archdsl.source import Span
from archdsl.syntax.amounts import WINDOW, amount, is_negative, is_number, kernel, valued, widths
from archdsl.syntax.ast import BinOp, Name, Num, Option
from archdsl.syntax.bag import Bag, takes
from archdsl.syntax.cells import Number, is_dims
from archdsl.syntax.names import parameter_of, usual
from archdsl.syntax.sequence import Sequence

# `n-d fc` of a parameter n, as in `10-d fc`.
_COUNTED = pattern(r"(\w+)-(?:dimensional|dim|way|d)", re.IGNORECASE)
# `k3n64s1`: a window, its filters and its stride.
_PACKED = pattern(r"(?:[knspd]\d+){2,}", re.IGNORECASE)
_KEYED = pattern(r"([A-Za-z_]+?)_?(\d+(?:\.\d+)?(?:x\d+)*)", re.IGNORECASE)


def run(items: tuple[Any, ...], i: int) -> list[str]:
    """List the words from item `i` on, as many as the longest phrase has."""
    words: list[str] = []
    for item in items[i : i + LONGEST]:
        if not isinstance(item, Number) or not isinstance(item.value, Name) or item.unit:
            break
        words.append(item.value.id)
    return words


def dashed(seq: Sequence, item: Number, items: tuple[Any, ...], i: int) -> int:
    """`conv3-64`, `FC-4096`: a word, its kernel, and behind a dash its channels."""
    dashed = items[i + 1] if i + 1 < len(items) else None
    if not isinstance(dashed, Number) or dashed.span.start != item.span.end or not is_negative(dashed.value):
        return 0
    assert isinstance(item.value, Name)
    assert isinstance(dashed.value, BinOp)
    found = op_with_kernel(item.value.id) or (longest([item.value.id]) or (0, ("", "")))[1][1:]
    if not found or not takes(found[0], "channels"):
        return 0
    seq.op(found[0], item.span)
    if len(found) > 1:
        sides = tuple(Num(int(side[:18]), item.span) for side in found[1].split("x"))
        seq.option("kernel", sides if len(sides) > 1 else sides[0], item.span)
    taken = widths(seq, (*items[: i + 1], dashed._replace(value=dashed.value.right), *items[i + 2 :]), i + 1)
    if taken:  # `FC-512-512-256`
        return 1 + taken
    seq.option("channels", dashed.value.right, dashed.span)
    return 2


def _keyed(seq: Sequence, item: Number) -> bool:
    """`SE0.25`, `k5x5`, `t6` after the name of a block: one of its parameters with its value."""
    assert isinstance(item.value, Name)
    match = _KEYED.fullmatch(item.value.id)
    key = seq.own_key(match[1]) if match and seq.bag and seq.bag.use else None
    if not match or not key:
        return False
    values = tuple(Num(float(n) if "." in n else int(n[:18]), item.span) for n in match[2].lower().split("x"))
    seq.option(key, values if len(values) > 1 else values[0], item.span)
    return True


def joined(seq: Sequence, item: Number, items: tuple[Any, ...], i: int) -> int:
    """Read a word with a number in it, or the name of a parameter of the block in use: how many items that
    are."""
    assert isinstance(item.value, Name)
    word = item.value.id
    counted = _COUNTED.fullmatch(word)
    if counted and counted[1] in seq.known:
        amount(
            seq, Name(counted[1], Span(item.span.start, item.span.start + len(counted[1]))), "d", item.span
        )
        return 1
    if _keyed(seq, item):
        return 1
    own = seq.own_key(word) if seq.bag else None
    if own and is_number(items, i + 1):
        return 1 + valued(seq, own, item.span, items, i + 1)
    if _PACKED.fullmatch(word):
        for letter, digits in re.findall(r"([a-z])(\d+)", word.lower()):
            value = Num(int(digits[:18]), item.span)
            amount(seq, value, "", item.span) if letter == "n" else _glued(
                seq, OPTION_KEYS[letter], (int(digits[:18]),), item.span
            )
        return 1
    windowed, op = op_with_kernel(word), _labelled_op(word, items, i)
    pair = glued(word)
    if op:
        seq.op(op, item.span)
    elif own and seq.bag and seq.bag.use:
        parameter = parameter_of(seq.bag.use, own)
        seq.option(own, usual(parameter, item.span) if parameter else Num(1, item.span), item.span)
    elif windowed:
        seq.op(windowed[0], item.span)
        _sides(seq, tuple(Num(int(side[:18]), item.span) for side in windowed[1].split("x")), item.span)
    elif pair:
        _glued(seq, *pair, item.span)
    else:
        return _unknown(seq, word, items, i)
    return 1


def _sides(seq: Sequence, sides: tuple[Num, ...], span: Span) -> None:
    """Take the window of `Conv3x3`, or the channels of `conv64, 3x3`; the 3 of `conv3` may be its ordinal."""
    if len(sides) > 1:
        kernel(seq, sides, span)
    elif sides[0].value > WINDOW:
        amount(seq, sides[0], "", span)
    elif seq.bag:
        seq.bag.glued = Option("kernel", sides[0], span)


def _labelled_op(word: str, items: tuple[Any, ...], i: int) -> str:
    """Return the op of `fc6 4096`, `FC2 + ReLU` and `conv1 7x7, 64`, where the number in the word can only be
    the layer's own."""
    windowed, number = op_with_kernel(word), is_number(items, i + 1)
    if windowed:
        return named_op(word) if number and "x" not in windowed[1] and is_dims(items[i + 1].value) else ""
    op = named_op(word)
    return op if number or (op and not _is_told(word, op)) else ""


def _is_told(word: str, op: str) -> bool:
    """Return whether a number in a word may be one of the layer: the units of `fc64`, the factor of
    `upsample2`."""
    bag = Bag(Span(0, 0))
    bag.op = op
    return bag.number() not in ("", "slope") or (bag.kind.takes_flat and word[-2:].isdecimal())


def _glued(seq: Sequence, key: str, numbers: tuple[int, ...], span: Span) -> None:
    values = tuple(Num(number, span) for number in numbers)
    if key == "dilation" and len(values) > 1:  # `d7x7` is a depthwise convolution
        seq.op("depthwise", span)
        key = "kernel"
    if key == "kernel":
        kernel(seq, values, span)
    else:
        seq.option(key, values if len(values) > 1 else values[0], span)


def _unknown(seq: Sequence, word: str, items: tuple[Any, ...], i: int) -> int:
    if seq.bag is None and not seq.fault:
        seq.fresh(items[i].span)
    seq.unknown(word, items[i].span)
    return 1
