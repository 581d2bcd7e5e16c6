"""The lexer of the grammar: one expression, whose compiled code is kept with the tables.

Compiling it takes a fifth of a bare Python start. The code belongs to one version of Python's engine; any
other compiles the expression itself.
"""

import re
import sys

from archdsl.light import Any, import_module

_ENGINE = import_module("_sre")
VERSION = (*sys.version_info[:2], _ENGINE.MAGIC, _ENGINE.CODESIZE)
Code = tuple[Any, ...]  # the version, and what the engine makes an expression of


def compiled(pattern: str) -> Code:
    """Return the code of an expression, as `re` itself compiles it."""
    parsed = import_module("re._parser").parse(pattern, 0)
    state = parsed.state
    code = import_module("re._compiler")._code(parsed, 0)
    names = [""] * state.groups
    for name, number in state.groupdict.items():
        names[number] = name
    return (
        VERSION,
        state.flags,
        tuple(map(int, code)),
        state.groups - 1,
        dict(state.groupdict),
        tuple(name or None for name in names),
    )


def lexer(pattern: str, code: Code) -> Any:
    """Return the expression of kept code; compile it where the code is another engine's."""
    if not code or code[0] != VERSION:
        return re.compile(pattern)
    _, flags, words, groups, index, names = code
    return _ENGINE.compile(pattern, flags, list(words), groups, index, names)
