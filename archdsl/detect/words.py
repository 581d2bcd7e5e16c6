"""A text -> what its words say: operators, options, and words that no layer has."""

from collections import Counter

from archdsl.lang.vocabulary import glued, longest, op_with_kernel
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.syntax import library
from archdsl.syntax.names import compact

_WORD = pattern(r"[^\W\d_][\w-]*")
_SIGN = pattern(r"(?<=\d)\s?[x×*]\s?(?=\d)|\b[a-z]\d+\b")  # of a window, a size or a repeat
_ORDINAL = pattern(r"([^\W\d_]{2,}?)[\s_.-]?\d+(?:[._-](?:\d+|x|i))*[a-z]?", 0)
_WEAK = ("norm", "activation", "linear", "flag", "wire")
_STRONG = ("op", "needs")
# Ops whose words are words of every day too: alone in a cell they say nothing of a layer.
_EVERYDAY = frozenset(
    {"input", "average", "mean", "maximum", "residual", "identity", "pool", "dense", "linear", "executed"}
)


class Said(NamedTuple):
    """How many words of a text name an operator, another property of a layer, or nothing that a layer has.

    `everyday` counts operators that are words of every day too (`dense`, `pool`): beside a number they say a
    layer.
    """

    operators: int
    properties: int
    unknown: int
    everyday: int = 0

    @property
    def layer(self) -> bool:
        """Return whether the text reads as a layer: an operator, and hardly a word beside it that none
        has."""
        return self.operators > 0 and self.unknown <= self.operators + self.properties


def said(text: str) -> Said:
    """Count the words of a text by what they mean; the longest phrase counts."""
    words = _WORD.findall(_SIGN.sub(" ", text))
    counts: Counter[str] = Counter()
    i = 0
    while i < len(words):
        count, kind = _meaning(words[i:])
        counts[kind] += 1
        i += count
    return Said(counts["operator"], counts["property"], counts["unknown"], counts["everyday"])


def _meaning(words: list[str]) -> tuple[int, str]:
    found = longest(words)
    if found is not None:
        count, (kind, _) = found
        if kind == "filler":
            return count, kind
        alone = count == 1 and words[0].lower() in _EVERYDAY
        return count, ("everyday" if alone else "operator") if kind in _STRONG else "property"
    if op_with_kernel(words[0]) or compact(words[0]) in library.index() or _numbered(words[0]):
        return 1, "operator"
    return 1, "letter" if len(words[0]) == 1 else "property" if glued(words[0]) else "unknown"


def _numbered(word: str) -> bool:
    """Return whether a word is an operator with an ordinal: `conv1`, `fc_6`, `max_pooling2d_1`."""
    match = _ORDINAL.fullmatch(word)
    found = longest([match[1].rstrip("_-")]) if match else None
    return found is not None and found[1][0] in _STRONG
