"""Words of a cell: the names of layers and blocks, options, units, norms and activations."""

import re

from archdsl.lang.ordinals import is_numbered_layer
from archdsl.lang.vocabulary import (
    ALONE,
    LAYER_KINDS,
    NORMS,
    Meaning,
    is_index,
    is_open_pool,
    longest,
    op_with_kernel,
    reserved,
)
from archdsl.light import Any
from archdsl.ops import OPS
from archdsl.problems import names, preamble
from archdsl.source import Span
from archdsl.syntax.amounts import is_filler, is_number, number, valued
from archdsl.syntax.ast import Name, Num, Option
from archdsl.syntax.bag import TAKES_NORM, Bag
from archdsl.syntax.cells import Assign, Number, Separator
from archdsl.syntax.joined import dashed, joined, run
from archdsl.syntax.repeats import BEFORE, times
from archdsl.syntax.sequence import Sequence
from archdsl.syntax.slug import slug

FILLER = "says nothing"
# Options that are printed before the layer which takes them: `bidirectional LSTM`.
_IN_FRONT = ("interpolation", "each", "kind", "bidirectional", "sequences")
_ZERO_PAD = "shortcut=zero-pad"


def words(seq: Sequence, items: tuple[Any, ...], i: int) -> int:
    """Read the longest phrase that starts at item `i`; a defined parameter wins over a word of one letter."""
    words, first = run(items, i), items[i]
    if first.value.id == "classes" and seq.bag and seq.bag.unread_unit:  # `softmax over 10 classes`
        _unit(seq, first.span, items, i + 1)
        return 1
    if len(words) > 1 and words[1].lower() == "class" and len(words[0]) == 1 and words[0] not in seq.known:
        # `C class softmax`: how many is said elsewhere.
        seq.op("dense", Span(first.span.start, items[i + 1].span.end))
        return 2
    if first.value.id in seq.known and not is_number(items, i + 1):
        number(seq, first)
        return 1
    if i and _is_summand(seq, items, i):
        seq.fault = True
        seq.reporter.add(names.sign_of_sum(seq.source, items[i - 1].span, first.span, first.value.id, i > 1))
        return 1
    if _is_recalled(seq, items, i):
        seq.reporter.claim(Span(first.span.start, items[i + 1].span.end), FILLER)
        return 2
    taken = dashed(seq, first, items, i) or _use(seq, words, items, i)
    if taken:
        return taken
    found = longest([ALONE.get(words[0].lower(), words[0])] if len(items) == 1 else words)
    if found is None or (found[1][0] == "unsaid" and _is_parameter(seq, first.value.id)):
        return 1 if _chained(seq, first) else joined(seq, first, items, i)
    count, meaning = found
    span = Span(first.span.start, items[i + count - 1].span.end)
    return count + mean(seq, meaning, span, items, i + count)


def _is_parameter(seq: Sequence, word: str) -> bool:
    """Return whether a word is a parameter of the block in use."""
    return bool(seq.bag and seq.bag.use and seq.own_key(word))


def _is_summand(seq: Sequence, items: tuple[Any, ...], i: int) -> bool:
    """Return whether a value stands alone behind a plus, which joins layers: `3x3, 64 + input`."""
    before, behind = items[i - 1], items[i + 1 : i + 2]
    if not isinstance(before, Separator) or before.text != "+":
        return False
    word = items[i].value.id
    found = longest([word])
    layer = found is not None and found[1][0] in LAYER_KINDS
    value = slug(word) in seq.blocks.values or word.lower() == "input"
    return value and not layer and not (behind and not isinstance(behind[0], Separator))


def _is_recalled(seq: Sequence, items: tuple[Any, ...], i: int) -> bool:
    """Return whether `pool1 indices` stands here: where the maxima of a row came from changes no shape."""
    words = run(items, i)[:2]
    return len(words) == 2 and slug(words[0]) in seq.blocks.values and is_index(words[1])


def _use(seq: Sequence, words: list[str], items: tuple[Any, ...], i: int) -> int:
    """Read the name of a block; a vocabulary word wins over a block, unless the block's name is longer.

    Where no layer is in the making, whose option a word could be, the word of an option is a block of the
    file.
    """
    plain = reserved(words)
    idle = plain is not None and plain[1][0] == "option" and seq.bag is None
    found = None if plain and plain[0] == len(words) and not idle else seq.blocks.longest(words)
    if idle and found and found[1] not in seq.blocks.own.values():
        return 0
    if found is None or (plain and plain[0] >= found[0] and plain[1][0] != "option"):
        return 0
    count, block, number = found
    if number and is_numbered_layer(words[0]):
        return 0
    span = Span(items[i].span.start, items[i + count - 1].span.end)
    bag = seq.use(block, span)
    if number:
        value = float(number) if "." in number else int(number[:18])
        bag.options.append(Option(block.parameters[0].name, Num(value, span), span))
    return count


def mean(seq: Sequence, meaning: Meaning, span: Span, items: tuple[Any, ...], following: int) -> int:
    """Take a phrase for what it means: how many of the items that follow it belong to it."""
    kind, value = meaning
    match kind:
        case "option":
            return _option(seq, value, span, items, following)
        case "wire":
            from archdsl.syntax.wires import wire

            return wire(seq, value, span, items, following)
        case "unit":
            _unit(seq, span, items, following)
        case "flag" if value == _ZERO_PAD and is_number(items, following):
            return _option(seq, "padding", span, items, following)
        case "flag":
            _flag(seq, value, span)
        case "unsaid":
            seq.unsaid(span, value)
        case "linear" if seq.bag and seq.bag.use and not is_number(items, following):
            seq.option("activation", "none", span)  # of the block, if it takes one
        case "count":  # `two 3x3 conv layers, 64`
            times(seq, Num(int(value), span), span, BEFORE)
        case _:
            if value == "group_norm" and seq.bag and seq.bag.has("channels") and is_number(items, following):
                seq.close()  # the 4 of `3x3, 64, GN 4` is the norm's
            _layer(seq, kind, value, span)
    return 0


def _layer(seq: Sequence, kind: str, value: str, span: Span) -> None:
    match kind:
        case "op":
            seq.op(value, span)
            if is_open_pool(seq.text(span)):
                seq.option("needs", "kind", span)
        case "filler":
            seq.reporter.claim(span, FILLER)
        case "given":  # `linear conv`: a layer and some of its options
            op, *flags = value.split(" ")
            seq.op(op, span)
            for flag in flags:
                _flag(seq, flag, span)
        case "needs":  # `dilated conv`: a convolution that must say its dilation
            seq.op("conv", span)
            seq.option("needs", value, span)
        case "norm":
            _attached(seq, "norm", NORMS[value], value, (), span)
        case "activation":
            _attached(seq, "activation", value, "activation", (Option("function", value, span),), span)
        case "linear":
            _attached(seq, "activation", "none", "dense", (), span)


def _flag(seq: Sequence, flag: str, span: Span) -> None:
    key, _, word = flag.partition("=")
    if key in _IN_FRONT and not (seq.bag and seq.bag.takes(key)):
        seq.fresh(span)  # `bilinear upsample`: the op comes after it
    seq.option(key, word, span)


def _option(seq: Sequence, key: str, span: Span, items: tuple[Any, ...], following: int) -> int:
    """`stride 2`; a padding that no layer takes is a layer of its own; `Activation, ReLU` is a ReLU."""
    if key == "activation" and seq.bag is None and _activates(items, following):
        return 0
    if key == "padding" and not (seq.bag and seq.bag.takes("padding")):
        seq.fresh(span).op = "pad"
        key = "amount"
    if seq.bag and not _follows(items, following) and _is_said(seq.bag, key):
        seq.reporter.claim(span, FILLER)
        return 0  # `3x3 kernel`, `ReLU activation`
    return valued(seq, seq.own_key(seq.text(span)) or key, span, items, following)


def _is_said(bag: Bag, key: str) -> bool:
    """Return whether a layer has an option, or is what the option says."""
    return bag.has(key) or (key == "activation" and bag.kind.activates)


def _activates(items: tuple[Any, ...], at: int) -> bool:
    """Return whether the name of an activation comes next, perhaps behind a comma."""
    comma = at < len(items) and isinstance(items[at], Separator) and items[at].text == ","
    found = longest(run(items, at + comma))
    return found is not None and found[1][0] == "activation"


def _follows(items: tuple[Any, ...], at: int) -> bool:
    """Return whether a value of an option comes next."""
    return at < len(items) and isinstance(items[at], Number | Assign) and not is_filler(items[at])


def _attached(seq: Sequence, key: str, value: str, op: str, options: tuple[Option, ...], span: Span) -> None:
    """A norm or activation belongs to the convolution or dense layer before it in the cell, or is a layer of
    its own.

    It does so behind `;`, `+` and an arrow, too. In a cell that begins with norm and activation they come
    before each convolution: there everything is the layer that it is printed as.
    """
    bag = seq.reopen()
    weights = bag and not bag.block and bag.op in TAKES_NORM and not bag.is_empty
    # `linear`: nothing comes after it, wherever norms are.
    free = weights and (not seq.before or OPS[op].takes_flat)
    if bag and free and not bag.has("activation"):
        if value == "softmax" and not bag.op and not bag.has("kernel"):
            bag.op = "dense"  # `1000-way softmax` has a weight layer in it
        seq.option(key, value, span)
        return
    if bag and free and key == "norm" and not bag.has("norm"):  # `conv, ReLU, BN`: in the order of the print
        bag.options.append(Option("norm", "none", span))
    bag = seq.fresh(span)
    bag.op, bag.options = op, list(options)
    seq.reporter.claim(span, key)


def _unit(seq: Sequence, span: Span, items: tuple[Any, ...], following: int) -> None:
    """`64 filters` has its number before the word, `filters 64` after it."""
    seq.reporter.claim(span, "unit")
    if seq.bag and seq.bag.unread_unit:
        seq.bag.unread_unit = False
        seq.extend(seq.bag, span)
    elif not is_number(items, following):
        text = seq.text(span)
        seq.reporter.add(preamble.bad_setting_line(seq.source, span, text, "a number before it"))


def _chained(seq: Sequence, item: Number) -> bool:
    """Read `Conv-BN-ReLU` and `ConvBNReLU`: layers, norms and activations in one word."""
    assert isinstance(item.value, Name)
    parts = _links(item.value.id)
    for part in parts:
        words(seq, (Number(Name(part, item.span), "", item.span),), 0)
    return bool(parts)


def is_chain(word: str) -> bool:
    """Return whether a word is made of those of several layers."""
    return bool(_links(word))


def _links(word: str) -> list[str]:
    """Take a word apart into those of layers that it is made of; none where it is no such chain."""
    parts = [part for piece in re.split(r"[-_]", word) for part in _humps(piece)]
    return parts if len(parts) > 1 and all(map(is_link, parts)) else []


def _humps(text: str) -> list[str]:
    """Take a word apart at capitals, into pieces that are as long as possible and mean something: `BNReLU` ->
    `BN`, `ReLU`."""
    for end in range(len(text), 1, -1):
        part, rest = text[:end], text[end:]
        if (not rest or rest[0].isupper()) and is_link(part):
            return [part, *(_humps(rest) if rest else [])]
    return [text]


def is_link(word: str) -> bool:
    found = longest([word])
    layer = found is not None and found[1][0] in LAYER_KINDS
    return layer or op_with_kernel(word) is not None or is_numbered_layer(word)
