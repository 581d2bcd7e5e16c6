"""Definitions of macros: TeX's, LaTeX's and those of xparse."""

from archdsl.forms.latex.stream import Macro, Stream, plain
from archdsl.forms.latex.tokens import Token
from archdsl.light import Final

_LATEX = (
    "newcommand",
    "renewcommand",
    "providecommand",
    "DeclareRobustCommand",
    "newrobustcmd",
    "renewrobustcmd",
    "DeclareMathOperator",
)
_XPARSE = ("NewDocumentCommand", "RenewDocumentCommand", "ProvideDocumentCommand", "DeclareDocumentCommand")
_TEX = ("def", "gdef", "edef", "xdef")
DEFINING: Final = frozenset((*_LATEX, *_XPARSE, *_TEX, "let"))


def define(stream: Stream, name: str) -> None:
    """Take a definition, whose macro has been read; one that cannot be followed leaves its macro unknown."""
    first = stream.argument(8)
    if not first or not first[0].name:
        return
    own = first[0].name
    if name == "let":
        _let(stream, own)
        return
    parameters = _parameters(stream, name)
    body = stream.argument()
    known = stream.macros.known
    defined = name.lower().startswith("provide") and own in known
    if not defined and body is not None and parameters is not None and len(parameters) <= 9:
        known[own] = Macro(parameters, body)


def _let(stream: Stream, own: str) -> None:
    meant = stream.argument(1)
    if meant and meant[0].text == "=":
        meant = stream.argument(1)
    if meant and meant[0].name != own:
        stream.macros.known[own] = stream.macros.known.get(meant[0].name) or Macro((), meant)


def _parameters(stream: Stream, name: str) -> tuple[list[Token] | None, ...] | None:
    """Read what parameters a macro has: for each the value that it has if it is left out, None where it may
    not be."""
    if name in _XPARSE:
        return _signature(stream.argument() or [])
    if name in _TEX:
        return _pattern(stream)
    number = plain(stream.optional() or [])
    count = int(number) if number.isascii() and number.isdecimal() and len(number) == 1 else 0
    default = stream.optional() if count else None
    return (default, *[None] * (count - 1)) if count else ()


def _pattern(stream: Stream) -> tuple[None, ...] | None:
    """Read the parameters of TeX, `#1#2`; those with delimiters are not followed."""
    count, followed = 0, True
    while (token := stream.raw()) and token.text != "{":
        count += token.text[0] == "#"
        followed = followed and (token.text[0] == "#" or token.text.isspace())
    if token:
        stream.back(token)
    return (None,) * count if followed else None


def _signature(tokens: list[Token]) -> tuple[list[Token] | None, ...] | None:
    """Read the parameters of xparse: `m`, `o` and `O{default}`; others are not followed."""
    found: list[list[Token] | None] = []
    depth = 0
    for token in tokens:
        if token.text == "}":
            depth -= 1
        if depth:
            (found[-1] if found and found[-1] is not None else []).append(token)
        elif token.text not in "{}":
            for char in token.text.strip().replace("+", "").replace("!", ""):
                if char not in "moO":
                    return None
                found.append(None if char == "m" else [])
        depth += token.text == "{"
    return tuple(found)
