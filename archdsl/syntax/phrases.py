"""Words of one layer that are printed apart, or glued to its window: `depthwise 3x3 conv`, `max pool3x3`.

The grammar sees them side by side, as a phrase of the vocabulary, with the window behind it.
"""

from collections.abc import Callable

from archdsl.lang.vocabulary import longest, numbered
from archdsl.source import Span
from archdsl.syntax.names import Blocks
from archdsl.syntax.parser import Token

_MOST = 3  # words of a phrase on either side of a window
_NAMES = ("op", "needs", "given")


def whole_phrases(tokens: list[Token], blocks: Blocks, passed: Callable[[Span, str], None]) -> list[Token]:
    """Return the tokens with each phrase in one piece; short forms of it are `passed` over."""
    if sum(token.kind == "WORD" for token in tokens) < 2:
        return tokens
    return _rejoined(_unglued(_unrepeated(tokens, passed)), blocks)


def _unrepeated(tokens: list[Token], passed: Callable[[Span, str], None]) -> list[Token]:
    """Leave out the short form behind a name in full, or the other way round: `Rectified Linear Unit
    (ReLU)`."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at + 1
        while tokens[at].kind == "LPAR" and end < len(tokens) and tokens[end].kind == "WORD":
            end += 1
        closed = end > at + 1 and end < len(tokens) and tokens[end].kind == "RPAR"
        again = closed and _means_same(
            _words_before(found, len(found)), [token.text for token in tokens[at + 1 : end]]
        )
        if again:
            passed(Span(tokens[at].span.start, tokens[end].span.end), "short form")
        found += [] if again else [tokens[at]]
        at = end + 1 if again else at + 1
    return found


def _means_same(before: list[str], inside: list[str]) -> bool:
    """Return whether the last words before a parenthesis mean what the words in it do."""
    meant = longest(inside)
    if meant is None or meant[0] < len(inside):
        return False
    phrases = [before[first:] for first in range(len(before))]
    return any(found == (len(phrase), meant[1]) for phrase in phrases if (found := longest(phrase)))


def _unglued(tokens: list[Token]) -> list[Token]:
    """Part `pool3x3` where the words before it go on with it: `max pool3x3`."""
    found: list[Token] = []
    for token in tokens:
        parts = numbered(token.text) if token.kind == "WORD" and token.text[-1:].isdigit() else None
        before = _words_before(found, len(found)) if parts else []
        if parts and any(_is_phrase([*before[at:], parts[0]]) for at in range(len(before))):
            found += _pieces(token, parts)
        else:
            found.append(token)
    return found


def _pieces(token: Token, parts: tuple[str, str]) -> list[Token]:
    """Divide a word with a window in it into tokens, each at its place where the source has the same
    length."""
    texts = [("WORD", parts[0])]
    for number in parts[1].split("x"):
        texts += [("_TIMES", "x"), ("INT", number)]
    del texts[1]
    exact = token.span.end - token.span.start == len(token.text)
    at = token.span.start + (len(token.text) - len("".join(text for _, text in texts)))
    found: list[Token] = []
    for kind, text in texts:
        start = at if kind != "WORD" else token.span.start
        found.append(Token(kind, text, Span(start, at + len(text)) if exact else token.span))
        at += len(text)
    return found


def _words_before(tokens: list[Token], end: int) -> list[str]:
    """List the words that stand side by side before a place, no more than a phrase has."""
    start = end
    while start > max(end - _MOST, 0) and tokens[start - 1].kind == "WORD":
        start -= 1
    return [token.text for token in tokens[start:end]]


def _rejoined(tokens: list[Token], blocks: Blocks) -> list[Token]:
    """Put the window of `average 3x3 pooling` behind the words that it divides."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _window_end(tokens, at) if found and found[-1].kind == "WORD" else at
        more = _continued(found, tokens, end, blocks) if end > at else 0
        found += [*tokens[end : end + more], *tokens[at:end]] if more else [tokens[at]]
        at = end + more if more else at + 1
    return found


def _window_end(tokens: list[Token], at: int) -> int:
    """Find where the window ends that begins at a place; the place itself where none does."""
    kinds = [token.kind for token in tokens[at : at + 5]]
    length = (
        5
        if kinds == ["INT", "_TIMES", "INT", "_TIMES", "INT"]
        else 3
        if kinds[:3] == ["INT", "_TIMES", "INT"]
        else 0
    )
    return at + length


def _continued(before: list[Token], tokens: list[Token], at: int, blocks: Blocks) -> int:
    """Count the words behind a window that go on with the words before it."""
    words = _words_before(before, len(before))
    end = at
    while end < min(at + _MOST, len(tokens)) and tokens[end].kind == "WORD":
        end += 1
    for stop in range(end, at, -1):
        further = [token.text for token in tokens[at:stop]]
        if any(_is_phrase([*words[first:], *further], blocks) for first in range(len(words))):
            return stop - at
    return 0


def _is_phrase(words: list[str], blocks: Blocks | None = None) -> bool:
    """Return whether words are together the name of a layer or of a block."""
    found = longest(words)
    if found and found[0] == len(words) > 1:
        return found[1][0] in _NAMES
    block = blocks.longest(words) if blocks else None
    return bool(block and block[0] == len(words) and not block[2])
