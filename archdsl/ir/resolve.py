"""AST items -> layer and block specs: parameters evaluated, every option checked against the op that takes it."""

import math
from typing import NamedTuple, Union

from archdsl.diagnostics import Reporter
from archdsl.ir.conventions import CONVENTIONS, allowed, normal
from archdsl.ir.evaluate import Evaluator
from archdsl.ir.settings import MAX_SIZE, WEIGHTED, Settings
from archdsl.ops import OPS
from archdsl.problems import names
from archdsl.source import Source, Span
from archdsl.syntax.ast import Block, Expr, Item, Layer, Option, Row

MAX_CHANNELS = 1_000_000
MAX_WINDOW = 1_000
MAX_REPEAT = 10_000
_BLOCK_OPTIONS = ("stride", "shortcut", "brackets")
_EXTRA = {"conv": ("norm", "activation"), "depthwise": ("norm", "activation"), "dense": ("norm", "activation")}

Padding = Union[str, tuple[int, ...], None]  # noqa: UP007


class LayerSpec(NamedTuple):
    """A layer with its numbers; None is what the cell leaves open. `places` tell where each option stands."""

    op: str
    kernel: tuple[int, ...] | None
    channels: int | None
    stride: tuple[int, ...] | None
    padding: Padding
    groups: int
    dilation: tuple[int, ...]
    bias: str | None
    norm: str | None
    activation: str | None
    rate: float
    span: Span
    places: dict[str, Span]


class BlockSpec(NamedTuple):
    """A bracket with its numbers; `stride` is the one said after it, the spans tell where it and the shortcut stand."""

    items: tuple["Spec", ...]
    repeat: int
    residual: bool
    shortcut: str
    stride: tuple[int, ...] | None
    span: Span
    shortcut_span: Span | None
    stride_span: Span | None


Spec = Union[LayerSpec, BlockSpec]  # noqa: UP007


def weighted_layers(items: tuple[Spec, ...]) -> int:
    """Count the convolutions and dense layers of a bracket: with one alone, or none, there is nothing to go around."""
    return sum(weighted_layers(item.items) if isinstance(item, BlockSpec) else item.op in WEIGHTED for item in items)


class ItemResolver:
    """Resolves the items of the rows of one table; `rank` is the number of spatial axes."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = max(len(settings.input) - 1, 0)
        self.evaluator = Evaluator(source, reporter, settings.values)

    def row(self, row: Row) -> tuple[Spec, ...] | None:
        """Give the specs of a row; None where a fault in it was reported."""
        if row.items is None:
            return None
        before = self.reporter.errors
        specs = tuple(self._item(item) for item in row.items)
        return specs if self.reporter.errors == before else None

    def size(self, row: Row) -> tuple[int, ...] | None:
        """Give the declared output size of a row: spatial axes, and the channels where they are printed."""
        if row.size is None:
            return None
        sizes = [self.evaluator.whole(axis, "a size", 1, MAX_SIZE, row.size_span) for axis in row.size]
        if None in sizes:
            return None
        found: tuple[int, ...] = tuple(sizes)  # type: ignore[arg-type]
        return found * self.rank if len(found) == 1 and self.rank > 1 else found

    def _item(self, item: Item) -> Spec:
        return self._layer(item) if isinstance(item, Layer) else self._block(item)

    def _block(self, block: Block) -> BlockSpec:
        options = {option.key: option for option in block.options}
        for option in block.options:
            if option.key not in _BLOCK_OPTIONS:
                self.reporter.add(
                    names.option_not_taken(self.source, option.span, option.key, "a bracket", ("stride", "residual", "plain", "shortcut"))
                )
        repeat = 1 if block.repeat is None else self._repeat(block.repeat)
        conventions = self.settings.conventions
        brackets = self._word(options.get("brackets"), "brackets") or conventions["brackets"]
        shortcut = self._word(options.get("shortcut"), "shortcut")
        items = tuple(self._item(item) for item in block.items)
        residual = brackets == "residual" and (weighted_layers(items) > 1 or "brackets" in options or shortcut is not None)
        stride = self._axes(options.get("stride"), "stride")
        places = {key: option.span for key, option in options.items()}
        kind = shortcut or conventions["shortcut"]
        return BlockSpec(items, repeat, residual, kind, stride, block.span, places.get("shortcut"), places.get("stride"))

    def _repeat(self, expr: Expr) -> int:
        value = self.evaluator.number(expr)
        if value is not None and MAX_REPEAT < value < math.inf:
            self.reporter.add(names.too_large(self.source, expr.span, "a repeat of", int(value), MAX_REPEAT))
        elif value is not None:
            return self.evaluator.whole(expr, "a repeat", 1, MAX_REPEAT, expr.span) or 1
        return 1

    def _word(self, option: Option | None, key: str) -> str | None:
        if option is None:
            return None
        text = option.value if isinstance(option.value, str) else self.source.clean[option.span.start : option.span.end]
        value = normal(key, text)
        if allowed(key, value):
            return value
        self.reporter.add(names.bad_value(self.source, option.span, key, text, ", ".join(CONVENTIONS[key].values), CONVENTIONS[key].values))
        return None

    def _axes(self, option: Option | None, what: str) -> tuple[int, ...] | None:
        if option is None:
            return None
        if isinstance(option.value, str):
            self.reporter.add(names.bad_value(self.source, option.span, what, option.value, "a number"))
            return None
        many = type(option.value) is tuple
        exprs: tuple[Expr, ...] = option.value if many else (option.value,)  # type: ignore[assignment]
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
            channels=self._count(options.get("channels"), "channels"),
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
        )
        return self._complete(spec)

    def _check_taken(self, layer: Layer) -> None:
        takes = tuple(param.name for param in OPS[layer.op].params if param.name != "initializer") + _EXTRA.get(layer.op, ())
        for option in layer.options:
            if option.key not in takes:
                shown = tuple("units" if key == "channels" and layer.op == "dense" else key for key in takes)
                self.reporter.add(names.option_not_taken(self.source, option.span, option.key, layer.op.replace("_", " "), shown))

    def _complete(self, spec: LayerSpec) -> LayerSpec:
        """Report what a layer cannot do without; a dense layer without units gives the classes."""
        text = self.source.clean[spec.span.start : spec.span.end]
        if spec.op == "dense" and spec.channels is None and "channels" not in spec.places:
            if self.settings.classes:
                return spec._replace(channels=self.settings.classes)
            self.reporter.add(names.missing(self.source, spec.span, "units", text, "10-d fc"))
        if spec.op == "conv" and spec.channels is None and "channels" not in spec.places:
            kernel = spec.places.get("kernel")
            example = self.source.clean[kernel.start : kernel.end] if kernel else "3x3"
            self.reporter.add(names.missing(self.source, spec.span, "channels", text, f"{example}, 64"))
        if spec.op in ("conv", "depthwise") and spec.kernel is None and "kernel" not in spec.places:
            self.reporter.add(names.missing(self.source, spec.span, "kernel", text, f"3x3 {text}"))
        return spec

    def _count(self, option: Option | None, what: str) -> int | None:
        if option is None:
            return None
        if isinstance(option.value, (str, tuple)) and not hasattr(option.value, "span"):
            text = self.source.clean[option.span.start : option.span.end]
            self.reporter.add(names.bad_value(self.source, option.span, what, text, "one number"))
            return None
        return self.evaluator.whole(option.value, what, 1, MAX_CHANNELS, option.span)  # type: ignore[arg-type]

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
