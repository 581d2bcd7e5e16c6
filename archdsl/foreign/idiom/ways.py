"""The ways that the blocks of a style can go: the ops of each, with arguments that give them."""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from archdsl.foreign.idiom.arguments import Arguments
from archdsl.foreign.idiom.house import NORMS
from archdsl.foreign.idiom.piece import OTHER, compiled, ops
from archdsl.foreign.words import text
from archdsl.ops import OPS
from archdsl.resolve.styles import style_blocks
from archdsl.syntax import library
from archdsl.syntax.ast import BlockDef, BlockParameter, Expr, Layer, Name, Num, Use, Wire

_EVERY = "_blocks"  # the file of blocks that belong to no style
_MOST_WAYS = 64
CHANNELS = 16  # of the map that blocks are tried on
_EXTENT = 8


class Way(NamedTuple):
    """Arguments with which a block has certain ops; `values` are those that are names of values."""

    block: BlockDef
    arguments: Arguments
    values: tuple[str, ...] = ()


def use(block: BlockDef, arguments: Arguments) -> str:
    """Write the use of a block: what it must be told in order, the rest by name where it is not the
    default."""
    words = []
    for parameter in block.parameters:
        value = arguments.get(parameter.name, _written(parameter.default) if parameter.default else "")
        if parameter.default is None:
            words.append(value)
        elif value != _written(parameter.default):
            words.append(f"{parameter.name}={value}")
    return f"{block.name}({', '.join(words)})" if words else block.name


def _written(default: Expr) -> str:
    if isinstance(default, Num):
        return text(default.value)
    return default.id if isinstance(default, Name) else ""


@cache
def ways(style: str, lines: tuple[str, ...], rank: int) -> dict[tuple[str, ...], list[Way]]:
    """Return the ops that the blocks of a style have, each with arguments that give them."""
    own = style_blocks(style)
    known = {
        **own,
        **{key: one for key, one in library.load(_EVERY).blocks.items() if key not in own},
    }.values()
    found: dict[tuple[str, ...], list[Way]] = {}
    entering = ((_EXTENT,) * (rank - 1)) + (CHANNELS,)
    for block in {block.name: block for block in known}.values():
        values = _values(block)
        for arguments in trials(block):
            made = compiled(lines, entering, f"piece  -  {use(block, arguments)}", (entering,) * len(values))
            sequence = ops(made) if made else ()
            if sequence and all(way.block is not block for way in found.get(sequence, ())):
                found.setdefault(sequence, []).append(Way(block, arguments, values))
    return found


def parts(sequence: tuple[str, ...]) -> int:
    """Count the layers, without the norms and activations that belong to them."""
    return sum(op not in (*NORMS, "activation") for op in sequence)


def trials(block: BlockDef) -> Iterator[Arguments]:
    """Return arguments for each way that the guards of a block can go."""
    sides = _sides(block)
    names = {name: [f"{OTHER}{number}"] for number, name in enumerate(_values(block), 1)}
    values = [names.get(one.name) or _samples(one, sides.get(one.name, [])) for one in block.parameters]
    for number, given in enumerate(product(*values)):
        if number == _MOST_WAYS:
            return
        yield dict(zip((parameter.name for parameter in block.parameters), given, strict=True))


def _values(block: BlockDef) -> tuple[str, ...]:
    """Return the parameters of a block that must be given and stand for values, not for numbers."""
    items = [item for step in block.steps for item in step.items]
    read = {ref.name for item in items if isinstance(item, Wire) for ref in item.refs}
    for layer in (item for item in items if isinstance(item, Layer)):
        own = (option.value for option in layer.options if option.key in OPS[layer.op].reads)
        read |= {value.id for value in own if isinstance(value, Name)}
    return tuple(one.name for one in block.parameters if one.default is None and one.name in read)


def _samples(parameter: BlockParameter, sides: list[str]) -> list[str]:
    """Return values of a parameter; of one that guards a line, values on both sides."""
    usual = _written(parameter.default) if parameter.default is not None else str(CHANNELS)
    return list(dict.fromkeys((usual, *sides)))


def _sides(block: BlockDef) -> dict[str, list[str]]:
    """Return for each parameter that decides which lines stand, here or in a block that is used, values that
    decide it otherwise."""
    found: dict[str, list[str]] = {}
    for step in block.steps:
        for condition in (one for conditions in step.guard for one in conditions):
            if isinstance(condition.left, Name):
                found.setdefault(condition.left.id, []).extend(_around(condition.right))
        for item in (one for one in step.items if isinstance(one, Use)):
            inner = _sides(item.block)
            for number, argument in enumerate(item.args):
                own = inner.get(argument.key or _parameter(item.block, number))
                if own and isinstance(argument.value, Name):
                    found.setdefault(argument.value.id, []).extend(own)
    return found


def _around(bound: Expr | None) -> list[str]:
    """Return a value with which a comparison holds, and one with which it does not."""
    if bound is None:
        return ["0", "1"]
    if isinstance(bound, Num):
        return [text(bound.value), text(bound.value + 1)]
    return [str(CHANNELS), str(2 * CHANNELS)]


def _parameter(block: BlockDef, number: int) -> str:
    return block.parameters[number].name if number < len(block.parameters) else ""
