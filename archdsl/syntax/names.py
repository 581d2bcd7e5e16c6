"""The names that a cell may use: parameters, and blocks of the file, of the style and of the library."""

import re
from collections.abc import Callable, Mapping, Set
from functools import lru_cache

from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.syntax.ast import BlockDef, BlockParameter, Name, Num

# Functions of arithmetic.
FUNCTIONS = ("min", "max", "floor", "ceil", "round", "divisible", "mod", "power", "sqrt")
# A parameter of a block is bound by columns and options of these roles, too, where its name is the usual
# letter.
ROLES = {
    "t": "expansion",
    "c": "channels",
    "s": "stride",
    "k": "kernel",
    "n": "repeat",
    "e": "expanded",
    "g": "groups",
    "d": "dilation",
    "act": "activation",
    "nl": "activation",
}
_NUMBERED = pattern(r"([a-z]+?)(\d+(?:\.\d+)?)")
LONGEST = 4  # words of a block's name


@lru_cache(maxsize=4096)
def compact(words: str) -> str:
    """Bring the name of a block to the form in which names are compared: `Fused-MBConv` -> `fusedmbconv`."""
    return re.sub(r"[^a-z0-9]+", "", words.lower())


@lru_cache(maxsize=4096)
def keys(parameter: BlockParameter) -> tuple[str, ...]:
    """Return the keys under which a parameter can be given a value, besides by position."""
    role = ROLES.get(parameter.name.lower())
    headers = tuple(header_key(header) for header in parameter.headers)
    return (parameter.name, *((role,) if role else ()), *parameter.headers, *headers)


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """Bring a column header to the form in which headers are compared: `#3×3 reduce` -> `#3x3 reduce`."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=\d)\s*[×xX]\s*(?=\d)", "x", header)).strip(" *:").lower()


def parameter_of(block: BlockDef, key: str) -> BlockParameter | None:
    """Find the parameter that a key gives a value to; an exact name wins."""
    for parameter in block.parameters:
        if parameter.name == key:
            return parameter
    low = key.lower()
    return next(
        (parameter for parameter in block.parameters if key in keys(parameter) or low in keys(parameter)),
        None,
    )


def own_parameters(blocks: "Blocks", source: Source) -> tuple[BlockParameter, ...]:
    """List the parameters of the blocks that a text itself defines."""
    return tuple(
        parameter for block in blocks.own.values() if block.source is source for parameter in block.parameters
    )


def usual(parameter: BlockParameter, span: Span) -> Num:
    """Return what a mark or the bare name of a parameter says: its default where that is an amount, else
    yes."""
    default = parameter.default
    return Num(default.value if isinstance(default, Num) and default.value else 1, span)


def guard_words(block: BlockDef, parameter: str) -> set[str]:
    """List the words that the guards of a block compare a parameter with."""
    conditions = [one for step in block.steps for alternative in step.guard for one in alternative]
    return {
        one.right.id.lower()
        for one in conditions
        if isinstance(one.left, Name) and one.left.id == parameter and isinstance(one.right, Name)
    }


class Blocks(NamedTuple):
    """Blocks by compact name: `own` are the file's and style's; `library` finds one of the library, or None.

    `below` are the blocks of the file that are not defined yet, `current` the one that is being defined;
    `values` are the names of rows and of lines of the block, which wiring may speak of.
    """

    own: Mapping[str, BlockDef] = {}
    library: Callable[[str], BlockDef | None] = lambda name: None
    below: Set[str] = frozenset()
    current: str = ""
    values: frozenset[str] = frozenset()

    def get(self, name: str) -> BlockDef | None:
        """Find a block by name or alias."""
        key = compact(name)
        return self.own.get(key) or self.library(key)

    def names(self) -> tuple[str, ...]:
        """List the names that the file and the style define."""
        return tuple(dict.fromkeys(block.name for block in self.own.values() if not block.broken))

    def longest(self, words: list[str]) -> tuple[int, BlockDef, str] | None:
        """Find the longest run of words that names a block: its length, the block, and a number glued to it
        (`MBConv6`)."""
        for count in range(min(LONGEST, len(words)), 0, -1):
            key = compact("".join(words[:count]))
            found = self.own.get(key) or self.library(key)
            if found:
                return count, found, ""
            numbered = _NUMBERED.fullmatch(words[count - 1].lower().replace("-", "").replace("_", ""))
            if numbered:
                key = compact("".join(words[: count - 1])) + numbered[1]
                found = self.own.get(key) or self.library(key)
                if found and found.parameters:
                    return count, found, numbered[2]
        return None


def with_names(blocks: Mapping[str, BlockDef], more: tuple[BlockDef, ...]) -> dict[str, BlockDef]:
    """Add blocks under their names and aliases."""
    return {**blocks, **{compact(name): block for block in more for name in (*block.aliases, block.name)}}
