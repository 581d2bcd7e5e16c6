"""The layers of a sequence while they are being collected: those that are done, and the one in the making."""

from archdsl.diagnostics import Reporter
from archdsl.ops import OPS
from archdsl.problems import blocks as problems
from archdsl.problems import names
from archdsl.source import Source, Span
from archdsl.syntax.ast import Expr, Item, Name, Option
from archdsl.syntax.bag import Bag, takes
from archdsl.syntax.cells import Assign, factors, is_dims, product
from archdsl.syntax.names import Blocks, compact, parameter_of
from archdsl.syntax.vocabulary import LAYER_WORDS, OPTION_KEYS

FUNCTIONS = ("min", "max", "floor", "ceil", "round", "divisible")
_WORDS = ("padding", "bias", "norm", "activation", "shortcut", "brackets", "interpolation")


class Sequence:
    """Collects layers; `known` are the parameters that the spec defines, `blocks` the named blocks."""

    def __init__(self, source: Source, reporter: Reporter, known: frozenset[str], blocks: Blocks = Blocks()) -> None:  # noqa: B008 - immutable
        self.source = source
        self.reporter = reporter
        self.known = known
        self.blocks = blocks
        self.done: list[Item] = []
        self.bag: Bag | None = None

    def inner(self) -> "Sequence":
        """Give a sequence for what stands inside a bracket."""
        return Sequence(self.source, self.reporter, self.known, self.blocks)

    def text(self, span: Span) -> str:
        """Quote what is printed at a place."""
        return self.source.clean[span.start : span.end]

    def close(self) -> None:
        if self.bag:
            self.done.append(self.bag.item())
        self.bag = None

    def fresh(self, span: Span) -> Bag:
        self.close()
        self.bag = Bag(span)
        return self.bag

    def extend(self, bag: Bag, span: Span) -> None:
        bag.span = Span(min(bag.span.start, span.start), max(bag.span.end, span.end))
        bag.after_comma = False

    def option(self, key: str, value: Expr | str | tuple[Expr, ...], span: Span) -> None:
        bag = self.bag
        if bag is None:
            self.reporter.add(names.belongs_to_nothing(self.source, span, self.text(span)))
            return
        first = next((option for option in bag.options if option.key == key), None)
        if first:
            self.reporter.add(names.given_twice(self.source, span, key, first.span))
            return
        bag.options.append(Option(key, value, span))
        self.extend(bag, span)

    def op(self, op: str, span: Span) -> None:
        bag = self.bag
        joins = bag and not bag.block and not bag.use and not bag.op and not (bag.after_comma and bag.has("kernel") and bag.has("channels"))
        if bag is None or not joins:
            bag = self.fresh(span)
        bag.op = op
        if bag.has("channels") and not bag.takes("channels") and bag.takes("kernel") and not bag.has("kernel"):
            bag.options = [option._replace(key="kernel") if option.key == "channels" else option for option in bag.options]  # `4 max pool`
        self.extend(bag, span)

    def assign(self, item: Assign) -> None:
        key = self.own_key(item.key) or OPTION_KEYS.get(item.key) or OPTION_KEYS.get(item.key.lower())
        if key is None:
            owner, own = self._owner()
            self.reporter.add(names.unknown_option(self.source, item.key_span, item.key, owner, own, OPTION_KEYS))
            return
        self.option(key, self.value(key, item.value), item.span)

    def _owner(self) -> tuple[str, tuple[str, ...]]:
        """Name the layer or block in the making, and what it takes."""
        bag = self.bag
        if bag is None or bag.block:
            return "a bracket" if bag else "", ()
        if bag.use:
            return bag.use.name, tuple(parameter.name for parameter in bag.use.parameters)
        op = bag.op or "conv"
        return op.replace("_", " "), tuple(param.name for param in OPS[op].params if param.name != "initializer")

    def own_key(self, word: str) -> str | None:
        """Give the parameter of the block in use, or of the op, that a word is the name of."""
        bag = self.bag
        if bag and bag.use:
            parameter = parameter_of(bag.use, word)
            return parameter.name if parameter else None
        return word if bag and not bag.block and takes(bag.op or "conv", word) else None

    def value(self, key: str, value: Expr) -> Expr | str | tuple[Expr, ...]:
        if isinstance(value, Name) and value.id not in self.known:
            return value.id.lower() if key in _WORDS else value
        return factors(value) if is_dims(value) or (key == "shape" and len(factors(value)) > 1) else product(value)

    def unknown(self, word: str, span: Span) -> None:
        """Report a word that is no layer, no option, no parameter and no block that is defined so far."""
        key = compact(word)
        if key and (key in self.blocks.below or key == self.blocks.current):
            self.reporter.add(problems.used_before(self.source, span, word, key == self.blocks.current))
            return
        named = {name: name for name in (*self.known, *FUNCTIONS, *self.blocks.names())}
        self.reporter.add(names.unknown_word(self.source, span, word, {**LAYER_WORDS, **named}))
