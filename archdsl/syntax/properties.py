"""A cell of a property column -> options, by the role of its column."""

import re

from archdsl.lang.vocabulary import MEANINGS, NORMS, plain
from archdsl.light import TYPE_CHECKING, Any
from archdsl.ops import OPS
from archdsl.patterns import pattern
from archdsl.problems import blocks as problems
from archdsl.problems import names
from archdsl.syntax.ast import Call, Expr, Item, Layer, Name, Num, Option, Use, per_axis
from archdsl.syntax.bag import op_of
from archdsl.syntax.cells import PER_AXIS, factors, is_dims, product
from archdsl.syntax.names import guard_words, header_key, parameter_of, usual
from archdsl.table.roles import WINDOWS, says_nothing
from archdsl.table.shapes import bare_shape
from archdsl.text.grid import Bound, Cell, joined

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser

YES = dict.fromkeys(("yes", "y", "true", "✓", "✔", "√", "☑", "+", "on", "with", "w/"), 1)
_FLAGS = {**YES, **dict.fromkeys(("no", "n", "false", "✗", "✘", "×", "off", "without", "w/o", "none"), 0)}
# Columns of marks: the option for a mark, and for none.
_MARKED = {
    "norm": ("batch", "none"),
    "bias": ("yes", "no"),
    "residual": ("residual", ""),
    "activation": ("", "none"),
    "padding": ("same", "valid"),
}
_KINDS = ("max", "average", "avg", "mean")
_POOL_WORDS = pattern(r"\b(?:max|average|avg|mean)?[ -]?(?:pool(?:ing)?)?\b", re.IGNORECASE)
# What stands in a column of windows beside a layer that has none, and says nothing more of it.
_REMARK = pattern(r"global|classifier|logits|as in fig(?:ure|\.)?\s*\d*", re.IGNORECASE)


class PropertyReader:
    """Reads the cells of one grid; `behind` are pools and activations read last, for their place behind the
    layers of the row."""

    def __init__(self, parser: "TableParser") -> None:
        self.parser = parser
        self.source = parser.source
        self.reporter = parser.reporter
        self.behind: list[Layer] = []

    def options(self, items: list[Item], one: Bound) -> list[Option] | None:
        """Read a cell by the role of its column; None where a fault was reported."""
        bare = bare_shape(one.cell, window=True)
        one = one._replace(cell=_short(bare) if one.role == "activation" else bare)
        text = one.cell.text.strip()
        if one.role == "pooling":
            none = _FLAGS.get(text.lower()) == 0 or text.lower().startswith("no ")
            return [] if none else self._pool(items, one)
        marked = self._mark(items, one, text)
        if marked is not None:
            return marked
        if one.role == "norm" and text.lower() in NORMS.values():
            return [Option("norm", text.lower(), one.cell.span)]
        if one.role in (*WINDOWS, "activation", "stride", "padding", "norm", "bias", "residual"):
            return self._said(items, one)
        value = self.parser.cell("expression", _count(one.cell) if one.role == "repeat" else one.cell)
        if value is None:
            return None
        key = one.role or header_key(one.header)
        return [Option(key, factors(value) if is_dims(value) else product(value), one.cell.span)]

    def take(self, activates: bool) -> Layer:
        """Take the activation, or else the pool, that was read for the row."""
        layer = next(one for one in self.behind if OPS[one.op].activates == activates)
        self.behind.remove(layer)
        return layer

    def _mark(self, items: list[Item], one: Bound, text: str) -> list[Option] | None:
        """Read a mark (`✓`, `yes`, `-`): what it says depends on the column."""
        flag = 0 if says_nothing(text) else _FLAGS.get(text.lower())
        if one.role == "activation" and text.lower() in ("linear", "identity"):
            flag = 0
        if one.role == "padding" and text.lower() in ("same", "valid"):
            flag = int(text.lower() == "same")
        if flag is None:
            return None
        if one.role in ("se", ""):
            key = one.role or header_key(one.header)
            return [Option(key, self._marked(items, key, flag, one, text), one.cell.span)]
        if one.role == "dropout":
            return [Option("dropout", "yes", one.cell.span)] if flag else []
        if one.role not in _MARKED:
            return None
        word = _MARKED[one.role][1 - flag] or (header_key(one.header) if flag else "")
        return [Option(one.role, word.rstrip("?"), one.cell.span)]

    def _marked(self, items: list[Item], key: str, flag: int, one: Bound, text: str) -> Expr:
        """Say what a mark means to the block of its row: the usual value of a parameter, none of it, or the
        word of a guard."""
        for block in (item.block for item in items if isinstance(item, Use)):
            parameter = parameter_of(block, key)
            if parameter and text.lower() in guard_words(block, parameter.name):
                return Name(text.lower(), one.cell.span)
            if parameter and flag:
                return usual(parameter, one.cell.span)
        return Num(flag, one.cell.span)

    def _pool(self, items: list[Item], one: Bound) -> list[Option] | None:
        """Read a pool behind the row's layers: `2x2 max`, a window alone under a header that says which pool
        it is, or a mark; in the row of a pool the column says more of that one."""
        text = one.cell.text.strip()
        kind = next((word for word in _KINDS if word in f"{one.header} {text}".lower()), "")
        own = len(items) == 1 and op_of(items[0]).is_pool
        if text.lower() in YES:
            if own:
                return []
            place = one.cell.span
            one = one._replace(cell=Cell("2", place.start, (place.start, place.end)))
        elif not kind:
            self.reporter.add(names.missing(self.source, one.cell.span, "kind of pool", text, f"max {text}"))
            return None
        layer = self._pool_of(kind, one)
        if own and layer:
            return self._said_again(items, layer, one)
        self.behind += [layer] if layer else []
        return [Option("pooling", kind, one.cell.span)] if layer else None

    def _pool_of(self, kind: str, one: Bound) -> Layer | None:
        """Read the window of a pool, which is of no kind where the column says none."""
        bare = _POOL_WORDS.sub(lambda match: " " * len(match[0]), one.cell.text)
        word = f"{kind} pool ".lstrip()
        start = one.cell.span.start
        said = Cell(word, start, (start,) * (len(word) + 1))
        found = self.parser.items(joined(said, one.cell._replace(text=bare)))
        if found is None:
            return None
        if len(found) > 1 or not isinstance(found[0], Layer):
            self.reporter.add(problems.layer_in_column(self.source, one.cell.span, one.header.strip()))
            return None
        needs = () if kind else (Option("needs", "kind", one.cell.span),)
        return found[0]._replace(options=(*found[0].options, *needs), span=one.cell.span)

    def _said_again(self, items: list[Item], said: Layer, one: Bound) -> list[Option] | None:
        """Return what a column says of the pool that is the row's layer: its window, and its kind where the
        row leaves it open."""
        own = items[0]
        assert isinstance(own, Layer)
        is_open = any(option.key == "needs" for option in own.options)
        if own.op != said.op and not is_open:
            self.reporter.add(problems.layer_in_column(self.source, one.cell.span, one.header.strip()))
            return None
        items[0] = own._replace(
            op=said.op, options=tuple(option for option in own.options if option.key != "needs")
        )
        return list(said.options)

    def _said(self, items: list[Item], one: Bound) -> list[Option] | None:
        """Read a cell that is written as a layer is: `7x7/2 (x96)`, `3x3x32x64`, `s2`, `RE`."""
        if _REMARK.fullmatch(one.cell.text.strip()):
            return []
        parsed = self.parser.cell("structure", one.cell)
        if parsed is None:
            return None
        number = _number(parsed, one)
        if number:
            return [number]
        found = self.parser.items(one.cell, parsed)
        if found is None:
            return None
        if one.role == "norm":
            return [
                Option("norm", NORMS[item.op], one.cell.span)
                for item in found
                if isinstance(item, Layer) and item.op in NORMS
            ]
        return self._of_layers(items, found, one)

    def _of_layers(self, items: list[Item], found: tuple[Item, ...], one: Bound) -> list[Option] | None:
        """Return the options of the layers that a cell is read as, where they mean the row's layer."""
        layers = [item for item in found if isinstance(item, Layer) and self._agrees(items, item)]
        other = next((item for item in found if item not in layers), None)
        if other:
            self.reporter.add(problems.layer_in_column(self.source, other.span, one.header.strip()))
            return None
        # `LeakyReLU(0.2)`: with a slope it is a layer of its own.
        if one.role == "activation" and layers and len(layers[0].options) > 1:
            self.behind.append(layers[0])
            return [Option("activation", "none", one.cell.span), Option("acting", "", one.cell.span)]
        # Of a pool: the row's says it.
        options = [option for layer in layers for option in layer.options if option.value != "kind"]
        options = [
            option._replace(key="activation") if option.key == "function" else option for option in options
        ]
        return [
            shaped for option in options for shaped in (_filter(option) if one.role == "filter" else [option])
        ]

    def _agrees(self, items: list[Item], said: Layer) -> bool:
        """Return whether a property's cell that names an op means the row's: `Pool 8 x 8` of an average pool,
        `3x3 dw` of a conv."""
        meant = OPS[said.op]
        if meant.is_conv or meant.activates:
            return True
        for index, item in enumerate(items):
            if isinstance(item, Layer):
                if item.op == said.op or (OPS[item.op].pools and meant.pools):
                    return True
                if OPS[item.op].is_conv and meant.is_filter:
                    items[index] = item._replace(op=said.op)
                    return True
        return False


def _number(parsed: Any, one: Bound) -> Option | None:
    """Read a cell that holds one number, or one for each axis."""
    from archdsl.syntax.cells import Number

    if len(parsed) != 1 or not isinstance(parsed[0], Number):
        return None
    value, role = parsed[0].value, one.role
    if is_dims(value):
        return Option(role, factors(value), one.cell.span) if role in PER_AXIS else None
    called = role == "activation" and isinstance(value, Call)
    if called or role == "filter" or isinstance(value, Name):
        return None
    return Option("kernel" if role == "fused" else role, product(value), one.cell.span)


def _count(cell: Cell) -> Cell:
    """Return the number of `×3` and `3×`."""
    from archdsl.lang.repeats import ALONE

    count = ALONE.fullmatch(cell.text)
    return cell.part(*count.span(count.lastgroup or 0)) if count else cell


_IN_FULL = pattern(r"\s*[A-Za-z][A-Za-z -]*\(\s*([A-Za-z][\w-]*)\s*\)\s*")


def _short(cell: Cell) -> Cell:
    """Return the short form of an activation that stands behind its name: `Rectified Linear Unit (ReLU)`."""
    match = _IN_FULL.fullmatch(cell.text)
    return (
        cell.part(*match.span(1))
        if match and MEANINGS.get(plain(match[1]), ("",))[0] == "activation"
        else cell
    )


def _filter(option: Option) -> list[Option]:
    """Read a filter shape: `k x k x in x out`, `k x k x channels` of a depthwise one, `in x out` of a dense
    layer."""
    dims = per_axis(option)
    if option.key != "kernel" or not dims:
        return [option]
    if len(dims) > 3:
        return [option._replace(value=dims[:-2]), *ends(option, dims)]
    channels = [option._replace(key="channels", value=dims[2])] if len(dims) == 3 else []
    return [option._replace(value=dims[:2]), *channels]


def ends(option: Option, dims: tuple[Expr, ...]) -> list[Option]:
    """Take the last two numbers of a filter shape, the channels that it is for and those that it gives."""
    return [option._replace(key="entering", value=dims[-2]), option._replace(key="channels", value=dims[-1])]
