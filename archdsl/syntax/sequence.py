"""The layers of a sequence while they are being collected: those that are done, and the one in the making."""

from archdsl.diagnostics import Reporter
from archdsl.lang.ordinals import axes_of
from archdsl.lang.vocabulary import NORMS, OPTION_KEYS, plain
from archdsl.problems import names
from archdsl.source import Source, Span
from archdsl.syntax.ast import Block, BlockDef, Expr, Item, Layer, Name, Num, Option
from archdsl.syntax.bag import NORM_OPTIONS, TAKES_NORM, WORDLESS, Bag, own_name
from archdsl.syntax.cells import PER_AXIS, Assign, Axes, factors, is_dims, power_dims, product
from archdsl.syntax.names import Blocks, parameter_of

_WORDS = ("padding", "bias", "norm", "activation", "shortcut", "brackets", "interpolation")
# Short for a property before `=` only: elsewhere the letter is a parameter's.
_SHORT = {"c": "channels"}


class Sequence:
    """Collects layers; `known` are the parameters that the spec defines, `blocks` the named blocks."""

    def __init__(
        self,
        source: Source,
        reporter: Reporter,
        known: frozenset[str],
        blocks: Blocks = Blocks(),  # noqa: B008 - immutable
    ) -> None:
        self.source = source
        self.reporter = reporter
        self.known = known
        self.blocks = blocks
        self.done: list[Item] = []
        self.bag: Bag | None = None
        self.times: tuple[Expr, Span] | None = None  # of the next layer: `3 × bottleneck`
        self.axes: Axes | None = None  # of the next layer: `3D conv`
        self.twice = False  # something of the layer in the making was told to be said twice
        self.fault = False  # in the layer in the making: what else is unknown of it is not told

    def inner(self) -> "Sequence":
        """Return a sequence for what stands inside a bracket."""
        return Sequence(self.source, self.reporter, self.known, self.blocks)

    def text(self, span: Span) -> str:
        """Quote what is printed at a place."""
        return self.source.clean[span.start : span.end]

    def close(self) -> None:
        """End the layer in the making; a bare norm or activation goes to the convolution or dense layer
        before it."""
        bag = self.bag
        if bag and self.before and bag.takes_norm:
            bag.options += [
                Option(key, "none", bag.span) for key in ("norm", "activation") if not bag.has(key)
            ]
        if bag and bag.times:
            from archdsl.syntax.factors import multiply

            multiply(self, bag, *bag.times)
        elif bag and not self.merged(bag):
            self.done.append(bag.item())
        self.bag = None

    def merged(self, bag: Bag) -> bool:
        """Give a norm or an activation to the layer before it; return whether that took it."""
        last = self.done[-1] if self.done else None
        counted = last if isinstance(last, Block) and _is_counted(last) else None
        last = counted.items[0] if counted else last
        if not bag.is_layer or self.before:
            return False
        if not isinstance(last, Layer) or last.op not in TAKES_NORM:
            return False
        said = {option.key for option in last.options}
        given: tuple[Option, ...] = ()
        more = [option for option in bag.options if not _restated(option, last)]
        if (
            bag.op in NORMS
            and all(option.key in NORM_OPTIONS for option in more)
            and not said & {"norm", "activation"}
        ):
            named = tuple(option._replace(key=NORM_OPTIONS[option.key]) for option in more)
            given = (Option("norm", NORMS[bag.op], bag.span), *named)
        elif bag.kind.activates and "activation" not in said:
            given = (bag.options[0]._replace(key="activation"),)
            # With a slope it stays a layer of its own, and is still the layer's activation.
            if len(bag.options) > 1:
                self._last(counted, last._replace(options=(*last.options, given[0]._replace(value="none"))))
                return False
        if given:
            self._last(
                counted,
                last._replace(options=(*last.options, *given), span=Span(last.span.start, bag.span.end)),
            )
        return bool(given)

    def _last(self, counted: Block | None, layer: Layer) -> None:
        """Put another layer in the place of the last one, which may be repeated: `2 × Conv + ReLU`."""
        self.done[-1] = counted._replace(items=(layer,)) if counted else layer

    def fresh(self, span: Span) -> Bag:
        """Begin a new layer."""
        self.close()
        self.bag = Bag(span)
        self.bag.times, self.times = self.times, None
        self.fault = self.twice = False
        return self.bag

    def use(self, block: BlockDef, span: Span) -> Bag:
        """Begin the use of a block; a kernel or a width just before its name is one of its arguments (`3x3
        separable conv`)."""
        before = self.bag
        said = before.options if before and before.is_layer and not before.op else []
        whole = before and before.after_comma and before.is_complete
        given = [(parameter_of(block, option.key), option) for option in said]
        if not given or whole or not all(parameter for parameter, _ in given):
            bag = self.fresh(span)
        else:
            self.bag = None
            bag = self.fresh(span)
            bag.options = [option._replace(key=parameter.name) for parameter, option in given if parameter]
            self.extend(bag, said[0].span)
        bag.use, self.axes = block, None
        self.reporter.claim(span, "block")
        return bag

    def reopen(self) -> Bag | None:
        """Go on with the last layer where its numbers are still to come: `conv + BN + ReLU, 3x3, 64`."""
        last = self.done[-1] if self.done and self.bag is None else None
        if (
            isinstance(last, Layer)
            and last.op in TAKES_NORM
            and all(option.key in ("norm", "activation") for option in last.options)
        ):
            self.bag = bag = Bag(last.span)
            bag.op, bag.options, bag.after_comma = last.op, list(last.options), True
            bag.axes = last.axes
            self.done.pop()
        return self.bag

    @property
    def before(self) -> bool:
        """Recognise a sequence that begins with norm and activation, so that they come before the
        convolutions."""
        first = {one.op for one in self.done[:2] if isinstance(one, Layer)}
        return "activation" in first and bool(first & NORMS.keys())

    def extend(self, bag: Bag, span: Span) -> None:
        bag.span = Span(min(bag.span.start, span.start), max(bag.span.end, span.end))
        bag.after_comma = False

    def option(self, key: str, value: Expr | str | tuple[Expr, ...], span: Span) -> None:
        # `kernel 3x3, stride 2, 64 filters`.
        bag = self.bag if self.bag or key not in ("kernel", "channels") else self.fresh(span)
        if bag is None:
            self.reporter.add(names.belongs_to_nothing(self.source, span, self.text(span)))
            return
        if bag.lacks_axis(key):
            self._widen(bag, key, value, span)
            return
        first = next((option for option in bag.options if option.key == key), None)
        if first and (self.twice or self.fault):
            return
        if first:
            self.twice = True
            self.reporter.add(names.given_twice(self.source, span, key, first.span))
            return
        bag.options.append(Option(key, value, span))
        self.reporter.claim(span, key)
        self.extend(bag, span)

    def _widen(self, bag: Bag, key: str, value: Expr | str | tuple[Expr, ...], span: Span) -> None:
        """Give an embedding the second of its numbers: how many tokens there are, and their channels."""
        *others, first = sorted(bag.options, key=lambda one: one.key in ("shape", "channels"))
        both = (value, first.value) if first.key == "channels" else (first.value, value)
        bag.options = [*others, Option("shape", both, Span(first.span.start, span.end))]  # type: ignore[arg-type]
        self.reporter.claim(span, key)
        self.extend(bag, span)

    def op(self, op: str, span: Span) -> None:
        bag = self.bag
        if (
            bag
            and bag.kind.is_pool
            and self.text(span).lower() == "max"
            and self.text(bag.span).lower().startswith("pool")
        ):
            bag.op = op  # `Pool1 max`
            self.extend(bag, span)
            return
        if bag is None or not self._goes_on(bag):
            bag = self.fresh(span)
        bag.op, bag.axes = op, self.axes.number if self.axes else axes_of(self.text(span))
        if self.axes:
            self.extend(bag, self.axes.span)
        self.axes = None
        self.reporter.claim(span, op.replace("_", " "))
        if (
            bag.has("channels")
            and not bag.takes("channels")
            and bag.takes("kernel")
            and not bag.has("kernel")
        ):
            # `4 max pool`.
            bag.options = [
                option._replace(key="kernel") if option.key == "channels" else option
                for option in bag.options
            ]
        self.extend(bag, span)

    def _goes_on(self, bag: Bag) -> bool:
        """Return whether an op is that of the layer in the making: it has none yet."""
        if bag.op or not bag.is_layer or self.times:
            return False
        return not (bag.after_comma and bag.is_complete)

    def assign(self, item: Assign) -> None:
        key = (
            self.own_key(item.key)
            or OPTION_KEYS.get(item.key)
            or OPTION_KEYS.get(plain(item.key))
            or _SHORT.get(item.key)
        )
        if key is None and self.fault:
            return
        if key is None:
            from archdsl.syntax.unknown import unknown_option

            self.reporter.add(unknown_option(self, item))
            return
        self.option(key, self.value(key, item.value), item.span)

    def own_key(self, word: str) -> str | None:
        """Return the parameter of the block in use, or of the op, that a word is the name of."""
        bag = self.bag
        if bag and bag.use:
            parameter = parameter_of(bag.use, word)
            return parameter.name if parameter else None
        if not bag or bag.block:
            return None
        own = own_name(bag.op or WORDLESS, word)
        return own or ("slope" if own_name("activation", word) == "slope" and self.detach() else None)

    def detach(self) -> bool:
        """Make the leaky ReLU of the layer in the making, whose slope is said, a layer of its own."""
        bag = self.bag
        attached = (
            next((option for option in bag.options if option.value == "leaky_relu"), None) if bag else None
        )
        if not bag or not attached or attached.key != "activation":
            return False
        bag.options[bag.options.index(attached)] = attached._replace(value="none")
        made = self.fresh(attached.span)
        made.op, made.options = "activation", [attached._replace(key="function")]
        return True

    def value(self, key: str, value: Expr) -> Expr | str | tuple[Expr, ...]:
        if isinstance(value, Name) and value.id not in self.known:
            return value.id.lower() if key in _WORDS else value
        if key in PER_AXIS and power_dims(value):
            return power_dims(value)
        return (
            factors(value)
            if is_dims(value) or (key == "shape" and len(factors(value)) > 1)
            else product(value)
        )

    def unsaid(self, span: Span, why: str) -> None:
        """Report what tables print and cannot be said, once for a layer."""
        if not self.fault:
            self.reporter.add(names.unsaid(self.source, span, self.text(span), why))
        self.fault = True

    def unknown(self, word: str, span: Span) -> None:
        """Report a word that is no layer, no option, no parameter and no block that is defined so far, once
        for a layer."""
        if self.fault:
            return
        from archdsl.syntax.unknown import unknown_word

        self.fault = True
        self.reporter.add(unknown_word(self, word, span))


def _is_counted(block: Block) -> bool:
    """Return whether a layer without brackets is repeated."""
    return (
        len(block.items) == 1
        and isinstance(block.items[0], Layer)
        and [option.key for option in block.options] == ["brackets"]
    )


def _restated(option: Option, layer: Layer) -> bool:
    """Recognise the channels that code prints of a norm (`BatchNorm2d(64)`), where they are those of the
    layer before it."""
    printed = next((one.value for one in layer.options if one.key == "channels"), None)
    said = option.value
    return (
        option.key == "entering"
        and isinstance(said, Num)
        and isinstance(printed, Num)
        and said.value == printed.value
    )
