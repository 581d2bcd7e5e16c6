"""The words of the language by kind, as regular expressions that TextMate, Pygments and Python read alike."""

import re
from collections.abc import Iterable

from archdsl.lang.vocabulary import MEANINGS
from archdsl.resolve.conventions import CONVENTIONS, FACTS

COMMENT = r"(?:^|(?<=\s))#(?=\s|$|[^\d\s]).*$"
SIZE = r"\b\d+(?:\s?[x×]\s?\d+)+\b|\b\d+(?:\^\d+|[²³])(?:\s?[x×]\s?\d+)*"
NUMBER = r"\b\d{1,3}(?:,\d{3})+\b|\b\d+(?:\.\d+)?(?:-(?:d|way|dim)|[KMG])?\b"
REPEAT = r"(?<=[\])])\s*[x×]\s*\w+"
MARK = r"→|->|[\[\]{}|;&+=/,()]"
BLOCK = r"^(block)(\s+)([A-Za-z][\w-]*)"
NAME = r"^[^\W\d][\w.-]*(?=\s)"
# Kinds of meanings -> the groups that colours go by.
_GROUPS = {
    "op": "layer",
    "norm": "layer",
    "activation": "layer",
    "needs": "layer",
    "given": "layer",
    "linear": "layer",
    "option": "option",
    "flag": "option",
    "wire": "wire",
}
_LEAST = 2  # letters of a word that is coloured: one alone is a parameter as a rule


def words(group: str) -> str:
    """Return the expression of a group: `setting`, `layer`, `option` or `wire`; the longest phrases come
    first."""
    if group == "setting":
        return rf"^\s*({_either((*FACTS, *CONVENTIONS))})(?=\s*[=:]|\s|$)"
    found = [word for word, (kind, _) in MEANINGS.items() if _GROUPS.get(kind) == group]
    more = ("when",) if group == "wire" else ()
    return rf"(?i:(?<![\w-])(?:{_either((*found, *more))})(?![\w]))"


def _either(found: Iterable[str]) -> str:
    kept = {word for word in found if len(word) >= _LEAST and word.isascii()}
    return "|".join(map(_spelt, sorted(kept, key=lambda word: (-len(word), word))))


def _spelt(word: str) -> str:
    """Let a blank, a hyphen or an underscore stand between the words of a phrase."""
    return "[ _-]".join(map(re.escape, word.split(" ")))
