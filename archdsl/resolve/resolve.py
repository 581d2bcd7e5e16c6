"""AST items -> specs: parameters evaluated, every option checked against the op or block that takes it."""

import math
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping

from archdsl.diagnostics import Reporter
from archdsl.light import Any
from archdsl.ops import OPS
from archdsl.problems import lints, names
from archdsl.resolve.evaluate import Evaluator, uses
from archdsl.resolve.input_shape import MAX_SIZE
from archdsl.resolve.option_values import MAX_CHANNELS
from archdsl.resolve.resolve_layer import LayerResolver, stacked
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import BlockSpec, LayerSpec, ReuseSpec, Spec, UseSpec, WireSpec, weighted_layers
from archdsl.source import Source, Span
from archdsl.syntax.ast import Block, BlockDef, BlockParameter, Expr, Guard, Item, Layer, Row, Use, Wire
from archdsl.syntax.bag import takes

Part = tuple[tuple[Spec, ...], str]
MAX_REPEAT = 10_000
INDEX = "index"  # which repeat it is, counted from 1, in the arithmetic of a repeated bracket or block
_BLOCK_OPTIONS = ("stride", "shortcut", "brackets")


class ItemResolver(LayerResolver):
    """Resolves the items of the rows of one table."""

    def __init__(
        self,
        source: Source,
        reporter: Reporter,
        settings: Settings,
        values: Mapping[str, Any] | None = None,
        depth: int = 0,
    ) -> None:
        super().__init__(source, reporter, settings, values, depth)
        self.parts: MutableMapping[str, Part] = {}  # what has a name, and can be applied again
        self.bodies: dict[Any, tuple[Spec, ...]] = {}  # of the blocks that were used here
        self.behind: dict[tuple[int, tuple[int, ...]], tuple[int, ...] | None] = {}  # the shapes behind them
        self.channelled = False  # whether sizes of the table have channels, so that a lone 1 is a unit

    def _channels_of(self, row: Row) -> int | None:
        """Return the channels that the size cell of a row prints (`112x112x64`): those of a convolution that
        says none."""
        if row.size is None or len(row.size) != (self.rank + 1 if self.settings.input else 3):
            return None
        return self._last_axis(row.size, 1)

    def _units_of(self, row: Row) -> int | None:
        """Return the units that the size cell of a row prints (`4096`): those of a dense layer that says
        none.

        Of sequences a lone number may be a length, but where other sizes of the table have their channels.
        """
        if row.size is None or len(row.size) not in (1, self.rank + 1):
            return None
        if self.rank == 1 and (len(row.size) > 1 or not self.channelled):
            return None
        checked = _prints_parameters(row) or (row.incoming is not None and len(row.incoming) == 1)
        checked = checked or (self.channelled and len(row.size) == 1)
        return self._last_axis(row.size, 2 if self.rank and not checked else 1)

    def _state_of(self, row: Row) -> tuple[int, ...] | None:
        """Return what the size cell of a row prints of sequences (`60x128`) or of their last state
        (`128`)."""
        size = self.size(row) if row.size is not None and self.rank == 1 and self.channelled else None
        return size if size and len(size) <= self.rank + 1 else None

    def _map_of(self, row: Row) -> tuple[int, ...] | None:
        """Return the spatial axes that the size cell of a row prints: the output of an adaptive pool that
        says none."""
        size = self.size(row) if row.size is not None and self.rank else None
        if size is None or len(size) not in (self.rank, self.rank + 1):
            return None
        return size[: self.rank]

    def _last_axis(self, size: tuple[Expr, ...], least: int) -> int | None:
        quiet = Evaluator(self.source, Reporter(), self.evaluator.values)
        return quiet.whole(size[-1], "a size", least, MAX_CHANNELS, size[-1].span)

    def inside(self, block: BlockDef, reporter: Reporter, values: dict[str, Any]) -> "ItemResolver":
        """Return a resolver for the body of a block: its parameters, with their defaults, over those of the
        network."""
        counted = {INDEX: self.evaluator.values[INDEX]} if INDEX in self.evaluator.values else {}
        known = {**counted, **self.settings.values, **values}
        body = ItemResolver(block.source, reporter, self.settings, known, self.depth + 1)
        body.parts = ChainMap({}, self.parts)
        for parameter in block.parameters:
            if parameter.name not in values:
                known[parameter.name] = self._default(body, parameter)
        return body

    def _default(self, body: "ItemResolver", parameter: BlockParameter) -> Any:
        """Return what a parameter has where no use says it: what the network's header says, or the block."""
        if parameter.name in self.settings.defaults:
            return self.settings.defaults[parameter.name]
        from archdsl.resolve.template import word_or

        return word_or(body, parameter.default) if parameter.default is not None else 1

    def holds(self, guard: Guard) -> bool:
        """Evaluate the guard of a row or of a step of a block."""
        if not guard:
            return True
        from archdsl.resolve.template import holds

        return holds(self, guard)

    def row(self, row: Row) -> tuple[Spec, ...] | None:
        """Return the specs of a row; None where a fault in it was reported."""
        if row.items is None:
            return None
        before = self.reporter.errors
        self.printed_channels, self.printed_units = self._channels_of(row), self._units_of(row)
        self.ending = next(
            (
                item
                for item in reversed(row.items)
                if not isinstance(item, Layer) or takes(item.op, "channels")
            ),
            None,
        )
        self.counted, self.sized = _prints_parameters(row), row.size is not None
        self.printed_map = self._map_of(row) if len(row.items) == 1 else None
        self.printed_shape = self.size(row) if _ends_reshaped(row.items) else None
        self.printed_state = self._state_of(row) if len(row.items) == 1 else None
        specs = self.items(row.items)
        return specs if self.reporter.errors == before else None

    def items(self, items: tuple[Item, ...]) -> tuple[Spec, ...]:
        """Return the specs of a sequence of items."""
        if self.settings.conventions["order"] == "norm-activation-conv":
            from archdsl.resolve.printed_order import in_order

            items = in_order(items)
        return tuple(spec for item in items for spec in self._item(item))

    def size(self, row: Row) -> tuple[int, ...] | None:
        """Return the declared output size of a row: spatial axes, and the channels where they are printed."""
        if row.size is None:
            return None
        most = MAX_CHANNELS if len(row.size) == 1 and self.rank != 1 else MAX_SIZE  # a vector of values
        sizes = [self.evaluator.whole(axis, "a size", 1, most, row.size_span) for axis in row.size]
        if None in sizes:
            return None
        found: tuple[int, ...] = tuple(sizes)  # type: ignore[arg-type]
        return found * self.rank if len(found) == 1 and self.rank > 1 else found

    def _item(self, item: Item) -> tuple[Spec, ...]:
        match item:
            case Layer():
                return tuple(self.layer(one) for one in stacked(self, item))
            case Block():
                return tuple(self._numbered(item)) if self._counts(item) else (self._block(item),)
            case Use():
                return self._use(item)
            case Wire(kind="reuse" | "tied"):
                tied = item.kind == "tied"
                return tuple(ReuseSpec(self.ref(ref), self.parts, ref.span, tied) for ref in item.refs)
            case Wire():
                return (WireSpec(item.kind, tuple(map(self.ref, item.refs)), item.span),)

    def use_of(self, block: BlockDef, channels: int | None, span: Span) -> UseSpec | None:
        """Use a block that the table does not print, with the channels of what follows it."""
        from archdsl.resolve.resolve_use import use_of

        return use_of(self, block, channels, span)

    def _use(self, use: Use) -> tuple[Spec, ...]:
        from archdsl.resolve.resolve_use import resolve_use

        spec = resolve_use(self, use)
        return (spec,) if spec else ()

    def _block(self, block: Block) -> BlockSpec:
        options = {option.key: option for option in block.options}
        for option in block.options:
            if option.key not in _BLOCK_OPTIONS:
                self.reporter.add(
                    names.option_not_taken(
                        self.source,
                        option.span,
                        option.key,
                        "a bracket",
                        ("stride", "residual", "plain", "shortcut"),
                    )
                )
        used = any(isinstance(item, Use) for item in block.items)
        repeat = 1 if block.repeat is None else self._repeat(block.repeat, used)
        conventions = self.settings.conventions
        brackets = self.word(options.get("brackets"), "brackets") or conventions["brackets"]
        shortcut = self.word(options.get("shortcut"), "shortcut")
        items = self.items(block.items)
        enough = 0 if brackets == "dense" else 1
        merged = brackets != "plain" and (
            weighted_layers(items) > enough or "brackets" in options or shortcut is not None
        )
        merge = {"residual": "add", "dense": "concat"}[brackets] if merged else ""
        if merge == "add":
            self._check_kernels(items)
        stride = self.axes(options.get("stride"), "stride")
        places = {key: option.span for key, option in options.items()}
        kind = shortcut or conventions["shortcut"]
        return BlockSpec(
            items, repeat, merge, kind, stride, block.span, places.get("shortcut"), places.get("stride")
        )

    def _counts(self, block: Block) -> bool:
        """Return whether something in a repeated bracket depends on which repeat it is."""
        return block.repeat is not None and INDEX not in self.settings.values and uses(block.items, INDEX)

    def _numbered(self, block: Block) -> Iterator[BlockSpec]:
        """Return a bracket for each repeat, with its number; the stride is that of the first one."""
        assert block.repeat is not None
        later = tuple(option for option in block.options if option.key != "stride")
        count = self._repeat(block.repeat, any(isinstance(item, Use) for item in block.items))
        for number in range(1, count + 1):
            values = {**self.evaluator.values, INDEX: number}
            inner = ItemResolver(self.source, self.reporter, self.settings, values, self.depth)
            inner.parts = self.parts
            inner.rank, inner.printed_channels, inner.printed_units = (
                self.rank,
                self.printed_channels,
                self.printed_units,
            )
            made = inner._block(block._replace(repeat=None, options=block.options if number == 1 else later))
            yield made._replace(number=number - 1, of=count)

    def _check_kernels(self, items: tuple[Spec, ...]) -> None:
        """Warn of a kernel such as 1x2 in a residual block: it shifts the map against the shortcut, and is a
        misprint as a rule."""
        for item in items:
            if (
                isinstance(item, LayerSpec)
                and item.kernel
                and len({side % 2 for side in item.kernel}) > 1
                and "kernel" in item.places
            ):
                self.reporter.add(lints.uneven_kernel(self.source, item.places["kernel"], item.kernel))

    def _repeat(self, expr: Expr, used: bool) -> int:
        value = self.evaluator.number(expr)
        if value is not None and MAX_REPEAT < value < math.inf:
            self.reporter.add(names.too_large(self.source, expr.span, "a repeat of", int(value), MAX_REPEAT))
        elif value is not None:
            count = self.evaluator.whole(expr, "a repeat", 1, MAX_REPEAT, expr.span) or 1
            deeper = 1.0 if self.depth or not used else float(self.settings.conventions["depth-multiplier"])
            return count if deeper == 1 else math.ceil(count * deeper - 1e-9)
        return 1


def _prints_parameters(row: Row) -> bool:
    """Return whether a row prints its parameters, to the last one or beside its size rounded."""
    if not row.claims:
        return False
    from archdsl.lang.counts import printed

    counts = [printed(claim.text) for claim in row.claims if claim.what == "params"]
    return any(count and count.value and (count.unit == 1 or row.size is not None) for count in counts)


def _ends_reshaped(items: tuple[Item, ...]) -> bool:
    """Return whether a row's size is the shape of a `reshape` that says none: what follows keeps shapes."""
    for item in reversed(items):
        if not isinstance(item, Layer):
            return False
        if OPS[item.op].reshapes:
            return all(option.key != "shape" for option in item.options)
        if OPS[item.op].family not in ("norm", "activation", "regularisation"):
            return False
    return False
