"""A named block in a cell -> its arguments, by place, by key and from columns, and whether they are
complete."""

from archdsl.light import TYPE_CHECKING, Any
from archdsl.problems import blocks as block_problems
from archdsl.problems import names, uses
from archdsl.resolve.conventions import normal
from archdsl.resolve.option_values import MAX_CHANNELS
from archdsl.resolve.specs import UseSpec
from archdsl.resolve.template import MAX_DEPTH, Template, word_or
from archdsl.source import Span
from archdsl.syntax.ast import Argument, BinOp, BlockDef, BlockParameter, Option, Use
from archdsl.syntax.cells import factors, is_dims
from archdsl.syntax.names import keys, parameter_of

if TYPE_CHECKING:
    from archdsl.resolve.resolve import ItemResolver

_SCALED = ("channels", "expanded")


def resolve_use(resolver: "ItemResolver", use: Use) -> UseSpec | None:
    """Return a use with its arguments; None where its block cannot be used."""
    block = use.block
    if block.broken:
        resolver.reporter.follow()
        return None
    if resolver.depth >= MAX_DEPTH:
        resolver.reporter.add(block_problems.too_deep(resolver.source, use.span, block.name, MAX_DEPTH))
        return None
    given = _Given(resolver, block)
    for argument in use.args:
        given.argument(argument)
    for option in use.options:
        given.option(option)
    values, places = given.values, given.places
    stride = next((parameter.name for parameter in block.parameters if "stride" in keys(parameter)), None)
    _complete_use(resolver, use, values, stride)
    said = values.pop(stride, None) if stride else None
    if said is not None and not isinstance(said, tuple):
        said = (int(said),) * resolver.rank
    if stride and stride in places:
        places["stride"] = places[stride]
    return UseSpec(Template(block, values, resolver, use.span), said, use.span, places)


def use_of(resolver: "ItemResolver", block: BlockDef, channels: int | None, span: Span) -> UseSpec | None:
    """Use a block that the table does not print, with the channels of what follows it."""
    name = next((parameter.name for parameter in block.parameters if "channels" in keys(parameter)), None)
    values = {name: channels} if name and channels else {}
    return UseSpec(Template(block, values, resolver, span), None, span, {})


class _Given:
    """The arguments of one use: their values by parameter, and their places."""

    def __init__(self, resolver: "ItemResolver", block: BlockDef) -> None:
        self.resolver = resolver
        self.block = block
        self.values: dict[str, Any] = {}
        self.places: dict[str, Span] = {}

    def argument(self, argument: Argument) -> None:
        """Take an argument between the parentheses: the one of its key, or the next that is free."""
        free = [parameter for parameter in self.block.parameters if parameter.name not in self.values]
        parameter = parameter_of(self.block, argument.key) if argument.key else free[0] if free else None
        if parameter is not None:
            self._take(parameter, argument.value, argument.span)
            return
        source, reporter = self.resolver.source, self.resolver.reporter
        reporter.add(
            uses.surplus_argument(source, argument.span, _called(self.block), self._takes(), argument.key)
        )

    def option(self, option: Option) -> None:
        """Take an option after the block's name, or one that a column gives."""
        parameter = parameter_of(self.block, option.key)
        if parameter is not None:
            self._take(parameter, option.value, option.span)
            return
        source, reporter = self.resolver.source, self.resolver.reporter
        reporter.add(names.option_not_taken(source, option.span, option.key, self.block.name, self._takes()))

    def _takes(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.block.parameters)

    def _take(self, parameter: BlockParameter, value: Any, span: Span) -> None:
        name = parameter.name
        if name in self.values:
            source, reporter = self.resolver.source, self.resolver.reporter
            reporter.add(uses.argument_twice(source, span, self.block.name, name, self.places[name]))
            return
        self.values[name] = _argument_value(self.resolver, name, keys(parameter), value, span)
        self.places[name] = span


def _argument_value(
    resolver: "ItemResolver", name: str, known_as: tuple[str, ...], value: Any, span: Span
) -> Any:
    if isinstance(value, BinOp) and is_dims(value):
        value = factors(value)
    if isinstance(value, str):
        found: Any = value
    elif type(value) is tuple:
        found = tuple(resolver.evaluator.whole(one, f"`{name}`", 0, MAX_CHANNELS, span) or 0 for one in value)
    else:
        found = word_or(resolver, value)
    if isinstance(found, str) and "activation" in known_as:
        return normal("activation", found)
    if isinstance(found, int | float) and any(key in known_as for key in _SCALED):
        return resolver.scaled(found)
    return found


def _complete_use(resolver: "ItemResolver", use: Use, values: dict[str, Any], stride: str | None) -> None:
    """Return channels that the size of the row prints; report parameters without a value; a stride may be
    solved."""
    for parameter in use.block.parameters:
        said = values.keys() | resolver.settings.defaults.keys()
        if parameter.name in said or parameter.default is not None or parameter.name == stride:
            continue
        if "channels" in keys(parameter) and resolver.printed_channels:
            values[parameter.name] = resolver.printed_channels
        else:
            resolver.reporter.add(
                uses.missing_argument(
                    resolver.source, use.span, _called(use.block), parameter.name, parameter.headers
                )
            )


def _called(block: BlockDef) -> "uses.BlockName":
    return uses.BlockName(block.name, block.source, block.span)
