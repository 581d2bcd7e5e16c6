"""Numbers that are told axis by axis: `stride 1 (T), 2 (XY)` -> `stride 1x2x2`."""

from archdsl.source import Span
from archdsl.syntax.parser import Token

# What tables call the axes of a map, by their place: time or depth, height, width.
_PLACES = {"T": 0, "D": 0, "Z": 0, "H": 1, "Y": 1, "F": 1, "W": 2, "X": 2}
_WORDS = {
    "TIME": "T",
    "TEMPORAL": "T",
    "DEPTH": "D",
    "SPACE": "YX",
    "SPATIAL": "YX",
    "HEIGHT": "H",
    "WIDTH": "W",
}
_WHOLE = ({0, 1}, {1, 2}, {0, 1, 2})
_LETTERS = ("WORD", "_TIMES", "COMMA")


def by_axis(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a window in the place of numbers that name the axes which they are for."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        sides, end = _run(tokens, at)
        places = sorted(sides)
        if {place for place, _ in places} in _WHOLE and len({place for place, _ in places}) == len(places):
            found += _window(
                [text for _, text in places], Span(tokens[at].span.start, tokens[end - 1].span.end)
            )
            at = end
        else:
            found.append(tokens[at])
            at += 1
    return found


def _run(tokens: list[Token], at: int) -> tuple[list[tuple[int, str]], int]:
    """Read `1 (T), 2 (XY)` from a place on: the place and the number of each axis, and where they end."""
    sides: list[tuple[int, str]] = []
    end = at
    while end < len(tokens):
        first = end + (end > at and tokens[end].kind in ("COMMA", "_TIMES"))
        axes, after = _named(tokens, first)
        if not axes:
            break
        sides += [(place, tokens[first].text) for place in axes]
        end = after
    return sides, end


def _named(tokens: list[Token], at: int) -> tuple[list[int], int]:
    """Read one number and the axes in parentheses behind it; none where they are no axes."""
    if [token.kind for token in tokens[at : at + 2]] != ["INT", "LPAR"]:
        return [], at
    end = at + 2
    while end < len(tokens) and tokens[end].kind in _LETTERS:
        end += 1
    if end == len(tokens) or tokens[end].kind != "RPAR":
        return [], at
    word = "".join(token.text.upper() for token in tokens[at + 2 : end] if token.kind != "COMMA")
    letters = _WORDS.get(word, word)
    known = all(letter in _PLACES for letter in letters)
    return [_PLACES[letter] for letter in letters] if known else [], end + 1


def _window(sides: list[str], place: Span) -> list[Token]:
    found = [Token("INT", sides[0], place)]
    for side in sides[1:]:
        found += [Token("_TIMES", "x", place), Token("INT", side, place)]
    return found
