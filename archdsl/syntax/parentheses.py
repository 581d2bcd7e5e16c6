"""Parentheses, brackets and dashes of a cell that are no arithmetic, before the grammar sees them.

`(3x3, 64) x 2` is a bracket, `max pool (3x3, stride 2)` only says more of the layer before it, `(3, 3)` is a
window.
"""

from itertools import pairwise

from archdsl.lang.vocabulary import longest
from archdsl.source import Span
from archdsl.syntax.parser import Token

_PAIR = ["LPAR", "INT", "COMMA", "INT", "RPAR"]
# What a tuple behind them is of.
_TUPLES = ("reshape", "crop", "cropping", "zeropad", "padding", "kernel", "window", "stride", "strides")
_OPENING = ("LPAR", "CALL", "LSQB")
_CLOSING = ("RPAR", "RSQB")
_ENDS = ("INT", "FLOAT", "PERCENT", "WORD", "UNIT", "POWER", "QUOTED", *_CLOSING)
_STARTS = ("INT", "FLOAT", "PERCENT", "WORD", "COEFFICIENT", *_OPENING)
_LISTS = ("SEMICOLON", "ARROW", "AMPERSAND", "LSQB")


def arranged(tokens: list[Token]) -> list[Token]:
    """Return the tokens with parentheses that are no arithmetic turned into brackets, or left out."""
    tokens = _paired(_uncommaed(_spelt(tokens)))
    if not any(token.kind in ("LPAR", "CALL", *_SET_OFF) for token in tokens):
        return tokens
    found = _dashed(tokens)
    for opening, closing, inside in _pairs(tokens):
        kind = tokens[opening].kind
        if _is_tuple(tokens, opening, closing, inside):
            found[opening] = Token("LPAR", "(", tokens[opening].span)
            found[closing] = Token("RPAR", ")", tokens[closing].span)
            for at in range(opening + 2, closing, 2):
                found[at] = Token("_TIMES", "x", tokens[at].span)
        elif kind == "LPAR" and _says_more(tokens, opening, closing):
            repeated = _is_repeated(tokens, opening, closing)
            found[opening] = Token("LSQB" if repeated else "", "[", tokens[opening].span)
            found[closing] = Token("RSQB" if repeated else "", "]", tokens[closing].span)
        elif kind == "CALL" and _is_prose(tokens, opening, closing):
            found[opening] = tokens[opening]._replace(kind="WORD", text=tokens[opening].text[:-1])
            found[closing] = tokens[closing]._replace(kind="")
    return [token for token in found if token.kind]


def _spelt(tokens: list[Token]) -> list[Token]:
    """Read `3 by 3` as `3 x 3`, and counts in words as signs: `2 times [...]`, `conv, 64, repeated 2 times`,
    `twice`."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        one, after = tokens[at], tokens[at + 1 : at + 3]
        words = [token.text.lower() for token in tokens[at : at + 3]]
        if one.kind == "INT" and words[1:2] == ["by"] and [token.kind for token in after[1:]] == ["INT"]:
            found += [one, Token("_TIMES", "x", after[0].span)]
            at += 2
        elif one.kind == "INT" and words[1:2] == ["times"]:
            count = one._replace(span=Span(one.span.start, after[0].span.end))
            found += _times(count, found, last=at + 2 == len(tokens))
            at += 2
        elif (
            one.kind == "WORD"
            and words[0] in ("repeated", "repeat")
            and [token.kind for token in after[:1]] == ["INT"]
        ):
            end = at + 2 + (words[2:3] == ["times"])
            count = after[0]._replace(span=Span(one.span.start, tokens[end - 1].span.end))
            found += _times(count, found, last=end == len(tokens) or end == at + 2)
            at = end
        else:
            found.append(one)
            at += 1
    return found


def _times(count: Token, before: list[Token], last: bool) -> list[Token]:
    """Put the sign of a count in words: before what is repeated, behind a bracket, or in parentheses behind a
    layer."""
    sign = Token("_TIMES", "x", count.span)
    if before and before[-1].kind == "COMMA" and last:
        before.pop()
    if not before or before[-1].kind in _LISTS[:3]:
        return [count, sign]
    if before[-1].kind == "RSQB":
        return [sign, count]
    return (
        [Token("LPAR", "(", count.span), sign, count, Token("RPAR", ")", count.span)]
        if before[-1].kind not in _OPENING
        else [sign, count]
    )


def _uncommaed(tokens: list[Token]) -> list[Token]:
    """Leave out the comma of `[3x3, 64], x 2`."""
    kinds = [token.kind for token in tokens]
    lost = {at + 1 for at in range(len(kinds) - 2) if kinds[at : at + 3] == ["RSQB", "COMMA", "_TIMES"]}
    return [token for at, token in enumerate(tokens) if at not in lost] if lost else tokens


def _paired(tokens: list[Token]) -> list[Token]:
    """Read `((0, 1), (2, 0))`, what is before and behind each axis, as `(0x1x2x0)`."""
    kinds = [token.kind for token in tokens]
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at + 1
        while kinds[at] == "LPAR" and kinds[end : end + 5] == _PAIR:
            end += 6 if kinds[end + 5 : end + 7] == ["COMMA", "LPAR"] else 5
        if end > at + 1 and kinds[end : end + 1] == ["RPAR"]:
            sides = [token for token in tokens[at:end] if token.kind == "INT"]
            times = [Token("_TIMES", "x", side.span) for side in sides]
            inner = [token for pair in zip(times, sides, strict=True) for token in pair][1:]
            found += [tokens[at], *inner, tokens[end]]
            at = end + 1
        else:
            found.append(tokens[at])
            at += 1
    return found


def _dashed(tokens: list[Token]) -> list[Token]:
    """Read a dash before a word, or set off by blanks, as a comma: `Conv 3x3 - 64 - BN`; sums stand in
    parentheses. So is a dot between words, `64 filters · kernel 3`."""
    found, depth = [], 0
    for at, token in enumerate(tokens):
        depth += (token.kind in ("LPAR", "CALL")) - (token.kind == "RPAR")
        between = 0 < at < len(tokens) - 1 and depth == 0 and token.kind in _SET_OFF
        dash = between and _SET_OFF[token.kind](*tokens[at - 1 : at + 2])
        found.append(token._replace(kind="COMMA", text=",") if dash else token)
    return found


def _is_dash(before: Token, dash: Token, after: Token) -> bool:
    return after.kind in ("WORD", "CALL") or _is_apart(before, dash, after)


def _is_dot(before: Token, dot: Token, after: Token) -> bool:
    """Return whether a dot set off by blanks stands beside a word; `4 · C` is a product."""
    words = [token for token in (before, after) if token.kind in ("WORD", "CALL") and len(token.text) > 1]
    return dot.text != "*" and bool(words) and _is_apart(before, dot, after)


def _is_apart(before: Token, mark: Token, after: Token) -> bool:
    return before.span.end < mark.span.start < mark.span.end < after.span.start


_SET_OFF = {"MINUS": _is_dash, "_STAR": _is_dot}  # marks that may be commas


def _pairs(tokens: list[Token]) -> list[tuple[int, int, bool]]:
    """List the places of brackets and parentheses that belong together, and whether a call is around them."""
    found, stack = [], []
    for at, token in enumerate(tokens):
        if token.kind in _OPENING:
            stack.append(at)
        elif token.kind in _CLOSING and stack:
            opening = stack.pop()
            found.append((opening, at, any(tokens[one].kind == "CALL" for one in stack)))
    return found


def _is_tuple(tokens: list[Token], opening: int, closing: int, inside: bool) -> bool:
    """Recognise `(3, 3)`: whole numbers in a call or behind `=`, or equal ones anywhere."""
    inner = tokens[opening + 1 : closing]
    kinds = [token.kind for token in inner]
    if (
        len(kinds) < 3
        or tokens[opening].kind == "CALL"
        or kinds != ["INT", "COMMA"] * (len(kinds) // 2) + ["INT"]
    ):
        return False
    before = tokens[opening - 1] if opening else tokens[opening]
    given = inside or before.text.lower() in _TUPLES or before.kind == "_ASSIGN"
    return given or (tokens[opening].kind == "LPAR" and len({token.text for token in inner[::2]}) == 1)


def _top(tokens: list[Token], opening: int, closing: int) -> list[Token]:
    """List what stands between two parentheses, with what is inside others left out."""
    found: list[Token] = []
    depth = 0
    for token in tokens[opening + 1 : closing]:
        depth -= token.kind in _CLOSING
        if depth == 0:
            found.append(token)
        depth += token.kind in _OPENING
    return found


def _says_more(tokens: list[Token], opening: int, closing: int) -> bool:
    """Recognise layers and options from arithmetic and from `(x96)`."""
    inner = _top(tokens, opening, closing)
    after_bracket = opening > 0 and tokens[opening - 1].kind == "RSQB"
    if inner and inner[0].kind == "_TIMES":
        return after_bracket
    named = any(token.kind == "WORD" and _is_layer(token.text) for token in inner)  # `2 × (Conv + BN)`
    return (
        named
        or any(token.kind in ("COMMA", "_ASSIGN") for token in inner)
        or _is_prose(tokens, opening, closing)
    )


def _is_layer(word: str) -> bool:
    found = longest([word])
    return found is not None and found[1][0] in ("op", "norm")


def _is_prose(tokens: list[Token], opening: int, closing: int) -> bool:
    """Recognise words and numbers side by side, which no arithmetic has: `(3x3, stride 2)`, `(/2)`."""
    inner = _top(tokens, opening, closing)
    if any(token.kind in _LISTS for token in inner) or (inner and inner[0].kind == "SLASH"):
        return True
    pairs = list(pairwise(inner))
    slashed = any(before.kind == "COMMA" and after.kind == "SLASH" for before, after in pairs)
    return slashed or any(before.kind in _ENDS and after.kind in _STARTS for before, after in pairs)


def _is_repeated(tokens: list[Token], opening: int, closing: int) -> bool:
    before = tokens[opening - 1].kind if opening else ""
    after = tokens[closing + 1].kind if closing + 1 < len(tokens) else ""
    first = tokens[opening + 1].kind
    return first != "_TIMES" and "_TIMES" in (before, after)
