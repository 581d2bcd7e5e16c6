"""A column of what follows the layers of a row (`Then`: `BatchNorm + ReLU`) -> part of those layers."""

from archdsl.lang.vocabulary import TAKES_NORM, longest
from archdsl.patterns import pattern
from archdsl.table.roles import says_none
from archdsl.table.table import Body
from archdsl.text.grid import Cell, joined

_MARKS = pattern(r"[\s+,&/→;()]+|->")
_MAX_TEXT = 200


def further_column(body: Body, structures: list[int], name: int | None) -> int | None:
    """Find the structure column whose cells only follow layers, beside another one or names that say the
    layers."""
    filled = {
        index: [row[index].text.strip() for row in body if not says_none(row[index].text)]
        for index in structures
    }
    follows = [index for index in structures if filled[index] and all(map(_follows, filled[index]))]
    owner = name is not None or len(structures) > len(follows)
    return (
        follows[0]
        if owner and len(follows) == 1 and len(structures) < 3 and any(map(_attached, filled[follows[0]]))
        else None
    )


def _follows(text: str) -> bool:
    """Return whether a text is norms, activations, pools and dropouts alone."""
    words = (
        [word for word in _MARKS.split(text) if word and not word.isdecimal()]
        if len(text) <= _MAX_TEXT
        else []
    )
    at, known = 0, 0
    while at < len(words):
        found = longest(words[at:])
        if found and _is_behind(*found[1]):
            known += 1
        elif not (found and found[1][0] == "filler") and not words[at][0].isdecimal():
            return False
        at += found[0] if found else 1
    return known > 0


def _is_behind(kind: str, value: str) -> bool:
    """Return whether a word says what may follow a layer; one that takes a norm itself stands for itself."""
    return kind in ("norm", "activation") or (kind == "op" and value not in TAKES_NORM)


def _attached(text: str) -> bool:
    """Return whether a text begins with a norm or an activation, which belong to the layer before them."""
    found = longest([word for word in _MARKS.split(text) if word])
    return found is not None and found[1][0] in ("norm", "activation")


def followed(cell: Cell, further: Cell) -> Cell:
    """Put what follows behind a layer, each character where it stands."""
    if says_none(further.text) or further is cell:
        return cell
    end = cell.span.end
    return joined(joined(cell, Cell(" + ", end, (max(end - 1, 0),) * 3 + (end,))), further)
