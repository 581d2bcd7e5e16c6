"""Numbers that are none of a layer: the axes of its map (`1-D conv`, `3D max pool`, `Conv 2D`), and `1st
conv`."""

from collections.abc import Callable

from archdsl.lang.ordinals import kind_of
from archdsl.lang.vocabulary import LONGEST
from archdsl.ops import OPS
from archdsl.source import Span
from archdsl.syntax.parser import Token

_UNITS = ("d", "dim", "dimensional")
_SAID = ("one-d", "two-d", "three-d", "one-dimensional", "two-dimensional", "three-dimensional")
_NAMES = ("WORD", "CALL")
_WINDOWED = ("conv", "pool", "resize")
_OF_MAPS = (*_WINDOWED, "norm", "regularisation")


def undimensioned(tokens: list[Token], passed: Callable[[Span, str], None]) -> list[Token]:
    """Return the tokens without those of dimensions, which are `passed` over: `2D conv` and `conv 2D` are a
    convolution, and how many axes it has stands before its words."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        count, rest = _dimension(tokens, at)
        before = _family([*rest, *tokens[at + count : at + count + LONGEST]]) if count else ""
        dash = len(found) > 1 and found[-1].kind == "MINUS"  # `Conv-1D`
        behind = _family(found[-2:-1] if dash else found[-1:]) if count and not rest else ""
        said = bool(before or behind) or _is_ordinal(tokens, at)
        del found[len(found) - (dash and bool(behind)) :]
        taken = (count or 2) if said else 1
        end = rest[0].span.start if rest else tokens[at + taken - 1].span.end
        if said:
            passed(Span(tokens[at].span.start, end), "axes" if count else "ordinal")
        if said and (before or behind) in _WINDOWED:
            _put_before(found, tokens[at].text, Span(tokens[at].span.start, end))
        found += rest if said else tokens[at : at + 1]
        at += taken
    return found


def _put_before(found: list[Token], said: str, place: Span) -> None:
    """Put how many axes are said before the words that say the layer."""
    at = len(found)
    while at and found[at - 1].kind == "WORD":
        at -= 1
    count = said if said.isdecimal() else str(_SAID.index(said.lower()) % 3 + 1)
    found.insert(at, Token("AXES", count, place))


def _is_ordinal(tokens: list[Token], at: int) -> bool:
    """Return whether `1st`, `2nd` or the like stands before a word."""
    kinds = [token.kind for token in tokens[at : at + 3]]
    return (
        kinds[:1] == ["COEFFICIENT"]
        and kinds[1:2] == ["WORD"]
        and kinds[2:] != []
        and tokens[at + 1].text in ("st", "nd", "rd", "th")
    )


def _dimension(tokens: list[Token], at: int) -> tuple[int, list[Token]]:
    """Read a dimension word: of how many tokens it is, and what is glued to it (the `Conv` of `2DConv`)."""
    token, unit = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
    if token.kind == "WORD" and token.text.lower() in _SAID:
        return 1, []
    if unit is None or token.text not in ("1", "2", "3"):
        return 0, []
    text = unit.text.lstrip("- ")
    if unit.kind == "UNIT" or text.lower() in _UNITS:
        return (2, []) if text.lower() in _UNITS else (0, [])
    glued = unit.kind in _NAMES and text[:1] in ("D", "d") and (text[1:2] == "-" or text[1:2].isupper())
    rest = text[1:].lstrip("-")
    return (
        (2, [Token(unit.kind, rest, Span(unit.span.end - len(rest), unit.span.end))])
        if glued and rest
        else (0, [])
    )


def _family(tokens: list[Token]) -> str:
    """Return the family of the layer on maps that tokens begin with; empty for anything else."""
    words: list[str] = []
    for token in tokens[:LONGEST]:
        if token.kind not in _NAMES:
            break
        words.append(token.text.rstrip("(."))
    parts = [part for word in words for part in word.split("-")]
    # Blocks have a layer's word in their names, too: `2D separable conv`.
    kinds = filter(None, (kind_of(parts[at:]) for at in range(len(parts))))
    kind = next(kinds, None)
    family = OPS[kind[1]].family if kind is not None and kind[0] in ("op", "norm") else ""
    return family if family in _OF_MAPS else ""
