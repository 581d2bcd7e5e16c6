"""What of a row or a cell is a name, and what in it is an ordinal: one place that readers and the syntax ask.

A name never makes a layer beside a cell that says one, and the number in it is never one of the layer:
`Conv1` is the first convolution, `fc6` the sixth layer. Where nothing else says the layer, its word does,
without the number.
"""

import re
from functools import lru_cache
from itertools import pairwise

from archdsl.lang.vocabulary import LAYER_KINDS, LONGEST, Meaning, longest
from archdsl.light import Final
from archdsl.ops import OPS, Op
from archdsl.patterns import pattern

LARGEST: Final = 20  # the largest number that a layer has in a network, where nothing but the number says so
# What else is counted: parts of a network.
PARTS: Final = (
    "layer",
    "stage",
    "block",
    "module",
    "level",
    "unit",
    "group",
    "part",
    "section",
    "phase",
    "scale",
)
_WORD = pattern(r"[A-Za-z][\w-]*")
_NUMBERED = pattern(r"([A-Za-z](?:[\w-]*[A-Za-z])??)[_-]?(\d{1,2}(?:[._-]\d{1,2})*[a-z]?)")
_WINDOWED = pattern(r"\[?\d{1,2}\s?[x×]\s?\d{1,2}\s?,\s?\d")
_WINDOW = pattern(r"\s*\d+\s?[x×]\s?\d+\s*")
_AXES = pattern(r"(?<!\d)([123])[dD](?![a-z0-9])")
_PARTS = pattern(r"[;+&→,]")


def kind_of(words: list[str]) -> Meaning | None:
    """Return the meaning of the layer that words begin with, if they do: an op, a norm, an activation or a
    wire."""
    found = longest(words[:LONGEST])
    return found[1] if found and found[1][0] in (*LAYER_KINDS, "wire") else None


def op_of(meaning: Meaning | None, kinds: tuple[str, ...] = ("op",)) -> Op | None:
    """Return what is declared of the op that a word means; None of meanings of other kinds."""
    return OPS.get(meaning[1].partition(" ")[0]) if meaning and meaning[0] in kinds else None


def stem_of(word: str) -> str:
    """Return a word without the number that it has in its network: `conv` of `Conv3_1`; empty where it has
    none."""
    match = _NUMBERED.fullmatch(word)
    return match[1] if match else ""


def number_of(word: str) -> str:
    """Return the number that a word has in its network: `3_1` of `Conv3_1`; empty where it has none, as the
    axes of `Conv2d`."""
    numbered = word[-1:].isdecimal() or (word[-1:].isalpha() and word[-2:-1].isdecimal())
    match = _NUMBERED.fullmatch(word) if numbered and not longest([word]) else None
    return match[2] if match else ""


@lru_cache(20_000)
def layer_kind(text: str) -> str:
    """Return the op, norm or activation that a whole text is; empty where it is none."""
    words = [word.rstrip(".") for word in text.split()]
    while len(words) > 1 and words[-1].lower() in ("layer", "layers"):
        words.pop()
    found = longest(words)
    layer = found is not None and found[0] == len(words) and found[1][0] in LAYER_KINDS
    return found[1][1].partition(" ")[0] if found and layer else ""


def axes_of(text: str) -> int:
    """Return how many axes a layer's word says that its map has: 3 for `Conv3D`; 0 where it says nothing."""
    word = text.partition("(")[0]
    said = _AXES.search(word) if any(axes in word.lower() for axes in ("1d", "2d", "3d")) else None
    return int(said[1]) if said else 0


def is_call(text: str) -> bool:
    """Return whether a text is a layer as code writes it, `Conv2d(1, 6)`; behind a blank, `Conv1 (5x5)`,
    parentheses only say more of a name."""
    from archdsl.ops.signatures import signature

    return signature(text.lstrip().partition("(")[0]) is not None


def named_op(word: str) -> str:
    """Return the op that a word names, with or without its number (`fc6`); empty for another word."""
    found = longest([word]) or (longest([stem_of(word)]) if stem_of(word) else None)
    return found[1][1] if found and found[1][0] == "op" else ""


def is_numbered_layer(word: str) -> bool:
    """Return whether a word is a layer's with a number: `Conv1`, `FC2`."""
    found = longest([stem_of(word)]) if stem_of(word) and not longest([word]) else None
    return found is not None and found[1][0] in LAYER_KINDS


def is_kind(word: str, rest: str) -> bool:
    """Return whether a word names the kind of the layer that comes behind it: `fc Dense(10)`, `pool 2x2 max
    pool`."""
    kind, first = kind_of([word]), _PARTS.split(rest, maxsplit=1)[0]
    words = list(_WORD.finditer(first))
    found = (
        longest([word, *(one[0] for one in words[: LONGEST - 1])])
        if kind and words and not first[: words[0].start()].strip()
        else None
    )
    if kind is None or (found and found[0] > 1):  # `depthwise conv` is one phrase
        return False
    again = next(
        (one for at, one in enumerate(words) if _is_said(kind, _parts(words[at : at + LONGEST]))), None
    )
    return again is not None and not _is_two(first[: again.start()], first[again.end() :])


def _parts(words: list[re.Match[str]]) -> list[str]:
    """List words, those of a chain (`Conv-BN-ReLU`) one by one."""
    return [part for word in words for part in word[0].split("-")]


def _is_said(kind: Meaning, words: list[str]) -> bool:
    """Return whether words say a layer of a kind: `conv` and `pool` are general, any other word is only its
    own kind."""
    said = kind_of(words)
    if said is None:
        return False
    general = kind[1] in ("conv", "avg_pool")
    return said == kind or (general and said[1] in OPS and OPS[said[1]].family == OPS[kind[1]].family)


def _is_two(before: str, behind: str) -> bool:
    """Return whether both words of a kind have numbers, `fc 10 fc 20`; `conv 3x3 conv 64` has those of one
    layer."""
    numbers = all(any(map(str.isdecimal, text)) for text in (before, behind))
    return numbers and not (_WINDOW.fullmatch(before) and not _WINDOW.match(behind))


def is_counted(word: str, rest: str) -> bool:
    """Return whether a word and a number are the name of a row whose layer comes behind them: `Conv 1 conv
    3x3, 8`, `FC 2 10`."""
    if is_layer_at(rest):
        return word.lower() in PARTS or kind_of([word]) is not None
    if word.lower() in PARTS:
        return rest[0] == "[" or (rest[0].isalpha() and kind_of(_WORD.findall(rest)) is not None)
    return is_kind(word, rest) or (layer_kind(word) == "dense" and rest[0].isdecimal())


def is_layer_at(text: str) -> bool:
    """Return whether a text begins with a window and its channels: `3x3, 8`, `[3x3, 8; 3x3, 8]`."""
    return _WINDOWED.match(text) is not None


def is_ordinal(number: str) -> bool:
    """Return whether a number behind a word may be the row's own."""
    return number.isdecimal() and 0 < int(number[:9]) <= LARGEST


def is_series(numbers: list[tuple[int, ...]]) -> bool:
    """Return whether the numbers behind layer words count the rows: `1, 2, 3` and `1_1, 1_2, 2_1` do, `32,
    64` does not."""
    if len(numbers) < 2 or not all(before < after for before, after in pairwise(numbers)):
        return False
    firsts = {number[0] for number in numbers}
    inner = [number[1:] for number in numbers if len(number) > 1]
    small = max(firsts) <= LARGEST and all(part < 10 for parts in inner for part in parts)
    begins = not inner or inner[0][0] < 2
    return small and begins and max(firsts) - min(firsts) < len(firsts)
