"""The items of a structure cell -> layers and blocks.

A layer is an order-free bag of words and numbers: `3x3 conv, 64, stride 2` and `conv, 64, 3x3 /2` are one layer.
A new one begins at a second kernel or op word, after `;` and at a bracket.
"""

import re
from typing import Any

from archdsl.diagnostics import Reporter
from archdsl.ops import OPS
from archdsl.problems import blocks as problems
from archdsl.problems import names, syntax
from archdsl.source import Source, Span
from archdsl.syntax.ast import Argument, BinOp, Block, Call, Expr, Item, Layer, Name, Num, Option, Ref, Wire
from archdsl.syntax.bag import Bag, takes
from archdsl.syntax.cells import Assign, Bracket, Number, Separator, Slash, factors, is_dims, product
from archdsl.syntax.names import Blocks, compact, parameter_of
from archdsl.syntax.slug import slug
from archdsl.syntax.vocabulary import LAYER_WORDS, NORMS, OPTION_KEYS, Meaning, glued, longest, op_with_kernel

FUNCTIONS = ("min", "max", "floor", "ceil", "round", "divisible")
# `n-d fc` of a parameter n, as in `10-d fc`.
_COUNTED = re.compile(r"(\w+)-(?:dimensional|dim|way|d)", re.IGNORECASE)
_TAKES_NORM = ("conv", "depthwise", "conv_transpose", "dense", "")
_WORDS = ("padding", "bias", "norm", "activation", "shortcut", "brackets", "interpolation")
_KEYED = re.compile(r"([A-Za-z_]+?)_?(\d+(?:\.\d+)?(?:x\d+)*)", re.IGNORECASE)


class Grouper:
    """Collects the layers of one sequence; `known` are the parameters that the spec defines, `blocks` the named blocks."""

    def __init__(self, source: Source, reporter: Reporter, known: frozenset[str], blocks: Blocks = Blocks()) -> None:  # noqa: B008 - immutable
        self.source = source
        self.reporter = reporter
        self.known = known
        self.blocks = blocks
        self.done: list[Item] = []
        self.bag: Bag | None = None

    def group(self, items: tuple[Any, ...]) -> tuple[Item, ...]:
        """Turn the items of one sequence into layers and blocks, reporting what belongs nowhere."""
        i = 0
        while i < len(items):
            i += self._take(items, i)
        self._close()
        return tuple(self.done)

    def _take(self, items: tuple[Any, ...], i: int) -> int:
        item = items[i]
        match item:
            case Separator():
                self._separate(item)
            case Bracket():
                self._open_block(item)
            case Slash():
                self._slash(item, items[i - 1] if i else None)
            case Assign():
                self._assign(item)
            case Number(value=Name()):
                return self._phrase(items, i) or self._words(items, i)
            case Number(value=Call() as call):
                self._call(call, item)
            case Number():
                word = _prefixed_kernel(item.value, self.known)
                if word:
                    return self._glued(Number(Name(word, item.span), item.unit, item.span), items, i)
                if self._enlarged(item):
                    return 1
                self._number(item)
        return 1

    def _enlarged(self, item: Number) -> bool:
        """`upsample x2` and `2x upsample`: an op that takes no window, and its factor."""
        value = item.value
        if not isinstance(value, BinOp) or value.op != "x":
            return False
        word, factor = (value.left, value.right) if isinstance(value.left, Name) else (value.right, value.left)
        found = longest([word.id]) if isinstance(word, Name) and word.id not in self.known else None
        if not found or found[1][0] != "op" or not OPS[found[1][1]].grows or takes(found[1][1], "kernel"):
            return False
        self._op(found[1][1], item.span)
        self._option("stride", factor, factor.span)
        return True

    def _slash(self, item: Slash, before: Any) -> None:
        """`7x7/2` is a stride; `n/2` may be meant as a quotient, and is refused."""
        if isinstance(before, Number) and before.span.end == item.span.start and not is_dims(before.value):
            word = isinstance(before.value, Name) and before.value.id not in self.known
            if not word and not before.unit:
                span = Span(before.span.start, item.span.end)
                self.reporter.add(syntax.ambiguous_slash(self.source, span, self.source.clean[span.start : span.end]))
                return
        value = item.value
        numbered = glued(value.id) if isinstance(value, Name) and value.id not in self.known else None
        if numbered and numbered[0] == "stride":  # `Conv dw / s2`
            value = Num(numbered[1][0], item.span)
        self._option("stride", value, item.span)

    def _phrase(self, items: tuple[Any, ...], i: int) -> int:
        """Read `fire module(16, 64)`, a name of several words with its arguments: how many items that are."""
        words: list[str] = []
        for item in items[i : i + 4]:
            if not isinstance(item, Number) or item.unit or not isinstance(item.value, Name | Call):
                return 0
            if isinstance(item.value, Call):
                name = " ".join([*words, item.value.name])
                plain = longest(name.split(" "))
                if not self.blocks.get(name) and not (plain and plain[0] > len(words)):
                    return 0
                self._call(item.value._replace(name=name), item._replace(span=Span(items[i].span.start, item.span.end)))
                return len(words) + 1
            words.append(item.value.id)
        return 0

    def _call(self, call: Call, item: Number) -> None:
        """`bneck(3x3, 64)` uses a block, `dropout(0.2)` is a layer, `max(8, n)` a number."""
        found = None if call.name in FUNCTIONS else self.blocks.get(call.name)
        meaning = longest(call.name.split(" "))
        if found and not (meaning and compact(found.name) != compact(call.name)):  # a layer's name wins over an alias
            bag = self._fresh(item.span)
            bag.use, bag.args = found, call.args
        elif call.name in FUNCTIONS:
            self._amount(call, item.unit, item.span)
        elif meaning and meaning[1][0] in ("op", "activation", "norm"):
            self._meaning(meaning[1], item.span, (), 0)
            for argument in call.args:
                self._argument(argument)
        else:
            self._unknown(call.name, Span(item.span.start, item.span.start + len(call.name)))

    def _argument(self, argument: Argument) -> None:
        if argument.key:
            self._assign(Assign(argument.key, argument.value, argument.span, argument.span))
        else:
            self._number(Number(argument.value, "", argument.span))

    def _close(self) -> None:
        if self.bag:
            self.done.append(self.bag.item())
        self.bag = None

    def _separate(self, separator: Separator) -> None:
        if separator.text != ",":
            self._close()
        elif self.bag:
            self.bag.after_comma = True

    def _open_block(self, bracket: Bracket) -> None:
        if self._widths(bracket):
            return
        self._close()
        inner = Grouper(self.source, self.reporter, self.known, self.blocks).group(bracket.items)
        repeat: Expr | None = None
        for value in bracket.repeats:
            repeat = value if repeat is None else BinOp("*", repeat, value, bracket.span)
        if not bracket.items:
            self.reporter.add(syntax.empty_bracket(self.source, bracket.inner))
        plain_group = repeat is None and len(inner) == 1
        self.bag = Bag(bracket.span)
        self.bag.block = Block(inner, repeat, (), bracket.span)
        if plain_group and isinstance(inner[0], Layer):
            self._unwrap(inner[0], bracket.span)

    def _widths(self, bracket: Bracket) -> bool:
        """Read `fc, [16, 256]`: the widths of several dense layers, one after the other."""
        bag = self.bag
        numbers = [item for item in bracket.items if not isinstance(item, Separator)]
        if not bag or bag.op != "dense" or bag.has("channels") or bracket.repeats or len(numbers) < 2:
            return False
        if any(not isinstance(item, Number) or is_dims(item.value) for item in numbers):
            return False
        self._option("channels", tuple(product(item.value) for item in numbers), bracket.span)
        return True

    def _unwrap(self, layer: Layer, span: Span) -> None:
        """`[3x3, 64]` inside a bracket is the row of a matrix, not a block."""
        self.bag = bag = Bag(span)
        bag.op, bag.options = layer.op, list(layer.options)
        bag.after_comma = True

    def _fresh(self, span: Span) -> Bag:
        self._close()
        self.bag = Bag(span)
        return self.bag

    def _extend(self, bag: Bag, span: Span) -> None:
        bag.span = Span(min(bag.span.start, span.start), max(bag.span.end, span.end))
        bag.after_comma = False

    def _option(self, key: str, value: Expr | str | tuple[Expr, ...], span: Span) -> None:
        bag = self.bag
        if bag is None:
            text = self.source.clean[span.start : span.end]
            self.reporter.add(names.belongs_to_nothing(self.source, span, text))
            return
        first = next((option for option in bag.options if option.key == key), None)
        if first:
            self.reporter.add(names.given_twice(self.source, span, key, first.span))
            return
        bag.options.append(Option(key, value, span))
        self._extend(bag, span)

    def _assign(self, item: Assign) -> None:
        key = self._own_key(item.key) or OPTION_KEYS.get(item.key) or OPTION_KEYS.get(item.key.lower())
        if key is None:
            owner, own = self._owner()
            self.reporter.add(names.unknown_option(self.source, item.key_span, item.key, owner, own, OPTION_KEYS))
            return
        self._option(key, self._value(key, item.value), item.span)

    def _owner(self) -> tuple[str, tuple[str, ...]]:
        """Name the layer or block in the making, and what it takes."""
        bag = self.bag
        if bag is None or bag.block:
            return "a bracket" if bag else "", ()
        if bag.use:
            return bag.use.name, tuple(parameter.name for parameter in bag.use.parameters)
        op = bag.op or "conv"
        return op.replace("_", " "), tuple(param.name for param in OPS[op].params if param.name != "initializer")

    def _own_key(self, word: str) -> str | None:
        """Give the parameter of the block in use, or of the op, that a word is the name of."""
        bag = self.bag
        if bag and bag.use:
            parameter = parameter_of(bag.use, word)
            return parameter.name if parameter else None
        return word if bag and not bag.block and takes(bag.op or "conv", word) else None

    def _value(self, key: str, value: Expr) -> Expr | str | tuple[Expr, ...]:
        if isinstance(value, Name) and value.id not in self.known:
            return value.id.lower() if key in _WORDS else value
        return factors(value) if is_dims(value) or (key == "shape" and len(factors(value)) > 1) else product(value)

    def _number(self, item: Number) -> None:
        value, unit = item.value, item.unit
        if isinstance(value, BinOp) and isinstance(value.right, Name) and value.right.id.lower() == "d" and "d" not in self.known:
            value, unit = value.left, "d"
        key = self.bag.number() if self.bag and not unit else ""
        if key:
            dims = factors(value) if is_dims(value) or key == "shape" else ()
            self._option(key, dims if len(dims) > 1 else product(value), item.span)
            return
        if is_dims(value) and not unit:
            self._kernel(factors(value), item.span)
            return
        self._amount(product(value), unit, item.span)

    def _kernel(self, dims: tuple[Expr, ...], span: Span) -> None:
        bag = self.bag
        if bag and bag.after_comma and not bag.op and bag.has("kernel") and not bag.has("channels") and _is_repeat(dims):
            self.reporter.add(syntax.repeat_outside(self.source, span, self.source.clean[span.start : span.end]))
            bag.options.append(Option("channels", dims[0], span))
            return
        if bag is None or bag.block or bag.has("kernel") or not bag.takes("kernel"):
            self._fresh(span)
        self._option("kernel", dims if len(dims) > 1 else dims[0], span)

    def _amount_key(self, bag: Bag, unit: str) -> str:
        """Tell what a bare number is: in `conv 3, 64` the first one turns out to be the kernel when the second comes."""
        if not bag.use and takes(bag.op or "conv", "rate"):
            return "rate"
        if not bag.use and takes(bag.op, "amount"):
            return "amount"
        if not bag.takes("channels"):
            return "kernel" if bag.takes("kernel") and not bag.after_comma else "channels"
        if bag.op and not unit and bag.has("channels") and bag.takes("kernel") and not bag.has("kernel"):
            bag.options = [option._replace(key="kernel") if option.key == "channels" else option for option in bag.options]
        return "channels"

    def _amount(self, value: Expr, unit: str, span: Span) -> None:
        bag = self.bag
        if bag and bag.after_comma and bag.op and not OPS[bag.op].params:
            bag = None
            self._close()
        if bag and bag.use and not unit and not bag.takes("channels"):
            bag.args += (Argument("", value, span),)
            self._extend(bag, span)
            return
        if unit and bag and (bag.block or bag.has("channels") or not bag.takes("channels")):
            bag = None
            self._close()
        if bag is None or (bag.block and bag.after_comma):
            bag = self._fresh(span)
        key = self._amount_key(bag, unit)
        bag.unread_unit = True
        self._option(key, value, span)

    def _words(self, items: tuple[Any, ...], i: int) -> int:
        """Read the longest phrase that starts at item `i`; a defined parameter wins over a word of one letter."""
        run = [item for item in items[i : i + 3] if isinstance(item, Number) and isinstance(item.value, Name) and not item.unit]
        words = [item.value.id for item in items[i : i + len(run)]] if run == list(items[i : i + len(run)]) else [items[i].value.id]
        first = items[i]
        if first.value.id in self.known and not _is_number(items, i + 1):
            self._amount(first.value, first.unit, first.span)
            return 1
        taken = self._dashed(first, items, i) or self._use(words, items, i)
        if taken:
            return taken
        found = longest(words)
        if found is None:
            return self._glued(first, items, i)
        count, meaning = found
        span = Span(first.span.start, items[i + count - 1].span.end)
        return count + self._meaning(meaning, span, items, i + count)

    def _use(self, words: list[str], items: tuple[Any, ...], i: int) -> int:
        """Read the name of a block; a vocabulary word wins over a block, unless the block's name is longer."""
        plain = longest(words)
        found = None if plain and plain[0] == len(words) else self.blocks.longest(words)
        if found is None or (plain and plain[0] >= found[0] and (self.bag is None or plain[1][0] != "option")):
            return 0
        count, block, number = found
        if number and op_with_kernel(words[0]):
            return 0
        span = Span(items[i].span.start, items[i + count - 1].span.end)
        bag = self._fresh(span)
        bag.use = block
        if number:
            value = float(number) if "." in number else int(number[:18])
            bag.options.append(Option(block.parameters[0].name, Num(value, span), span))
        return count

    def _dashed(self, item: Number, items: tuple[Any, ...], i: int) -> int:
        """`conv3-64`, `FC-4096`: a word, its kernel, and behind a dash its channels."""
        dashed = items[i + 1] if i + 1 < len(items) else None
        if not isinstance(dashed, Number) or dashed.span.start != item.span.end or not _is_negative(dashed.value):
            return 0
        assert isinstance(item.value, Name)
        assert isinstance(dashed.value, BinOp)
        found = op_with_kernel(item.value.id) or (longest([item.value.id]) or (0, ("", "")))[1][1:]
        if not found or not takes(found[0], "channels"):
            return 0
        self._op(found[0], item.span)
        if len(found) > 1:
            sides = tuple(Num(int(side[:18]), item.span) for side in found[1].split("x"))
            self._option("kernel", sides if len(sides) > 1 else sides[0], item.span)
        self._option("channels", dashed.value.right, dashed.span)
        return 2

    def _keyed(self, item: Number) -> bool:
        """`SE0.25`, `k5x5`, `t6` after the name of a block: one of its parameters with its value."""
        assert isinstance(item.value, Name)
        match = _KEYED.fullmatch(item.value.id)
        key = self._own_key(match[1]) if match and self.bag and self.bag.use else None
        if not match or not key:
            return False
        values = tuple(Num(float(n) if "." in n else int(n[:18]), item.span) for n in match[2].lower().split("x"))
        self._option(key, values if len(values) > 1 else values[0], item.span)
        return True

    def _glued(self, item: Number, items: tuple[Any, ...], i: int) -> int:
        assert isinstance(item.value, Name)
        counted = _COUNTED.fullmatch(item.value.id)
        if counted and counted[1] in self.known:
            self._amount(Name(counted[1], Span(item.span.start, item.span.start + len(counted[1]))), "d", item.span)
            return 1
        if self._keyed(item):
            return 1
        own = self._own_key(item.value.id) if self.bag and self.bag.use else None
        if own:
            return self._valued(own, item.span, items, i + 1) + 1 if _is_number(items, i + 1) else self._flag(own, item.span)
        windowed = op_with_kernel(item.value.id)
        if windowed:
            self._op(windowed[0], item.span)
            self._kernel(tuple(Num(int(n), item.span) for n in windowed[1].split("x")), item.span)
            return 1
        pair = glued(item.value.id)
        if pair is None:
            self._unknown(item.value.id, item.span)
            if self.bag is None:
                self._fresh(item.span)
                return 1
            # The number after an unknown word of a layer is that word's value: one fault, one error.
            return 2 if _is_number(items, i + 1) and not is_dims(items[i + 1].value) else 1
        key, numbers = pair
        values = tuple(Num(number, item.span) for number in numbers)
        if key == "dilation" and len(values) > 1:  # `d7x7` is a depthwise convolution
            self._op("depthwise", item.span)
            key = "kernel"
        if key == "kernel":
            self._kernel(values, item.span)
        else:
            self._option(key, values if len(values) > 1 else values[0], item.span)
        return 1

    def _unknown(self, word: str, span: Span) -> None:
        """Report a word that is no layer, no option, no parameter and no block that is defined so far."""
        key = compact(word)
        if key and (key in self.blocks.below or key == self.blocks.current):
            self.reporter.add(problems.used_before(self.source, span, word, key == self.blocks.current))
            return
        named = {name: name for name in (*self.known, *FUNCTIONS, *self.blocks.names())}
        self.reporter.add(names.unknown_word(self.source, span, word, {**LAYER_WORDS, **named}))

    def _meaning(self, meaning: Meaning, span: Span, items: tuple[Any, ...], following: int) -> int:
        kind, value = meaning
        match kind:
            case "op":
                self._op(value, span)
            case "norm":
                self._attached("norm", NORMS[value], value, (), span)
            case "activation":
                self._attached("activation", value, "activation", (Option("function", value, span),), span)
            case "linear":
                self._attached("activation", "none", "dense", (), span)
            case "flag":
                key, _, word = value.partition("=")
                if key == "interpolation" and not (self.bag and self.bag.takes(key)):
                    self._fresh(span)  # `bilinear upsample`: the op comes after it
                self._option(key, word, span)
            case "option":
                return self._valued(value, span, items, following)
            case "unit":
                self._unit(span, items, following)
            case "wire":
                return self._wire(value, span, items, following)
        return 0

    def _flag(self, key: str, span: Span) -> int:
        self._option(key, Num(1, span), span)
        return 1

    def _wire(self, kind: str, span: Span, items: tuple[Any, ...], following: int) -> int:
        """`add input`, `concat enc3, enc4`: the names after the word, however they are joined."""
        self._close()
        refs: list[Ref] = []
        at = following
        while at < len(items):
            item = items[at]
            joined = isinstance(item, Separator) and item.text in (",", "&", "+") and refs and at + 1 < len(items)
            name = items[at + 1] if joined else item
            if not isinstance(name, Number) or not isinstance(name.value, Name) or name.unit:
                break
            word = name.value.id
            if (word.lower() in ("and", "with") or (kind == "aside" and word.lower() == "from")) and not joined:
                at += 1
                continue
            if refs and slug(word) not in self.blocks.values and (longest([word]) or self.blocks.get(word) or op_with_kernel(word)):
                break
            ref, count = self._ref(name, items[at + 2 if joined else at + 1 :])
            refs.append(ref)
            at += (2 if joined else 1) + count
        if not refs and kind != "aside":
            text = self.source.clean[span.start : span.end]
            self.reporter.add(problems.wire_without_name(self.source, span, text))
        end = refs[-1].span.end if refs else span.end
        self.done.append(Wire(kind, tuple(refs), Span(span.start, max(end, span.end))))
        return at - following

    def _ref(self, name: Number, following: tuple[Any, ...]) -> tuple[Ref, int]:
        """Read `conv-1` as one name, though the grammar takes it for a subtraction; give the number of items it ends with."""
        word, span, count = name.value.id, name.span, 0  # type: ignore[union-attr]
        for item in following:
            if item.span.start != span.end or not isinstance(item, Number) or not _is_negative(item.value):
                break
            span = Span(span.start, item.span.end)
            word, count = self.source.clean[span.start : span.end], count + 1
        return Ref(word, span), count

    def _op(self, op: str, span: Span) -> None:
        bag = self.bag
        joins = bag and not bag.block and not bag.op and not (bag.after_comma and bag.has("kernel") and bag.has("channels"))
        if bag is None or not joins:
            bag = self._fresh(span)
        bag.op = op
        if bag.has("channels") and not bag.takes("channels") and bag.takes("kernel") and not bag.has("kernel"):
            bag.options = [option._replace(key="kernel") if option.key == "channels" else option for option in bag.options]  # `4 max pool`
        self._extend(bag, span)

    def _attached(self, key: str, value: str, op: str, options: tuple[Option, ...], span: Span) -> None:
        """A norm or activation belongs to the convolution or dense layer before it, or is a layer of its own."""
        bag = self.bag
        if bag and not bag.block and bag.op in _TAKES_NORM and not bag.has("activation") and (bag.op or bag.options):
            if value == "softmax" and not bag.op and not bag.has("kernel"):
                bag.op = "dense"  # `1000-way softmax` has a weight layer in it
            self._option(key, value, span)
            return
        bag = self._fresh(span)
        bag.op, bag.options = op, list(options)

    def _valued(self, key: str, span: Span, items: tuple[Any, ...], following: int) -> int:
        """`stride 2`, `padding same`, `shortcut zero-pad`: the value is the next item."""
        item = items[following] if following < len(items) else None
        if isinstance(item, Assign) and len(item.key) == 1:  # `stride r = 2`
            self._option(key, self._value(key, item.value), Span(span.start, item.span.end))
            return 1
        if not isinstance(item, Number):
            text = self.source.clean[span.start : span.end]
            self.reporter.add(names.bad_setting_line(self.source, span, text, "a number or a word after it"))
            return 0
        self._option(key, self._value(key, item.value), Span(span.start, item.span.end))
        return 1

    def _unit(self, span: Span, items: tuple[Any, ...], following: int) -> None:
        """`64 filters` has its number before the word, `filters 64` after it."""
        if self.bag and self.bag.unread_unit:
            self.bag.unread_unit = False
            self._extend(self.bag, span)
        elif not _is_number(items, following):
            text = self.source.clean[span.start : span.end]
            self.reporter.add(names.bad_setting_line(self.source, span, text, "a number before it"))


def _is_number(items: tuple[Any, ...], i: int) -> bool:
    return i < len(items) and isinstance(items[i], Number) and not isinstance(items[i].value, Name)


def _prefixed_kernel(value: Expr, known: frozenset[str]) -> str:
    """Put `d7 x 7`, which a multiplication sign takes apart, together again."""
    parts = factors(value)
    first = parts[0]
    if len(parts) < 2 or not isinstance(first, Name) or first.id in known or not first.id[-1].isdigit():
        return ""
    if not all(isinstance(part, Num) for part in parts[1:]):
        return ""
    return "x".join([first.id, *(str(part.value) for part in parts[1:] if isinstance(part, Num))])


def _is_negative(value: Expr) -> bool:
    return isinstance(value, BinOp) and value.op == "-" and isinstance(value.left, Num) and value.left.value == 0


def _is_repeat(dims: tuple[Expr, ...]) -> bool:
    """A "kernel" like `64 x2` after a kernel is a channel count and a repeat."""
    return len(dims) == 2 and isinstance(dims[0], Num) and (not isinstance(dims[1], Num) or dims[0].value != dims[1].value)
