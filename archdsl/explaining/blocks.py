"""A block of the library or of a file (`FILE#block`) -> its page for `archdsl explain`, and an example
network of it, which is drawn."""

import os
import re

from archdsl.diagnostics import Reporter
from archdsl.lang.vocabulary import longest
from archdsl.loading import read_source
from archdsl.network import Network, Spec
from archdsl.pipeline import compile_source, read
from archdsl.resolve.conventions import CONVENTIONS
from archdsl.source import Source
from archdsl.syntax import library
from archdsl.syntax.ast import BlockDef, BlockParameter
from archdsl.syntax.names import ROLES, Blocks, compact, keys
from archdsl.syntax.parse import TableParser

# What an argument is in an example: by the role of the parameter, or by the kind of its usual letter.
_EXAMPLES = {
    "channels": "32",
    "expansion": "2",
    "expanded": "64",
    "kernel": "3",
    "groups": "4",
    "repeat": "2",
    "activation": "relu",
}
_NUMBER = "16"
# Channels that reach the example, in the order in which they are tried: the first gives a block its shortcut.
_INPUTS = ("32x32x32", "32x32x64", "32x32x3", "35x35x16", "16x32")


def find(word: str) -> BlockDef | None:
    """Find a block of the library by name or alias, however it is written, or of a file; a word of layers is
    none."""
    path, hash_, name = word.rpartition("#")
    if hash_ and os.path.isfile(path):
        source, fault = read_source(path)
        own = _blocks(source) if fault is None else ()
        return next(
            (block for block in own if compact(name) in map(compact, (block.name, *block.aliases))), None
        )
    block = library.find(compact(word))
    return None if block and longest(word.split()) and compact(block.name) != compact(word) else block


def _blocks(source: Source) -> tuple[BlockDef, ...]:
    """List the blocks that the tables of a file define."""
    found: list[BlockDef] = []
    for grid in read(source, Reporter()).grids:
        parser = TableParser(source, Reporter(), frozenset({"classes"}), Blocks({}, library.find))
        parser.parameters_of(grid)
        found += (block for block in parser.blocks_of(grid) if not block.broken)
    return tuple(found)


def _above(block: BlockDef) -> str:
    """Return the settings and blocks that stand around a block in its file, for its example."""
    file = library.file_of(block)
    if file:
        return f"style {'plain' if file.startswith('_') else file}\n"
    settings = [setting for grid in read(block.source, Reporter()).grids for setting in grid.settings]
    lines = [
        f"{one.key.text} {one.value.text}"
        for one in settings
        if one.key.text in ("style", "param", *CONVENTIONS)
    ]
    return "\n".join([*lines, *(one.text for one in _blocks(block.source))]) + "\n"


def names() -> tuple[str, ...]:
    """List the blocks of the library by name, those of one file together."""
    blocks = [block for file in library.names() for block in library.load(file).blocks.values()]
    return tuple(dict.fromkeys(block.name for block in blocks))


def page(block: BlockDef) -> str:
    """Describe a block: where it comes from, how it is written, its definition and its parameters."""
    file = library.file_of(block)
    origin = f"a block of {block.source.path}" if file is None else f"a block of the style {file}"
    origin = "a block for every style" if file and file.startswith("_") else origin
    lines = [f"{block.name}: {origin}", ""]
    if block.aliases:
        lines += [f"written: {', '.join((block.name, *block.aliases))}", ""]
    lines += [*_comment(block), block.text.rstrip(), ""]
    lines += [_parameter(block, parameter) for parameter in block.parameters]
    return "\n".join([*lines, *([""] if block.parameters else []), f"used:    {_call(block)}"])


def _comment(block: BlockDef) -> list[str]:
    """Return the comment that stands above a definition."""
    above = block.source.text[: block.source.text.index(block.text)].split("\n")[:-1]
    found: list[str] = []
    while above and above[-1].startswith("#"):
        found.insert(0, above.pop())
    return found


def _parameter(block: BlockDef, parameter: BlockParameter) -> str:
    facts = []
    if parameter.default is not None:
        span = parameter.default.span
        facts.append(f"default {block.source.text[span.start : span.end]}")
    roles = dict.fromkeys(
        f"of {role}"
        for role in (ROLES.get(parameter.name.lower()), *parameter.headers)
        if role in ROLES.values()
    )
    columns = [f"`{header}`" for header in parameter.headers if header not in ROLES.values()] + list(roles)
    if columns:
        facts.append(f"column {' or '.join(columns)}")
    if "stride" in keys(parameter):
        facts.append("solved from the sizes where it is not said")
    return f"  {parameter.name:<12} {'; '.join(facts)}".rstrip()


def _call(block: BlockDef) -> str:
    """Write a use of a block with example arguments for the parameters that need one."""
    given = [
        f"{parameter.name}={_example(block, parameter)}"
        for parameter in block.parameters
        if _needed(parameter)
    ]
    return f"{block.name}({', '.join(given)})" if given else block.name


def _needed(parameter: BlockParameter) -> bool:
    return parameter.default is None and "stride" not in keys(parameter)


def _example(block: BlockDef, parameter: BlockParameter) -> str:
    if re.search(rf"\b(?:from|add|concat|multiply|keys\s*=)\s*{re.escape(parameter.name)}\b", block.text):
        return "input"  # the name of a value
    known = keys(parameter)
    role = next((key for key in known if key in _EXAMPLES), "")
    kernel = re.fullmatch(r"k\d*", parameter.name)
    return _EXAMPLES.get("kernel" if kernel else role, _NUMBER)


def network(block: BlockDef) -> Network | None:
    """Build a network of one block with example arguments; None where none of the example inputs suits it."""
    above = _above(block)
    for size in _INPUTS:
        text = f"input {size}\nname {block.name}\n{above}{block.name}  -  {_call(block)}\n"
        compilation = compile_source(Source(_call(block), text))  # the figure says what it is the figure of
        if not compilation.failed:
            return Spec(compilation).network()
    return None
