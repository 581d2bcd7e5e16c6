"""Cells of property columns -> options of the layers and blocks of their row."""

from functools import cached_property

from archdsl.light import TYPE_CHECKING
from archdsl.problems import blocks as problems
from archdsl.problems import lints, names, uses
from archdsl.syntax.ast import Block, BlockDef, Expr, Item, Layer, Num, Option, Use, Wire, per_axis
from archdsl.syntax.bag import free, op_of
from archdsl.syntax.names import header_key, parameter_of
from archdsl.table.roles import WINDOWS, says_nothing
from archdsl.text.grid import Bound, Grid, GridRow

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser
    from archdsl.syntax.properties import PropertyReader

_WHOLE = 3  # sides of a filter over a whole map, the last one its units
_NEUTRAL = ("stride", "repeat", "padding", "groups", "dilation", "expansion", "entering")
# Columns whose empty cells say no where others have a mark.
_MARKS = ("norm", "bias", "se")
# What goes around or behind the layers of a row, in this order.
_AROUND = ("activation", "acting", "residual", "pooling", "dropout")


class Binder:
    """Gives the cells of the property columns of one grid to the operators of their rows.

    `channels` are those printed of the row at hand, where nothing in it takes them.
    """

    def __init__(self, parser: "TableParser", grid: Grid) -> None:
        self.parser = parser
        self.source = parser.source
        self.reporter = parser.reporter
        self.grid = grid
        self.taken: set[str] = set()
        self.channels: Expr | None = None
        self.marked: dict[str, bool] = {}
        self.untaken: dict[str, list[tuple[GridRow, Bound]]] = {}

    @cached_property
    def cells(self) -> "PropertyReader":
        """Return what reads the cells of property columns."""
        from archdsl.syntax.properties import PropertyReader

        return PropertyReader(self.parser)

    def finish(self) -> None:
        """Recognise a column that no operator of the table takes once."""
        for header, found in self.untaken.items():
            if header in self.taken:
                for row, one in found:
                    self._lost(row, one, [])
                continue
            cell = next((cell for cell in self.grid.headers if cell.text.strip() == header), found[0][1].cell)
            self.reporter.add(lints.column_not_read(self.source, cell.span, header))

    def bind(self, row: GridRow, items: list[Item], bound: tuple[Bound, ...]) -> list[Item]:
        """Return each cell to the first operator of the row that takes it; the repeat goes around all of
        them."""
        from archdsl.syntax.meant import as_meant

        items = self._overloaded(items, bound)
        items, bound = as_meant(items, bound)
        later: list[tuple[Bound, Option]] = []
        group, before = _group(items), items[:-1]  # what pools before it
        items = list(group.items) if group else items
        for one in bound:
            if not self._says(one):
                continue
            if not one.role and self._taker(items, header_key(one.header)) is None:
                self.untaken.setdefault(one.header.strip(), []).append((row, one))
                continue
            self.taken.add(one.header.strip())
            for option in self._options(items, one, bound):
                if _is_of_all(group, option.key) or not self._give(items, option):
                    later.append((one, option))
        items = [*before, group._replace(items=tuple(items))] if group else items
        repeat: Option | None = None
        for one, option in sorted(
            later, key=lambda pair: _AROUND.index(pair[1].key) if pair[1].key in _AROUND else -1
        ):
            if option.key == "repeat":
                repeat = option
            elif not (self._again(items, option) or self._give(items, option) or self._beside(items, option)):
                self._lost(row, one, items)
        if repeat is None:
            return items
        from archdsl.syntax.often import repeated

        return repeated(self.source, self.reporter, row, items, repeat.value)  # type: ignore[arg-type]

    def _again(self, items: list[Item], option: Option) -> bool:
        """Recognise a number that the row's only layer says itself, `Conv2D (stride=2) | 2`; report another
        number."""
        only = items[0] if len(items) == 1 else None
        said = (one for one in only.options if one.key == option.key) if isinstance(only, Layer) else ()
        first = next((one for one in said if not one.implied and _whole(one)), None)
        if first is None or not _whole(option):
            return False
        if _whole(first) != _whole(option):
            self.reporter.add(names.given_twice(self.source, option.span, option.key, first.span))
        return True

    def _says(self, one: Bound) -> bool:
        """Recognise a cell with something in it; where others of its column are marked, an empty one says
        no."""
        text = one.cell.text.strip()
        if not says_nothing(text) or (one.role == "activation" and text == "-"):
            return True
        return one.role in _MARKS and self._is_marked(one)

    def _is_marked(self, one: Bound) -> bool:
        """Recognise a column of marks by a cell of it that has one."""
        if one.header not in self.marked:
            cells = (
                other
                for row in self.grid.rows
                for part in row.parts
                for other in part.bound
                if other.header == one.header
            )
            from archdsl.syntax.properties import YES

            self.marked[one.header] = any(other.cell.text.strip().lower() in YES for other in cells)
        return self.marked[one.header]

    def _beside(self, items: list[Item], option: Option) -> bool:
        """Keep what no layer of the row takes: around its layers, as nothing that changes them, or to compare
        it."""
        return self._around(items, option) or _neutral(option) or self._printed_channels(option)

    def _around(self, items: list[Item], option: Option) -> bool:
        """Put what no layer of the row takes after them (an activation, a pool, a dropout), or a shortcut
        around them."""
        match option.key:
            case "activation" if option.value != "none" and items and not any(map(_activated, items)):
                items.append(Layer("activation", (option._replace(key="function"),), option.span))
            case "residual" if items and option.value:
                items[:] = [Block(tuple(items), None, (option._replace(key="brackets"),), option.span)]
            case "pooling" | "acting" if items:
                items.append(self.cells.take(option.key == "acting"))
            case "dropout" if items:
                self._drop(items, option)
            case _:
                return option.key == "residual"
        return True

    def _drop(self, items: list[Item], option: Option) -> None:
        """A column of dropout rates gives the rate of the row's dropout, or a dropout after its layers; a
        mark leaves the rate open."""
        rate = () if option.value == "yes" else (option._replace(key="rate"),)
        none = isinstance(option.value, Num) and not option.value.value
        if not none and not (rate and self._give(items, rate[0])):
            items.append(Layer("dropout", rate, option.span))

    def _options(self, items: list[Item], one: Bound, bound: tuple[Bound, ...]) -> list[Option]:
        """Read a cell as options of its row's layers."""
        options = self.cells.options(items, one) or []
        counted = any(other.role == "channels" and self._says(other) for other in bound)
        return self._dense(items, options, counted) if options and one.role in WINDOWS else options

    def _dense(self, items: list[Item], options: list[Option], counted: bool) -> list[Option]:
        """The filter shape `1024 x 1000` of a dense layer, or `1 x 1 x 1024 x 1000`, has no window; one
        number is its units, or, where these are `counted` in another column, what comes in. `5 x 5 x 120` are
        as many units over a whole map."""
        window = next((option for option in options if option.key == "kernel"), None)
        if window is None or not any(op_of(item).takes_flat for item in items):
            return options
        rest = [option for option in options if option is not window]
        dims = per_axis(window)
        if any(option.key == "channels" for option in rest):
            whole = all(option.key != "entering" for option in rest)  # `5 x 5 x 120`
            ones = all(isinstance(side, Num) and side.value == 1 for side in dims)
            return rest if whole or ones else options
        if len(dims) == _WHOLE:
            return [window._replace(key="channels", value=dims[-1]), *rest]
        from archdsl.syntax.properties import ends

        if len(dims) > 1:
            return [*ends(window, dims), *rest]
        comes_in = counted and isinstance(window.value, Num) and window.value.value > 1
        return [window._replace(key="entering" if comes_in else "channels"), *rest]

    def _printed_channels(self, option: Option) -> bool:
        """Keep the channels printed of a pooling or another layer without channels of its own, to compare
        them."""
        value = option.value
        if option.key not in ("channels", "entering") or isinstance(value, str) or type(value) is tuple:
            return False
        self.channels = value  # type: ignore[assignment]
        return True

    def _lost(self, row: GridRow, one: Bound, items: list[Item]) -> None:
        name, block = row.name.text.strip() or "this row", _block_of(items)
        self.reporter.add(
            uses.column_not_a_parameter(
                self.source,
                one.cell.span,
                one.header,
                one.role,
                name,
                uses.BlockName(block.name, block.source, block.span),
            )
            if block
            else problems.column_not_taken(self.source, one.cell.span, one.header, name)
        )

    def _overloaded(self, items: list[Item], bound: tuple[Bound, ...]) -> list[Item]:
        """A layer whose columns say more than the op takes is the block of that name, if there is one
        (`convolution`)."""
        filled = [one for one in bound if not says_nothing(one.cell.text) and not one.role]
        if len(items) != 1 or not isinstance(items[0], Layer) or not filled:
            return items
        block = self.parser.blocks.get(items[0].op)
        if block is None or any(parameter_of(block, header_key(one.header)) is None for one in filled):
            return items
        return [Use(block, (), items[0].options, items[0].span)]

    def _taker(self, items: list[Item], key: str) -> int | None:
        """Find the first item that takes an option and does not have it."""
        for index, item in enumerate(items):
            if isinstance(item, Use):
                parameter = parameter_of(item.block, key)
                if parameter and all(option.key != parameter.name for option in item.options):
                    return index
            elif isinstance(item, Layer) and free(item, key):
                return index
            elif isinstance(item, Block) and key == "stride":  # of the first of its repeats
                return None if any(option.key == key for option in item.options) else index
            elif isinstance(item, Block) and key == "repeat" and item.repeat is None:
                return None
        return None

    def _give(self, items: list[Item], option: Option) -> bool:
        index = self._taker(items, option.key)
        if index is None and option.key == "kernel":
            option, index = _instead(items, option)
        if index is None:
            return False
        item = items[index]
        if isinstance(item, Use):
            parameter = parameter_of(item.block, option.key)
            assert parameter is not None
            option = option._replace(key=parameter.name)
        if not isinstance(item, Wire):
            said = (one for one in item.options if one.key != option.key or not one.implied)
            items[index] = item._replace(options=(*said, option))
        return True


def _whole(option: Option) -> tuple[float, ...]:
    """Return the numbers of an option, one for each axis, if they are such; equal ones once."""
    sides = per_axis(option) or (option.value,)
    numbers = tuple(float(side.value) for side in sides if isinstance(side, Num))
    return () if len(numbers) < len(sides) else numbers[:1] if len(set(numbers)) == 1 else numbers


def _group(items: list[Item]) -> Block | None:
    """Return the group of one layer or block that is repeated, perhaps behind a pool, whose columns say more
    of it: `2 × (Conv + BN + ReLU)`, `ResBlock × 2`."""
    group = items[-1] if items else None
    if not all(op_of(item).pools for item in items[:-1]):
        return None
    if not isinstance(group, Block) or not group.repeat or len(group.items) != 1:
        return None
    return group if isinstance(group.items[0], Layer | Use) else None


def _is_of_all(group: Block | None, key: str) -> bool:
    """Return whether a column speaks of all repeats of a group together; the stride of a block is that of its
    first repeat anyway."""
    return group is not None and (key == "repeat" or (key == "stride" and isinstance(group.items[0], Layer)))


def _block_of(items: list[Item]) -> BlockDef | None:
    """Return the block that is all of a row, once or repeated."""
    group = _group(items)
    only = group.items[0] if group else items[0] if len(items) == 1 else None
    return only.block if isinstance(only, Use) else None


def _instead(items: list[Item], option: Option) -> tuple[Option, int | None]:
    """Give the window printed of a layer that has none: its factor (`upsample | 2x2`), or the size that it
    pools to (`AdaptiveAvgPool | 1`)."""
    for index, item in enumerate(items):
        key = "stride" if op_of(item).grows else "output"
        if isinstance(item, Layer) and free(item, key):
            return option._replace(key=key), index
    return option, None


def _activated(item: Item) -> bool:
    return op_of(item).takes_norm


def _neutral(option: Option) -> bool:
    """Return whether an option says what holds without it."""
    value = option.value
    if value == "none" or (option.key, value) == ("bias", "no"):
        return True
    axes = per_axis(option) if type(value) is tuple else (value,)
    nothing = 0 if option.key in ("padding", "se") else 1
    said = all(isinstance(axis, Num) and axis.value == nothing for axis in axes)
    return said and option.key in (*_NEUTRAL, "se")
