"""Names that the grammar takes apart: the rows `x1` and `x`, the difference `c-in` of two parameters."""

from collections.abc import Callable, Set
from itertools import pairwise

from archdsl.lang.vocabulary import longest
from archdsl.source import Span
from archdsl.syntax.dimensions import undimensioned
from archdsl.syntax.joins import one_list
from archdsl.syntax.names import FUNCTIONS, Blocks
from archdsl.syntax.parser import Token
from archdsl.syntax.phrases import whole_phrases
from archdsl.syntax.slug import slug
from archdsl.syntax.typed import typed

STRANGE = "strange"  # a cell of layers, to tell what is wrong with its words
_STRUCTURES = ("structure", STRANGE)
_SPELT = {"by", "times", "repeat", "repeated"}  # signs in words
_JOINTS = ("COMMA", "AMPERSAND", "PLUS")


def named(
    known: Set[str], blocks: Blocks, start: str, passed: Callable[[Span, str], None], tokens: list[Token]
) -> list[Token]:
    """Return the tokens with parameters (`known`), values (names of rows and steps) and layers that are one
    word or phrase each; in a cell of layers, words that mean nothing are of no kind which the grammar has."""
    tokens = [part for token in tokens for part in _parted(token, known, blocks)]
    if start not in _STRUCTURES:
        return tokens
    kinds = {token.kind for token in tokens}
    if "_TIMES" in kinds:
        tokens = _wired(tokens, blocks.values)
    if "SLASH" in kinds:
        tokens = [_between(tokens, at, known) for at in range(len(tokens))]
    if not kinds.isdisjoint(("LSQB", "LBRACE", "LPAR")):
        tokens = _told(tokens, kinds, known)
    tokens = whole_phrases(one_list(undimensioned(tokens, passed)), blocks, passed)
    if _is_arranged(tokens, kinds):
        from archdsl.syntax.parentheses import arranged

        tokens = arranged(tokens)
    return typed(tokens, known, blocks) if start == "structure" else tokens


def _between(tokens: list[Token], at: int, known: Set[str]) -> Token:
    """Return the slash before an activation or a norm as the comma that it stands for: `conv/relu`."""
    token, after = tokens[at], tokens[at + 1 : at + 2]
    if token.kind != "SLASH" or not after or after[0].kind != "WORD" or after[0].text in known:
        return token
    found = longest([after[0].text])
    behind = found is not None and found[1][0] in ("activation", "norm") and at > 0
    return token._replace(kind="COMMA") if behind else token


def _is_arranged(tokens: list[Token], kinds: Set[str]) -> bool:
    """Return whether a cell may have parentheses, dashes or signs in words that the grammar has otherwise."""
    if not kinds.isdisjoint(("LPAR", "CALL", "MINUS", "_STAR")) or any(
        token.text.lower() in _SPELT for token in tokens
    ):
        return True
    return any(one.kind == "RSQB" and after.kind == "COMMA" for one, after in pairwise(tokens))


def _told(tokens: list[Token], kinds: Set[str], known: Set[str]) -> list[Token]:
    """Read windows that are told frame by frame, or axis by axis."""
    if "MINUS" in kinds or any(token.text == "t" for token in tokens if "t" not in known):
        from archdsl.syntax.contexts import windows

        tokens = windows(tokens)
    if any(token.kind == "INT" and after.kind == "LPAR" for token, after in pairwise(tokens)):
        from archdsl.syntax.by_axis import by_axis

        tokens = by_axis(tokens)
    return tokens


def _parted(token: Token, known: Set[str], blocks: Blocks) -> list[Token]:
    """Read a word as a difference where all its parts are numbers: `c-in`, `n-min(2, n)`; `k(n-1)` is a
    product."""
    *parts, last = token.text.rstrip("(").split("-") if token.kind in ("WORD", "CALL") else [""]
    called = token.kind == "CALL"
    named = last in known or (called and last in FUNCTIONS)
    if not named or not (parts or called) or not all(part in known for part in parts):
        return [token]
    found: list[Token] = []
    at = token.span.start
    for part in (*parts, last):
        found += [Token("MINUS", "-", Span(at - 1, at)), Token("WORD", part, Span(at, at + len(part)))]
        at += len(part) + 1
    return [*found[1:-1], *(_called(last, found[-1].span, blocks) if called else found[-1:])]


def _called(name: str, span: Span, blocks: Blocks) -> list[Token]:
    """Read the name before a parenthesis: of a function or block, or a factor of what stands in it."""
    opening = Span(span.end, span.end + 1)
    if name in FUNCTIONS or blocks.get(name):
        return [Token("CALL", f"{name}(", Span(span.start, opening.end))]
    return [
        Token("WORD", name, span),
        Token("_STAR", "*", Span(span.end, span.end)),
        Token("LPAR", "(", opening),
    ]


def _wired(tokens: list[Token], values: Set[str]) -> list[Token]:
    """Read `x` and `x2` as names behind a wire's word (`add x2, x3`) and as the arguments of a block
    (`node(32, x2)`)."""
    found: list[Token] = []
    wire, calls, at = False, 0, 0
    while at < len(tokens):
        token, end = tokens[at], _end(tokens, at)
        name = "".join(part.text for part in tokens[at:end])
        argument = calls and found[-1].kind in ("CALL", "COMMA", "_ASSIGN")
        if token.kind == "_TIMES" and (wire or argument) and slug(name) in values:
            token, at = Token("WORD", name, Span(token.span.start, tokens[end - 1].span.end)), end - 1
        calls += (token.kind == "CALL") - (token.kind == "RPAR" and calls > 0)
        wire = _is_wire(token) or (wire and token.kind in ("WORD", *_JOINTS))
        found.append(token)
        at += 1
    return found


def _end(tokens: list[Token], at: int) -> int:
    """Find where the run of tokens ends that are glued to the one at `at`."""
    end = at + 1
    while (
        end < len(tokens)
        and tokens[end].kind in ("INT", "COEFFICIENT", "WORD")
        and tokens[end].span.start == tokens[end - 1].span.end
    ):
        end += 1
    return end


def _is_wire(token: Token) -> bool:
    found = longest([token.text]) if token.kind == "WORD" else None
    return found is not None and found[1][0] == "wire"
