"""AST items -> specs: parameters evaluated, every option checked against the op or block that takes it."""

import math
import re
from collections.abc import Mapping
from typing import Any

from archdsl.diagnostics import Reporter
from archdsl.ir.conventions import CONVENTIONS, allowed, normal
from archdsl.ir.evaluate import Evaluator, divisible
from archdsl.ir.options import EXAMPLES, NEEDED, special
from archdsl.ir.settings import MAX_SIZE, Settings
from archdsl.ir.specs import BlockSpec, LayerSpec, Padding, Spec, UseSpec, WireSpec, weighted_layers
from archdsl.ir.template import MAX_DEPTH, Template, holds
from archdsl.ops import OPS
from archdsl.problems import blocks as block_problems
from archdsl.problems import names
from archdsl.source import Source, Span
from archdsl.syntax.ast import Argument, BinOp, Block, BlockDef, Expr, Guard, Item, Layer, Name, Num, Option, Row, Use, Wire, per_axis
from archdsl.syntax.bag import EXTRA
from archdsl.syntax.cells import factors, is_dims
from archdsl.syntax.names import keys, parameter_of

MAX_CHANNELS = 1_000_000
MAX_WINDOW = 1_000
MAX_REPEAT = 10_000
_BLOCK_OPTIONS = ("stride", "shortcut", "brackets")
_FIXED = ("kernel", "channels", "stride", "padding", "groups", "dilation", "bias", "norm", "activation", "function", "rate")
_HIDDEN = ("initializer",)
_SCALED = ("channels", "expanded")


class ItemResolver:
    """Resolves the items of the rows of one table; `rank` is the number of spatial axes."""

    def __init__(
        self, source: Source, reporter: Reporter, settings: Settings, values: Mapping[str, Any] | None = None, depth: int = 0
    ) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = settings.rank
        self.evaluator = Evaluator(source, reporter, settings.values if values is None else values)
        self.depth = depth
        self.printed_channels: int | None = None

    def _channels_of(self, row: Row) -> int | None:
        """Give the channels that the size cell of a row prints (`112x112x64`): those of a convolution that says none."""
        if row.size is None or len(row.size) != self.rank + 1:
            return None
        value = Evaluator(self.source, Reporter(), self.evaluator.values).number(row.size[-1])
        return int(value) if value and value == int(value) and 0 < value <= MAX_CHANNELS else None

    def inside(self, block: BlockDef, reporter: Reporter, values: dict[str, Any]) -> "ItemResolver":
        """Give a resolver for the body of a block: its parameters, with their defaults, over those of the network."""
        known = dict(self.settings.values) | dict(values)
        body = ItemResolver(block.source, reporter, self.settings, known, self.depth + 1)
        for parameter in block.parameters:
            if parameter.name not in values:
                known[parameter.name] = _word_or(body, parameter.default) if parameter.default is not None else 1
        return body

    def holds(self, guard: Guard) -> bool:
        """Evaluate the guard of a row or of a step of a block."""
        return holds(self, guard)

    def row(self, row: Row) -> tuple[Spec, ...] | None:
        """Give the specs of a row; None where a fault in it was reported."""
        if row.items is None:
            return None
        before = self.reporter.errors
        self.printed_channels = self._channels_of(row)
        specs = self.items(row.items)
        return specs if self.reporter.errors == before else None

    def items(self, items: tuple[Item, ...]) -> tuple[Spec, ...]:
        """Give the specs of a sequence of items."""
        return tuple(spec for item in items for spec in self._item(item))

    def size(self, row: Row) -> tuple[int, ...] | None:
        """Give the declared output size of a row: spatial axes, and the channels where they are printed."""
        if row.size is None:
            return None
        sizes = [self.evaluator.whole(axis, "a size", 1, MAX_SIZE, row.size_span) for axis in row.size]
        if None in sizes:
            return None
        found: tuple[int, ...] = tuple(sizes)  # type: ignore[arg-type]
        return found * self.rank if len(found) == 1 and self.rank > 1 else found

    def _item(self, item: Item) -> tuple[Spec, ...]:
        match item:
            case Layer():
                return tuple(self._layer(one) for one in _single(item))
            case Block():
                return (self._block(item),)
            case Use():
                use = self._use(item)
                return (use,) if use else ()
            case Wire():
                return (WireSpec(item.kind, item.refs, item.span),)

    def _use(self, use: Use) -> UseSpec | None:
        block = use.block
        if block.broken:
            self.reporter.follow()
            return None
        if self.depth >= MAX_DEPTH:
            self.reporter.add(block_problems.too_deep(self.source, use.span, block.name, MAX_DEPTH))
            return None
        values: dict[str, Any] = {}
        places: dict[str, Span] = {}
        for index, argument in enumerate(use.args):
            self._argument(block, index, argument, values, places)
        for option in use.options:
            parameter = parameter_of(block, option.key)
            if parameter is None:
                takes = tuple(parameter.name for parameter in block.parameters)
                self.reporter.add(names.option_not_taken(self.source, option.span, option.key, block.name, takes))
            elif parameter.name in values:
                self.reporter.add(
                    block_problems.argument_twice(self.source, option.span, block.name, parameter.name, places[parameter.name])
                )
            else:
                values[parameter.name] = self._argument_value(parameter.name, keys(parameter), option.value, option.span)
                places[parameter.name] = option.span
        stride = next((parameter.name for parameter in block.parameters if "stride" in keys(parameter)), None)
        self._complete_use(use, values, stride)
        said = values.pop(stride, None) if stride else None
        if said is not None and not isinstance(said, tuple):
            said = (int(said),) * self.rank
        if stride and stride in places:
            places["stride"] = places[stride]
        return UseSpec(Template(block, values, self, use.span), said, use.span, places)

    def use_of(self, block: BlockDef, channels: int | None, span: Span) -> UseSpec | None:
        """Use a block that the table does not print, with the channels of what follows it."""
        name = next((parameter.name for parameter in block.parameters if "channels" in keys(parameter)), None)
        values = {name: channels} if name and channels else {}
        return UseSpec(Template(block, values, self, span), None, span, {})

    def _argument(self, block: BlockDef, index: int, argument: Argument, values: dict[str, Any], places: dict[str, Span]) -> None:
        taken = [parameter for parameter in block.parameters if parameter.name not in values]
        parameter = parameter_of(block, argument.key) if argument.key else taken[0] if taken else None
        if parameter is None:
            takes = tuple(parameter.name for parameter in block.parameters)
            self.reporter.add(block_problems.surplus_argument(self.source, argument.span, _called(block), takes, argument.key))
        elif parameter.name in values:
            self.reporter.add(block_problems.argument_twice(self.source, argument.span, block.name, parameter.name, places[parameter.name]))
        else:
            values[parameter.name] = self._argument_value(parameter.name, keys(parameter), argument.value, argument.span)
            places[parameter.name] = argument.span

    def _argument_value(self, name: str, known_as: tuple[str, ...], value: Any, span: Span) -> Any:
        if isinstance(value, BinOp) and is_dims(value):
            value = factors(value)
        if isinstance(value, str):
            found: Any = value
        elif type(value) is tuple:
            found = tuple(self.evaluator.whole(one, f"`{name}`", 0, MAX_CHANNELS, span) or 0 for one in value)
        else:
            found = _word_or(self, value)
        if isinstance(found, str) and "activation" in known_as:
            return normal("activation", found)
        if isinstance(found, int | float) and any(key in known_as for key in _SCALED):
            return self._scaled(found)
        return found

    def _complete_use(self, use: Use, values: dict[str, Any], stride: str | None) -> None:
        """Report parameters without a value; a stride may be solved."""
        for parameter in use.block.parameters:
            if parameter.name not in values and parameter.default is None and parameter.name != stride:
                self.reporter.add(
                    block_problems.missing_argument(self.source, use.span, _called(use.block), parameter.name, parameter.headers)
                )

    def _scaled(self, channels: float) -> Any:
        """Apply the width multiplier to channels that the table prints."""
        width = float(self.settings.conventions["width-multiplier"])
        if self.depth or width == 1:
            return channels
        return divisible(channels * width, float(self.settings.conventions["channel-divisor"]))

    def _block(self, block: Block) -> BlockSpec:
        options = {option.key: option for option in block.options}
        for option in block.options:
            if option.key not in _BLOCK_OPTIONS:
                self.reporter.add(
                    names.option_not_taken(self.source, option.span, option.key, "a bracket", ("stride", "residual", "plain", "shortcut"))
                )
        used = any(isinstance(item, Use) for item in block.items)
        repeat = 1 if block.repeat is None else self._repeat(block.repeat, used)
        conventions = self.settings.conventions
        brackets = self._word(options.get("brackets"), "brackets") or conventions["brackets"]
        shortcut = self._word(options.get("shortcut"), "shortcut")
        items = self.items(block.items)
        enough = 0 if brackets == "dense" else 1
        merged = brackets != "plain" and (weighted_layers(items) > enough or "brackets" in options or shortcut is not None)
        merge = {"residual": "add", "dense": "concat"}[brackets] if merged else ""
        if merge == "add":
            self._check_kernels(items)
        stride = self._axes(options.get("stride"), "stride")
        places = {key: option.span for key, option in options.items()}
        kind = shortcut or conventions["shortcut"]
        return BlockSpec(items, repeat, merge, kind, stride, block.span, places.get("shortcut"), places.get("stride"))

    def _check_kernels(self, items: tuple[Spec, ...]) -> None:
        """Warn of a kernel such as 1x2 in a residual block: it shifts the map against the shortcut, and is a misprint as a rule."""
        for item in items:
            if isinstance(item, LayerSpec) and item.kernel and len({side % 2 for side in item.kernel}) > 1 and "kernel" in item.places:
                self.reporter.add(names.uneven_kernel(self.source, item.places["kernel"], item.kernel))

    def _repeat(self, expr: Expr, used: bool) -> int:
        value = self.evaluator.number(expr)
        if value is not None and MAX_REPEAT < value < math.inf:
            self.reporter.add(names.too_large(self.source, expr.span, "a repeat of", int(value), MAX_REPEAT))
        elif value is not None:
            count = self.evaluator.whole(expr, "a repeat", 1, MAX_REPEAT, expr.span) or 1
            deeper = 1.0 if self.depth or not used else float(self.settings.conventions["depth-multiplier"])
            return count if deeper == 1 else math.ceil(count * deeper - 1e-9)
        return 1

    def _word(self, option: Option | None, key: str) -> str | None:
        if option is None:
            return None
        text = option.value if isinstance(option.value, str) else self._word_text(option)
        value = normal(key, text)
        if allowed(key, value):
            return value
        self.reporter.add(names.bad_value(self.source, option.span, key, text, ", ".join(CONVENTIONS[key].values), CONVENTIONS[key].values))
        return None

    def _word_text(self, option: Option) -> str:
        value = option.value
        if isinstance(value, Name) and value.id in self.evaluator.values:
            found = self.evaluator.values[value.id]
            return {0: "no", 1: "yes"}.get(found, str(found)) if isinstance(found, int) else str(found)
        return self.source.clean[option.span.start : option.span.end]

    def _axes(self, option: Option | None, what: str) -> tuple[int, ...] | None:
        if option is None:
            return None
        if isinstance(option.value, str):
            self.reporter.add(names.bad_value(self.source, option.span, what, option.value, "a number"))
            return None
        many = type(option.value) is tuple
        exprs: tuple[Expr, ...] = option.value if many else (option.value,)  # type: ignore[assignment]
        if isinstance(exprs[0], Name) and isinstance(self.evaluator.values.get(exprs[0].id), tuple):
            found: tuple[int, ...] = self.evaluator.values[exprs[0].id]
            return found
        values = [self.evaluator.whole(expr, f"the {what}", 1, MAX_WINDOW, option.span) for expr in exprs]
        if None in values:
            return None
        return tuple(values) if many else (values[0],) * self.rank  # type: ignore[return-value, arg-type]

    def _layer(self, layer: Layer) -> LayerSpec:
        options = {option.key: option for option in layer.options}
        self._check_taken(layer)
        spec = LayerSpec(
            op=layer.op,
            kernel=self._axes(options.get("kernel"), "kernel"),
            channels=self._channels(layer, options.get("channels")),
            stride=self._axes(options.get("stride"), "stride"),
            padding=self._padding(options.get("padding")),
            groups=self._count(options.get("groups"), "groups") or 1,
            dilation=self._axes(options.get("dilation"), "dilation") or (1,) * self.rank,
            bias=self._word(options.get("bias"), "bias"),
            norm=self._word(options.get("norm"), "norm"),
            activation=self._word(options.get("activation") or options.get("function"), "activation"),
            rate=self._rate(options.get("rate")),
            span=layer.span,
            places={key: option.span for key, option in options.items()},
            more={
                option.key: value
                for option in layer.options
                if option.key not in _FIXED and (value := special(self, layer, option)) is not None
            },
        )
        return self._complete(spec)

    def _channels(self, layer: Layer, option: Option | None) -> int | None:
        count = self._count(option, "channels")
        return (
            int(self._scaled(count))
            if count and layer.op in ("conv", "depthwise", "conv_transpose") and count != self.settings.classes
            else count
        )

    def _check_taken(self, layer: Layer) -> None:
        takes = tuple(param.name for param in OPS[layer.op].params if param.name not in _HIDDEN) + EXTRA.get(layer.op, ())
        takes += ("kernel",) if layer.op.startswith("global_") else ()
        for option in layer.options:
            one = option.key == "stride" and isinstance(option.value, Num) and option.value.value == 1  # changes nothing in any layer
            if option.key not in takes and not one:
                shown = tuple("units" if key == "channels" and layer.op == "dense" else key for key in takes)
                self.reporter.add(names.option_not_taken(self.source, option.span, option.key, layer.op.replace("_", " "), shown))

    def _complete(self, spec: LayerSpec) -> LayerSpec:
        """Report what a layer cannot do without; a dense layer without units gives the classes."""
        text = self.source.clean[spec.span.start : spec.span.end]
        if spec.op in ("conv", "conv_transpose") and spec.channels is None and self.printed_channels:
            spec = spec._replace(channels=self.printed_channels)
        if spec.op == "dense" and spec.channels is None and "channels" not in spec.places:
            if self.settings.classes:
                return spec._replace(channels=self.settings.classes)
            self.reporter.add(names.missing(self.source, spec.span, "units", text, "10-d fc"))
        if spec.op in ("conv", "conv_transpose") and spec.channels is None and "channels" not in spec.places:
            kernel = spec.places.get("kernel")
            example = self.source.clean[kernel.start : kernel.end] if kernel else "3x3"
            self.reporter.add(names.missing(self.source, spec.span, "channels", text, f"{example}, 64"))
        default = self.settings.conventions["default-kernel"]
        if spec.op in ("conv", "depthwise") and spec.kernel is None and "kernel" not in spec.places and default != "none":
            spec = spec._replace(kernel=(int(default),) * self.rank)
        if spec.op in ("conv", "depthwise", "conv_transpose") and spec.kernel is None and "kernel" not in spec.places:
            self.reporter.add(names.missing(self.source, spec.span, "kernel", text, f"3x3 {text}"))
        needed = NEEDED.get(spec.op, "")
        if needed and needed not in spec.places:
            self.reporter.add(names.missing(self.source, spec.span, needed, text, EXAMPLES[spec.op]))
        return spec

    def _count(self, option: Option | None, what: str) -> int | None:
        return None if option is None else self.whole(option, 1, MAX_CHANNELS, what)

    def whole(self, option: Option, low: int, high: int, what: str = "") -> int | None:
        """Give an option that must be one whole number."""
        if isinstance(option.value, (str, tuple)) and not hasattr(option.value, "span"):
            self.reporter.add(names.bad_value(self.source, option.span, what or option.key, self.text(option), "one number"))
            return None
        return self.evaluator.whole(option.value, what or f"the {option.key}", low, high, option.span)  # type: ignore[arg-type]

    def text(self, option: Option) -> str:
        """Quote the value of an option as it is printed."""
        return re.sub(r"^\w+\s*[=:]\s*", "", self.source.clean[option.span.start : option.span.end])

    def _rate(self, option: Option | None) -> float:
        value = None if option is None else self.evaluator.number(option.value)  # type: ignore[arg-type]
        if value is not None and not 0 <= value < 1:
            self.reporter.add(names.out_of_range(self.source, option.span, "a dropout rate", value, 0, "below 1"))  # type: ignore[union-attr]
        return 0.5 if value is None else float(value)

    def _padding(self, option: Option | None) -> Padding:
        if option is None:
            return None
        if isinstance(option.value, str):
            if option.value in ("same", "valid"):
                return option.value
            self.reporter.add(
                names.bad_value(self.source, option.span, "padding", option.value, "same, valid or a number", ("same", "valid"))
            )
            return None
        many = type(option.value) is tuple
        exprs: tuple[Expr, ...] = option.value if many else (option.value,) * self.rank  # type: ignore[assignment]
        values = [self.evaluator.whole(expr, "padding", 0, MAX_WINDOW, option.span) for expr in exprs]
        return None if None in values else tuple(values)  # type: ignore[arg-type]


def _called(block: BlockDef) -> block_problems.BlockName:
    return block_problems.BlockName(block.name, block.source, block.span)


def _single(layer: Layer) -> tuple[Layer, ...]:
    """Take `fc [16, 256]` apart into its dense layers."""
    widths = next((option for option in layer.options if option.key == "channels" and type(option.value) is tuple), None)
    if layer.op != "dense" or widths is None:
        return (layer,)
    rest = tuple(option for option in layer.options if option is not widths)
    return tuple(layer._replace(options=(widths._replace(value=width), *rest)) for width in per_axis(widths))


def _word_or(resolver: ItemResolver, expr: Expr) -> Any:
    """Evaluate an argument; a word that is no parameter stands for itself."""
    if isinstance(expr, Name) and expr.id not in resolver.evaluator.values:
        return expr.id.lower()
    return resolver.evaluator.value(expr)
