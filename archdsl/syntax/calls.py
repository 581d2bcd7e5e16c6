"""Calls: `bneck(3x3, 64)` uses a block, `dropout(0.2)` is a layer, `max(8, n)` a number."""

from typing import Any

from archdsl.source import Span
from archdsl.syntax.amounts import amount, number
from archdsl.syntax.ast import Argument, Call, Name
from archdsl.syntax.cells import Assign, Number
from archdsl.syntax.names import compact
from archdsl.syntax.sequence import FUNCTIONS, Sequence
from archdsl.syntax.vocabulary import longest
from archdsl.syntax.words import mean


def phrase(seq: Sequence, items: tuple[Any, ...], i: int) -> int:
    """Read `fire module(16, 64)`, a name of several words with its arguments: how many items that are."""
    words: list[str] = []
    for item in items[i : i + 4]:
        if not isinstance(item, Number) or item.unit or not isinstance(item.value, Name | Call):
            return 0
        if isinstance(item.value, Call):
            name = " ".join([*words, item.value.name])
            plain = longest(name.split(" "))
            if not seq.blocks.get(name) and not (plain and plain[0] > len(words)):
                return 0
            call(seq, item.value._replace(name=name), item._replace(span=Span(items[i].span.start, item.span.end)))
            return len(words) + 1
        words.append(item.value.id)
    return 0


def call(seq: Sequence, call: Call, item: Number) -> None:
    """`bneck(3x3, 64)` uses a block, `dropout(0.2)` is a layer, `max(8, n)` a number."""
    found = None if call.name in FUNCTIONS else seq.blocks.get(call.name)
    meaning = longest(call.name.split(" "))
    if found and not (meaning and compact(found.name) != compact(call.name)):  # a layer's name wins over an alias
        bag = seq.fresh(item.span)
        bag.use, bag.args = found, call.args
    elif call.name in FUNCTIONS:
        amount(seq, call, item.unit, item.span)
    elif meaning and meaning[1][0] in ("op", "activation", "norm"):
        mean(seq, meaning[1], item.span, (), 0)
        for argument in call.args:
            _argument(seq, argument)
    else:
        seq.unknown(call.name, Span(item.span.start, item.span.start + len(call.name)))


def _argument(seq: Sequence, argument: Argument) -> None:
    if argument.key:
        seq.assign(Assign(argument.key, argument.value, argument.span, argument.span))
    else:
        number(seq, Number(argument.value, "", argument.span))
