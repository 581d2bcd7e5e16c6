"""Names that the command line defines and no `param` line has: parameters of blocks, which some use of the
block may leave open."""

from archdsl.light import Any
from archdsl.source import Source, Span
from archdsl.syntax.ast import BlockDef, Use
from archdsl.syntax.names import keys, parameter_of


def block_with(blocks: tuple[BlockDef, ...], source: Source, name: str) -> BlockDef | None:
    """Return the first block of a text that has a parameter of that name; None where none has."""
    own = (block for block in blocks if block.source is source)
    return next((block for block in own if any(one.name == name for one in block.parameters)), None)


def is_open(part: tuple[Any, ...], source: Source, name: str) -> bool:
    """Return whether a part of a table uses a block of its text that has a parameter of that name, and does
    not say it there."""
    return any(use.block.source is source and _leaves_open(use, name) for use in _uses(part))


def _uses(part: tuple[Any, ...]) -> list[Use]:
    """List all uses of blocks in a part of a table, those inside blocks, too."""
    parts, seen = [part], set()
    for one in parts:  # which grows
        if not isinstance(one, Span) and id(one) not in seen:
            seen.add(id(one))
            parts += [inner for inner in one if isinstance(inner, tuple)]
    return [one for one in parts if isinstance(one, Use)]


def _leaves_open(use: Use, name: str) -> bool:
    """Return whether a use says nothing of a parameter; the stride of a block is that of its row."""
    parameters = use.block.parameters
    if not any(one.name == name and "stride" not in keys(one) for one in parameters):
        return False
    said: set[str] = set()
    for argument in use.args:
        free = next((one for one in parameters if one.name not in said), None)
        parameter = parameter_of(use.block, argument.key) if argument.key else free
        said |= {parameter.name} if parameter else set()
    options = (parameter_of(use.block, option.key) for option in use.options)
    return name not in said | {one.name for one in options if one}
