"""Regular expressions that are compiled when one is first used: most tables need few of them, and a check
starts in milliseconds.

Compiling the lexer's alone takes a fifth of a bare Python start. So what Python's engine makes of each is
kept when the package is built (`pattern_codes.py`). That code belongs to one version of the engine; any other
compiles the expression itself.
"""

import re
import sys

from archdsl.light import Any, cast, import_module

_ENGINE = import_module("_sre")
_FORM = 2  # of what is kept: the words of the engine are bytes, four each
VERSION = (_FORM, sys.byteorder, *sys.version_info[:2], _ENGINE.MAGIC, _ENGINE.CODESIZE)
Code = tuple[Any, ...]  # the version, and what the engine makes an expression of
_KEPT: list[dict[tuple[str, int], Code]] = []


def code_of(text: str, flags: int = 0) -> Code:
    """Return the code of an expression, as `re` itself compiles it."""
    parsed = import_module("re._parser").parse(text, flags)
    state = parsed.state
    words = import_module("re._compiler")._code(parsed, flags)
    names = [""] * state.groups
    for name, number in state.groupdict.items():
        names[number] = name
    return (
        VERSION,
        int(flags | state.flags),
        b"".join(int(word).to_bytes(_ENGINE.CODESIZE, sys.byteorder) for word in words),
        state.groups - 1,
        dict(state.groupdict),
        tuple(name or None for name in names),
    )


def from_code(text: str, code: Code | None, flags: int = 0) -> re.Pattern[str]:
    """Return the expression of kept code; compile it where there is none, or where it is another engine's."""
    if not code or code[0] != VERSION:
        return re.compile(text, flags)
    _, flags, words, groups, index, names = code
    made = _ENGINE.compile(text, flags, memoryview(words).cast("I").tolist(), groups, index, names)
    return cast(re.Pattern[str], made)


def _kept() -> dict[tuple[str, int], Code]:
    if not _KEPT:
        try:
            from archdsl._patterns import CODES

            _KEPT.append(CODES)
        except ImportError:  # not built
            _KEPT.append({})
    return _KEPT[0]


# Those of the modules that are loaded, as text and flags: what is kept when the package is built.
SAID: set[tuple[str, int]] = set()


class Lazy:
    """An expression that is made on its first use."""

    def __init__(self, text: str, flags: int) -> None:
        self.said = text, int(flags)
        SAID.add(self.said)

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        if "made" not in own:
            text, flags = self.said
            own["made"] = from_code(text, _kept().get(self.said), flags)
        own[name] = getattr(own["made"], name)  # found without this function from now on
        return own[name]


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` does, compiled on its first use."""
    return cast(re.Pattern[str], Lazy(text, flags))
