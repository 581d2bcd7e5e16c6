"""Words of a cell by what they are to the grammar: one that means nothing where a layer is said is of a kind
that no rule has.

Only what nothing could make a word is such: names of values behind `add`, keys, arguments and factors are
read by their place.
"""

from collections.abc import Set
from functools import cache
from itertools import takewhile

from archdsl.lang.vocabulary import MEANINGS, longest, plain, reserved
from archdsl.ops import OPS
from archdsl.syntax.names import FUNCTIONS, LONGEST, Blocks
from archdsl.syntax.parser import Token
from archdsl.syntax.slug import slug
from archdsl.syntax.words import is_chain

UNKNOWN = "UNKNOWN"
_ARITHMETIC = ("_TIMES", "_STAR", "MINUS", "SLASH", "_ASSIGN", "POWER", "COEFFICIENT")
_NAMED = ("wire", "option")  # words behind which a name may be any word


def typed(tokens: list[Token], known: Set[str], blocks: Blocks) -> list[Token]:
    """Return the tokens with words that mean nothing told from the others; a block may give any word a
    meaning."""
    strange = [at for at, token in enumerate(tokens) if token.kind == "WORD" and not _is_known(token, known)]
    if not strange or any(_uses_block(tokens, at, blocks) for at in range(len(tokens))):
        return tokens
    strange = [at for at in strange if _is_item(tokens, at) and not is_chain(_text(tokens[at]))]
    strange = [at for at in strange if not _is_part(tokens[at])]
    return [
        token._replace(kind=UNKNOWN) if at in strange and slug(token.text) not in blocks.values else token
        for at, token in enumerate(tokens)
    ]


def _text(token: Token) -> str:
    return token.text.rstrip("(.")


def _is_known(token: Token, known: Set[str]) -> bool:
    """Return whether a word is a parameter or a function, or means something alone; numbers in it may make it
    such a one."""
    word = _text(token)
    return word in known or word in FUNCTIONS or any(map(str.isdecimal, word)) or bool(longest([word]))


def _is_part(token: Token) -> bool:
    """Return whether a word stands in some phrase of the vocabulary."""
    words = plain(_text(token)).split(" ")
    return not (_of_phrases().isdisjoint(words) and _of_parameters().isdisjoint(words))


@cache
def _of_phrases() -> frozenset[str]:
    """Return the words that phrases of layers are made of."""
    return frozenset(word for phrase in MEANINGS for word in phrase.split(" "))


@cache
def _of_parameters() -> frozenset[str]:
    """Return the words that names of parameters are made of; all ops are loaded for them."""
    names = (name for op in OPS.values() for param in op.params for name in (param.name, *param.words))
    return frozenset(word for name in names for word in name.split(" "))


def _is_item(tokens: list[Token], at: int) -> bool:
    """Return whether a word stands for a layer or says something of one, and is no key, argument, factor or
    name of a value."""
    beside = (tokens[one].kind for one in (at - 1, at + 1) if 0 <= one < len(tokens))
    if any(kind in _ARITHMETIC for kind in beside):
        return False
    if sum((token.kind in ("CALL", "LPAR")) - (token.kind == "RPAR") for token in tokens[:at]) > 0:
        return False
    while at and tokens[at - 1].kind in ("WORD", "COMMA", "AMPERSAND", "PLUS"):
        at -= 1
        found = longest([_text(tokens[at])]) if tokens[at].kind == "WORD" else None
        if found and found[1][0] in _NAMED:
            return False
    return True


def _uses_block(tokens: list[Token], at: int, blocks: Blocks) -> bool:
    """Return whether a block is named from a place on; a layer's own name is one only in a longer one."""
    beside = takewhile(lambda token: token.kind in ("WORD", "CALL"), tokens[at : at + LONGEST])
    words = [_text(token) for token in beside]
    block, layer = (blocks.longest(words), reserved(words)) if words else (None, None)
    return block is not None and (layer is None or layer[0] < block[0])
