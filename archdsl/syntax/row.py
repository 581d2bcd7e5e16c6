"""A grid row -> AST: its structure cells, and the cells of other columns bound to the operator that takes them."""

import re
from typing import TYPE_CHECKING

from archdsl.diagnostics import Reporter
from archdsl.problems import blocks as problems
from archdsl.problems import syntax
from archdsl.readers.grid import Bound, Cell, Grid, GridRow, Part
from archdsl.source import Span
from archdsl.syntax.ast import Block, Claim, Expr, Guard, Item, Layer, Num, Option, Row, Use, Wire, per_axis
from archdsl.syntax.bag import EXTRA, takes
from archdsl.syntax.cells import factors, is_dims, product
from archdsl.syntax.names import header_key, parameter_of

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser

NIL = ("", "-", "--", "---", "?", "/", "n/a", "N/A")
_NEUTRAL = ("stride", "repeat", "padding", "groups", "dilation", "expansion", "entering")
_FLAGS = {"yes": 1, "✓": 1, "√": 1, "y": 1, "true": 1, "no": 0, "✗": 0, "×": 0, "n": 0, "false": 0}
# What stands in a column of windows beside a layer that has none, and says nothing more of it.
_REMARK = re.compile(r"global|classifier|logits|as in fig(?:ure|\.)?\s*\d*", re.IGNORECASE)
Size = tuple[Expr, ...] | None


class RowParser:
    """Parses the rows of one grid."""

    def __init__(self, parser: "TableParser", grid: Grid) -> None:
        self.parser = parser
        self.source = parser.source
        self.reporter = parser.reporter
        self.grid = grid
        self.taken: set[str] = set()
        self.channels: Expr | None = None
        self.untaken: dict[str, list[tuple[GridRow, Bound]]] = {}

    def rows(self) -> tuple[Row, ...]:
        """Parse all rows; a column that no operator of the table takes is told once."""
        rows = tuple(self.row(row) for row in self.grid.rows)
        for header, found in self.untaken.items():
            if header in self.taken:
                for row, one in found:
                    self._lost(row, one)
                continue
            cell = next((cell for cell in self.grid.headers if cell.text.strip() == header), found[0][1].cell)
            self.reporter.add(syntax.column_not_read(self.source, cell.span, header))
        return rows

    def row(self, row: GridRow) -> Row:
        """Turn a row into its AST; a broken part is reported, and the row kept without its structure."""
        before = self.reporter.errors
        guard: Guard = ()
        items: list[Item] = []
        self.channels = None
        for part in row.parts:
            if "when" in part.structure.text:
                from archdsl.syntax.blocks import split_guard

                cell, found = split_guard(self.parser, part.structure)
                guard, part = guard or found or (), part._replace(structure=cell)  # noqa: PLW2901
            items += self._part(row, part)
        if row.surplus:
            self.reporter.add(syntax.ragged_row(self.source, row.surplus))
        broken = self.reporter.errors > before
        size, incoming = self.size(row.size), self.size(row.incoming) if row.incoming else None
        aside = bool(items) and isinstance(items[0], Wire) and items[0].kind == "aside"
        return Row(
            name=row.name.text.strip(),
            name_span=row.name.span,
            size=size,
            size_span=row.size.span,
            items=None if broken else self._repeated(row, items),
            text=row.structure.text.strip(),
            text_span=_text_span(row),
            span=row.span,
            guard=guard,
            aside=aside,
            incoming=incoming,
            incoming_span=row.incoming.span if row.incoming else Span(0, 0),
            claims=tuple(claim(bound) for bound in row.claims if bound.cell.text.strip() not in NIL),
            channels=self.channels,
        )

    def _repeated(self, row: GridRow, items: list[Item]) -> tuple[Item, ...]:
        if row.repeat is None:
            return tuple(items)
        count = self.parser.cell("expression", row.repeat)
        return (Block(tuple(items), count, (Option("brackets", "plain", row.repeat.span),), row.span),)

    def size(self, cell: Cell) -> Size:
        """Parse a size cell; None where it prints none."""
        text = cell.text.strip()
        if text in NIL:
            return None
        quiet = type(self.parser)(self.source, Reporter(), frozenset())
        size: Size = quiet.cell("size", cell)
        if size is None:
            self.reporter.add(syntax.not_a_size(self.source, cell.span, text))
        return size

    def _part(self, row: GridRow, part: Part) -> list[Item]:
        nameless = part.structure.text.strip() in NIL
        items = self._named(row, part) if nameless else self._windowed(row, self.parser.items(part.structure))
        if items is None:
            return []
        if self.parser.readings:
            from archdsl.syntax.match import rewrite

            items = rewrite(items, self.parser.readings, self.parser.known)
        return self._bind(row, list(items), part.bound)

    def _windowed(self, row: GridRow, items: tuple[Item, ...] | None) -> tuple[Item, ...] | None:
        """A window alone (`[8x8]`) is that of the operation that the row is named after, where that one pools (`avg-pool`)."""
        only = items[0] if items and len(items) == 1 else None
        inner = only.items[0] if isinstance(only, Block) and len(only.items) == 1 and not (only.repeat or only.options) else only
        if not isinstance(inner, Layer) or [option.key for option in inner.options] != ["kernel"] or not row.name.text.strip():
            return items
        quiet = type(self.parser)(self.source, Reporter(), self.parser.known, self.parser.blocks)
        named = quiet.items(row.name)
        if not named or len(named) > 1 or not isinstance(named[0], Layer) or not named[0].op.endswith("pool") or named[0].options:
            return items
        return (named[0]._replace(options=inner.options, span=inner.span),)

    def _named(self, row: GridRow, part: Part) -> tuple[Item, ...] | None:
        """Take the operator of a row without one from its name (`fire2`, `maxpool4`), where that is one."""
        from archdsl.readers.rows import operator_of

        cell = operator_of(row.name)
        quiet = type(self.parser)(self.source, Reporter(), self.parser.known, self.parser.blocks)
        items = quiet.items(cell) if cell.text.strip() else None
        if not items or not part.bound:
            self.reporter.add(syntax.no_structure(self.source, row.span, row.name.text.strip()))
            return None
        return items

    def _bind(self, row: GridRow, items: list[Item], bound: tuple[Bound, ...]) -> list[Item]:
        """Give each cell to the first operator of the row that takes it; the repeat goes around all of them."""
        repeat: Option | None = None
        items = self._overloaded(items, bound)
        for one in bound:
            text = one.cell.text.strip()
            if text in NIL and not (one.role == "activation" and text == "-"):
                continue
            if not one.role and self._taker(items, header_key(one.header)) is None:
                self.untaken.setdefault(one.header.strip(), []).append((row, one))
                continue
            self.taken.add(one.header.strip())
            options = self._options(items, one)
            if options is None:
                continue
            for option in self._dense(items, options) if one.role == "filter" else options:
                if option.key == "repeat" and self._taker(items, "repeat") is None:
                    repeat = option
                elif option.key == "dropout" and items and self._taker(items, "dropout") is None:
                    self._drop(items, option)
                elif not (self._give(items, option) or _neutral(option) or self._printed_channels(option)):
                    self._lost(row, one)
        used = any(isinstance(item, Use) for item in items)  # one block alone may be deepened by a depth multiplier
        if repeat is None or (isinstance(repeat.value, Num) and repeat.value.value == 1 and not used):
            return items
        return [Block(tuple(items), repeat.value, (Option("brackets", "plain", repeat.span),), row.span)]  # type: ignore[arg-type]

    def _drop(self, items: list[Item], option: Option) -> None:
        """A column of dropout rates gives the rate of the row's dropout, or a dropout after its layers."""
        rate = option._replace(key="rate")
        if not self._give(items, rate) and not (isinstance(option.value, Num) and not option.value.value):
            items.append(Layer("dropout", (rate,), option.span))

    def _dense(self, items: list[Item], options: list[Option]) -> list[Option]:
        """The filter shape `1024 x 1000` of a dense layer, or `1 x 1 x 1024 x 1000`, has no window."""
        window = next((option for option in options if option.key == "kernel"), None)
        if window is None or not any(isinstance(item, Layer) and item.op == "dense" for item in items):
            return options
        rest = [option for option in options if option is not window]
        dims = per_axis(window)
        if any(option.key == "channels" for option in rest):
            return rest if all(isinstance(side, Num) and side.value == 1 for side in dims) else options
        return [*_ends(window, dims), *rest] if len(dims) > 1 else options

    def _printed_channels(self, option: Option) -> bool:
        """Keep the channels printed of a pooling or another layer without channels of its own, to compare them."""
        value = option.value
        if option.key != "channels" or isinstance(value, str) or type(value) is tuple:
            return False
        self.channels = value  # type: ignore[assignment]
        return True

    def _lost(self, row: GridRow, one: Bound) -> None:
        self.reporter.add(problems.column_not_taken(self.source, one.cell.span, one.header, row.name.text.strip() or "this row"))

    def _overloaded(self, items: list[Item], bound: tuple[Bound, ...]) -> list[Item]:
        """A layer whose columns say more than the op takes is the block of that name, if there is one (`convolution`)."""
        filled = [one for one in bound if one.cell.text.strip() not in NIL and not one.role]
        if len(items) != 1 or not isinstance(items[0], Layer) or not filled:
            return items
        block = self.parser.blocks.get(items[0].op)
        if block is None or any(parameter_of(block, header_key(one.header)) is None for one in filled):
            return items
        return [Use(block, (), items[0].options, items[0].span)]

    def _options(self, items: list[Item], one: Bound) -> list[Option] | None:
        """Read a cell by the role of its column; None where a fault was reported."""
        text = one.cell.text.strip()
        if one.role == "activation" and text == "-":
            return [Option("activation", "none", one.cell.span)]
        if one.role in ("se", "") and text.lower() in _FLAGS:
            return [Option(one.role or header_key(one.header), Num(_FLAGS[text.lower()], one.cell.span), one.cell.span)]
        if one.role in ("fused", "filter", "activation", "stride", "padding"):
            return self._said(items, one)
        value = self.parser.cell("expression", one.cell)
        if value is None:
            return None
        key = one.role or header_key(one.header)
        return [Option(key, factors(value) if is_dims(value) else product(value), one.cell.span)]

    def _said(self, items: list[Item], one: Bound) -> list[Option] | None:
        """Read a cell that is written as a layer is: `7x7/2 (x96)`, `3x3x32x64`, `s2`, `RE`."""
        if _REMARK.fullmatch(one.cell.text.strip()):
            return []
        parsed = self.parser.cell("structure", one.cell)
        if parsed is None:
            return None
        from archdsl.syntax.cells import Number

        if len(parsed) == 1 and isinstance(parsed[0], Number) and not is_dims(parsed[0].value):
            key = "kernel" if one.role == "fused" else one.role
            word = one.role in ("activation", "padding") and hasattr(parsed[0].value, "id")
            if not word and one.role != "filter" and not hasattr(parsed[0].value, "id"):
                return [Option(key, product(parsed[0].value), one.cell.span)]
        found = self.parser.items(one.cell)
        if found is None:
            return None
        layers = [item for item in found if isinstance(item, Layer) and self._agrees(items, item)]
        other = next((item for item in found if item not in layers), None)
        if other:
            self.reporter.add(problems.layer_in_column(self.source, other.span, one.header.strip()))
            return None
        options = [option for layer in layers for option in layer.options]
        options = [option._replace(key="activation") if option.key == "function" else option for option in options]
        return [shaped for option in options for shaped in (_filter(option) if one.role == "filter" else [option])]

    def _agrees(self, items: list[Item], said: Layer) -> bool:
        """Tell whether a property's cell that names an op means the row's: `Pool 8 x 8` of an average pool, `3x3 dw` of a conv."""
        if said.op in ("conv", "activation"):
            return True
        for index, item in enumerate(items):
            if isinstance(item, Layer):
                if item.op == said.op or (item.op.endswith("pool") and said.op.endswith("pool")):
                    return True
                if item.op == "conv" and said.op in ("depthwise", "conv_transpose"):
                    items[index] = item._replace(op=said.op)
                    return True
        return False

    def _taker(self, items: list[Item], key: str) -> int | None:
        """Find the first item that takes an option and does not have it."""
        for index, item in enumerate(items):
            if isinstance(item, Use):
                parameter = parameter_of(item.block, key)
                if parameter and all(option.key != parameter.name for option in item.options):
                    return index
            elif isinstance(item, Layer) and _takes(item, key) and all(option.key != key for option in item.options):
                return index
            elif isinstance(item, Block) and key in ("stride", "repeat") and item.repeat is None:
                return index if key == "stride" else None
        return None

    def _give(self, items: list[Item], option: Option) -> bool:
        index = self._taker(items, option.key)
        if index is None:
            return False
        item = items[index]
        if isinstance(item, Use):
            parameter = parameter_of(item.block, option.key)
            assert parameter is not None
            option = option._replace(key=parameter.name)
        if not isinstance(item, Wire):
            items[index] = item._replace(options=(*item.options, option))
        return True


def claim(bound: Bound) -> Claim:
    """Take a printed count as it stands; `GFLOPs` above it is part of it."""
    text = bound.cell.text.strip()
    unit = next((unit for word, unit in (("mflop", "M"), ("gflop", "G"), ("mmac", "M"), ("gmac", "G")) if word in bound.header.lower()), "")
    unit = unit or ("M" if "(m)" in bound.header.lower() else "")
    return Claim(bound.role, text + (unit if text[-1:].isdigit() else ""), bound.cell.span)


def _takes(layer: Layer, key: str) -> bool:
    return takes(layer.op, key) or key in EXTRA.get(layer.op, ())


def _filter(option: Option) -> list[Option]:
    """Read a filter shape: `k x k x in x out`, `k x k x channels` of a depthwise one, `in x out` of a dense layer."""
    dims = per_axis(option)
    if option.key != "kernel" or not dims:
        return [option]
    if len(dims) > 3:
        return [option._replace(value=dims[:-2]), *_ends(option, dims)]
    channels = [option._replace(key="channels", value=dims[2])] if len(dims) == 3 else []
    return [option._replace(value=dims[:2]), *channels]


def _ends(option: Option, dims: tuple[Expr, ...]) -> list[Option]:
    """Take the last two numbers of a filter shape, the channels that it is for and those that it gives."""
    return [option._replace(key="entering", value=dims[-2]), option._replace(key="channels", value=dims[-1])]


def _neutral(option: Option) -> bool:
    value = option.value
    one = isinstance(value, Num) and value.value == (0 if option.key == "padding" else 1)
    return (option.key in _NEUTRAL and one) or (option.key == "se" and isinstance(value, Num) and not value.value) or option.value == "none"


def _text_span(row: GridRow) -> Span:
    spans = [part.structure.span for part in row.parts if part.structure.text.strip()] or [row.span]
    return Span(min(span.start for span in spans), max(span.end for span in spans))
