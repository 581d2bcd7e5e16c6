"""Words of a block's parameter that stand beside some of its uses: `MBConv3, 40, SE` in one row, `MBConv6,
40` in another.

Where a table prints such a word, the uses without it are without what it says, whatever the block has as a
rule.
"""

from archdsl.diagnostics import Reporter
from archdsl.problems import lints
from archdsl.source import Source
from archdsl.syntax.ast import Block, BlockDef, Item, Num, Option, Row, Use
from archdsl.syntax.names import parameter_of

Said = dict[tuple[int, str], list[Use]]


def without_word(source: Source, reporter: Reporter, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows with such a parameter set to 0 where its word is not printed; the reading is told."""
    uses = [use for row in rows for use in _uses(row.items or ())]
    words = [
        (use.block, option) for use in uses for option in use.options if _is_word(source, use.block, option)
    ]
    for block, option in {
        (id(block), option.key): (block, option) for block, option in reversed(words)
    }.values():
        others = [use for use in uses if use.block is block and not _says(use, option.key)]
        if others:
            usual = source.clean[option.span.start : option.span.end]
            default = str(option.value.value) if isinstance(option.value, Num) else ""
            reporter.add(
                lints.beside_some(
                    source, option.span, usual, block.name, [use.span for use in others], default
                )
            )
            rows = tuple(
                row if row.items is None else row._replace(items=_without(row.items, block, option.key))
                for row in rows
            )
    return rows


def _uses(items: tuple[Item, ...]) -> list[Use]:
    inner = [use for item in items if isinstance(item, Block) for use in _uses(item.items)]
    return [item for item in items if isinstance(item, Use)] + inner


def _is_word(source: Source, block: BlockDef, option: Option) -> bool:
    """Return whether an option is the bare name of a parameter that the block has an amount of as a rule."""
    parameter = parameter_of(block, option.key)
    default = parameter.default if parameter else None
    bare = source.clean[option.span.start : option.span.end].lower() == option.key
    return bare and isinstance(default, Num) and bool(default.value)


def _says(use: Use, key: str) -> bool:
    """Return whether a use gives a parameter, by its name or its place."""
    place = next(i for i, parameter in enumerate(use.block.parameters) if parameter.name == key)
    given = len(use.args) > place or any(argument.key == key for argument in use.args)
    return given or any(option.key == key for option in use.options)


def _without(items: tuple[Item, ...], block: BlockDef, key: str) -> tuple[Item, ...]:
    found: list[Item] = []
    for item in items:
        if isinstance(item, Block):
            item = item._replace(items=_without(item.items, block, key))  # noqa: PLW2901
        elif isinstance(item, Use) and item.block is block and not _says(item, key):
            item = item._replace(options=(*item.options, Option(key, Num(0, item.span), item.span)))  # noqa: PLW2901
        found.append(item)
    return tuple(found)
