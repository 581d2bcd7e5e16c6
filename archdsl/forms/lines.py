"""Physical lines of a cell -> its text: what one bracket holds over several lines belongs together."""

import re
from collections.abc import Sequence

from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.text.chars import Text, Writer

# How a layer begins: a kernel that something follows, or the word of one.
LAYER: Final = pattern(
    r"[\[(]?\s*(?:\d{1,3}\s*[x×]\s*\d{1,3}\s*(?:,|conv|max|av)|conv\w*\s*[-,\d]|fc\s*-|max-?\s*pool|average\s*pool|LRN\b)",
    re.IGNORECASE,
)
_LEFT: Final = "⎡⎢⎣"
_RIGHT: Final = "⎤⎥⎦"
_TALL = pattern(f"[{_LEFT}{_RIGHT}]")

Piece = tuple[int, int]


def depth(chars: str) -> int:
    """Count the brackets that a text leaves open."""
    if _TALL.search(chars):
        return chars.count("⎡") - chars.count("⎦")
    return chars.count("[") - chars.count("]")


def joined(text: Text, pieces: Sequence[Piece]) -> Text:
    """Join the pieces of a cell, each a line's part of the text: `;` between layers, else a blank."""
    pieces = [piece for piece in (_stripped(text, *piece) for piece in pieces) if piece[0] < piece[1]]
    if not pieces:
        return text.part(0, 0)
    if len(pieces) == 1 and not _TALL.search(text.chars, *pieces[0]):
        return text.part(*pieces[0])
    writer = Writer()
    if any(_TALL.search(text.chars, *piece) for piece in pieces):
        _tall(writer, text, pieces)
    else:
        opened = 0
        for index, (start, stop) in enumerate(pieces):
            if index:
                above = text.chars[slice(*pieces[index - 1])]
                writer.put(
                    "; " if _parts(opened, above, text.chars[start : start + 40]) else " ", text.places[start]
                )
            writer.copy(text, start, stop)
            opened += depth(text.chars[start:stop])
    return writer.text(text.places[pieces[-1][1]])


def _stripped(text: Text, start: int, stop: int) -> Piece:
    part = text.chars[start:stop]
    left = start + len(part) - len(part.lstrip())
    return left, max(left, start + len(part.rstrip()))


def _parts(opened: int, above: str, below: str) -> bool:
    """Return whether a line end parts two layers; a comma before it goes on with the layer, unless another
    begins after a number."""
    if LAYER.match(below):
        return above[-1] != "," or re.search(r"\d", above) is not None
    return opened > 0 and above[-1] not in ",;×x+&([" and below[:1] not in ("]", ",", ";")


def _tall(writer: Writer, text: Text, pieces: Sequence[Piece]) -> None:
    """Read a bracket drawn over several lines: what stands right of it, beside whichever line, comes after
    it."""
    after: list[Piece] = []
    opened = False
    for start, stop in pieces:
        right = max(text.chars.rfind(sign, start, stop) for sign in _RIGHT)
        left = max(text.chars.find(sign, start, stop) for sign in _LEFT)
        if left > start:
            writer.copy(text, start, left)
        first, last = max(left + 1, start), right if right >= 0 else stop
        writer.put("; " if opened else "[", text.places[start])
        opened = True
        writer.copy(text, first, last)
        if right >= 0:
            after.append((right + 1, stop))
    writer.put("]", text.places[pieces[-1][1] - 1])
    for start, stop in after:
        writer.copy(text, start, stop)
