"""Words of a cell: the names of layers and blocks, options, units, norms and activations."""

from typing import Any

from archdsl.problems import names
from archdsl.source import Span
from archdsl.syntax.amounts import is_number, number, valued
from archdsl.syntax.ast import Name, Num, Option
from archdsl.syntax.cells import Number
from archdsl.syntax.joined import dashed, joined
from archdsl.syntax.sequence import Sequence
from archdsl.syntax.vocabulary import NORMS, Meaning, longest, op_with_kernel
from archdsl.syntax.wires import wire

_TAKES_NORM = ("conv", "depthwise", "conv_transpose", "dense", "")


def words(seq: Sequence, items: tuple[Any, ...], i: int) -> int:
    """Read the longest phrase that starts at item `i`; a defined parameter wins over a word of one letter."""
    run = [item for item in items[i : i + 3] if isinstance(item, Number) and isinstance(item.value, Name) and not item.unit]
    words = [item.value.id for item in items[i : i + len(run)]] if run == list(items[i : i + len(run)]) else [items[i].value.id]
    first = items[i]
    if first.value.id in seq.known and not is_number(items, i + 1):
        number(seq, first)
        return 1
    taken = dashed(seq, first, items, i) or _use(seq, words, items, i)
    if taken:
        return taken
    found = longest(words)
    if found is None:
        return joined(seq, first, items, i)
    count, meaning = found
    span = Span(first.span.start, items[i + count - 1].span.end)
    return count + mean(seq, meaning, span, items, i + count)


def _use(seq: Sequence, words: list[str], items: tuple[Any, ...], i: int) -> int:
    """Read the name of a block; a vocabulary word wins over a block, unless the block's name is longer."""
    plain = longest(words)
    found = None if plain and plain[0] == len(words) else seq.blocks.longest(words)
    if found is None or (plain and plain[0] >= found[0] and (seq.bag is None or plain[1][0] != "option")):
        return 0
    count, block, number = found
    if number and op_with_kernel(words[0]):
        return 0
    span = Span(items[i].span.start, items[i + count - 1].span.end)
    bag = seq.fresh(span)
    bag.use = block
    if number:
        value = float(number) if "." in number else int(number[:18])
        bag.options.append(Option(block.parameters[0].name, Num(value, span), span))
    return count


def mean(seq: Sequence, meaning: Meaning, span: Span, items: tuple[Any, ...], following: int) -> int:
    kind, value = meaning
    match kind:
        case "op":
            seq.op(value, span)
        case "norm":
            _attached(seq, "norm", NORMS[value], value, (), span)
        case "activation":
            _attached(seq, "activation", value, "activation", (Option("function", value, span),), span)
        case "linear":
            _attached(seq, "activation", "none", "dense", (), span)
        case "flag":
            key, _, word = value.partition("=")
            if key == "interpolation" and not (seq.bag and seq.bag.takes(key)):
                seq.fresh(span)  # `bilinear upsample`: the op comes after it
            seq.option(key, word, span)
        case "option":
            return valued(seq, value, span, items, following)
        case "unit":
            _unit(seq, span, items, following)
        case "wire":
            return wire(seq, value, span, items, following)
    return 0


def _attached(seq: Sequence, key: str, value: str, op: str, options: tuple[Option, ...], span: Span) -> None:
    """A norm or activation belongs to the convolution or dense layer before it, or is a layer of its own."""
    bag = seq.bag
    if bag and not bag.block and bag.op in _TAKES_NORM and not bag.has("activation") and (bag.op or bag.options):
        if value == "softmax" and not bag.op and not bag.has("kernel"):
            bag.op = "dense"  # `1000-way softmax` has a weight layer in it
        seq.option(key, value, span)
        return
    bag = seq.fresh(span)
    bag.op, bag.options = op, list(options)


def _unit(seq: Sequence, span: Span, items: tuple[Any, ...], following: int) -> None:
    """`64 filters` has its number before the word, `filters 64` after it."""
    if seq.bag and seq.bag.unread_unit:
        seq.bag.unread_unit = False
        seq.extend(seq.bag, span)
    elif not is_number(items, following):
        text = seq.text(span)
        seq.reporter.add(names.bad_setting_line(seq.source, span, text, "a number before it"))
