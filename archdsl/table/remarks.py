"""What the name of a row says besides its layer: `FC1 (x2)`, `FC2 (embedding)`, `Text Conv1`."""

import re

from archdsl.lang import repeats
from archdsl.lang.ordinals import kind_of, layer_kind
from archdsl.lang.vocabulary import is_purpose, longest
from archdsl.patterns import pattern
from archdsl.table.operators import NUMBERED, operator_of
from archdsl.text.grid import Cell, joined

_TIMES = pattern(r"\(\s*[x×]\s*(\d{1,2})\s*\)")
_REMARK = pattern(r"\(\s*([A-Za-z][A-Za-z ,-]*)\)\s*$")
_WORD = pattern(r"[A-Za-z][\w-]*")
# `first conv`, `2. Conv`, `L3: Max pool`: which layer of the network it is.
_COUNTED = pattern(
    r"\s*(?:first|second|third|fourth|fifth|sixth|last|final|(?:[A-Za-z]{0,8}\d{1,3})\s*[.):])\s+(?=[A-Za-z])",
    re.IGNORECASE,
)
_MOST = 3  # words before a layer


def repeat_of(cell: Cell, windowed: bool) -> tuple[Cell, Cell | None]:
    """Part `Conv1 (x2) + ReLU` into the layer and how often it is there, and `Conv1 × 2` where another cell
    prints the window."""
    found = repeats.behind(cell.text) if windowed else None
    if found and NUMBERED.fullmatch(cell.text[: found[0]]):
        return cell.part(0, found[0]), cell.part(*found[1])
    match = _TIMES.search(cell.text) if "(" in cell.text else None
    if match is None or not layer_kind(operator_of(cell.part(0, match.start())).text):
        return cell, None
    return joined(cell.part(0, match.start()), cell.part(match.end(), len(cell.text))), cell.part(
        *match.span(1)
    )


def bare(cell: Cell) -> tuple[Cell, tuple[Cell, ...]]:
    """Take off what says nothing of the layer: a remark behind it, and words before it; give these, too."""
    found = []
    remark = _REMARK.search(cell.text) if "(" in cell.text else None
    if remark and remark.start() and not any(map(_is_said, _WORD.findall(remark[1]))):
        found.append(cell.part(*remark.span(1)))
        cell = cell.part(0, remark.start())
    counted = _COUNTED.match(cell.text)
    cell = cell.part(counted.end(), len(cell.text)) if counted else cell
    before = _before(cell.text)
    return cell.part(before, len(cell.text)), (*([cell.part(0, before)] if before else []), *found)


def tells_purpose(cell: Cell) -> bool:
    """Return whether a cell ends in a word that is a layer elsewhere, and here what the values are for."""
    remark = _REMARK.search(cell.text)
    found = longest([remark[1].strip()]) if remark else None
    return found is not None and found[1][0] == "op" and is_purpose(found[1])


def _before(text: str) -> int:
    """Find where the layer begins behind words that mean nothing."""
    matches = list(_WORD.finditer(text))
    for at, match in enumerate(matches[: _MOST + 1]):
        kind = kind_of([one[0] for one in matches[at:]])
        if kind and kind[0] == "op":
            return (
                match.start()
                if not text[: match.start()].strip() or text[: match.start()].replace(" ", "").isalpha()
                else 0
            )
        if longest([match[0]]):
            return 0
    return 0


def _is_said(word: str) -> bool:
    """Return whether a word would change the layer; what no layer says here is a remark in its
    parentheses."""
    found = longest([word])
    return found is not None and found[1][0] != "filler" and not is_purpose(found[1])
