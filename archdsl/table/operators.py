"""Names of rows that say a layer -> the layer without the number of the row."""

import re
from collections.abc import Container
from functools import lru_cache

from archdsl.lang.ordinals import (
    is_call,
    is_kind,
    is_ordinal,
    is_series,
    kind_of,
    layer_kind,
    number_of,
    op_of,
)
from archdsl.lang.vocabulary import LONGEST, is_purpose, longest
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.text.grid import Cell, GridRow, joined

# `inception (3a)`, `inception(3a)`, `Dense Block (1)`, `Convolution C_1`; `block(64)` and `block(k)` have an
# argument.
LABEL = pattern(
    r"(?:\s+\(\s*(?:\d+[a-z]?|[a-z])\s*\)|\(\s*\d+[a-z]\s*\)|\s+(?-i:[A-Z])_\{?\d+\}?)\s*$", re.IGNORECASE
)
# A row that is a sum with what came into its group.
SUM = pattern(
    r"\s*(?:residual|shortcut|skip connection|add(?:ition)?)(?:\s+(?:connection|layer|add(?:ition)?))?\s*",
    re.IGNORECASE,
)
# What parts of a network are called above their rows.
TITLE = pattern(
    r"\s*(?:(?:the\s+)?(?:\w+\s+)?(?:encoder|decoder|backbone|neck|trunk|path|flow|part|section|tower|stream|phase|extractor|subnet|sub-network"
    r"|head|stem|body|tail|generator|discriminator|critic|classifier|network|layers|down-?sampling|up-?sampling|contraction|expansion)"
    r"|(?:stage|block|part|section|phase|level|scale|module|group)\s*\(?(?:\d+|[ivx]+|[a-z])\)?)(?:\s*(?:part|path|layers|network|blocks?|side|\d+))?\s*[:.]?\s*",
    re.IGNORECASE,
)
# `Conv1`, `pool_2`, `fc6`, `conv3_1`, `Conv4a`: a layer and the number of its row.
NUMBERED = pattern(
    r"(?!.*\b[A-Za-z]+[123][dD]\s*$)\s*[A-Za-z]{2,}[ A-Za-z]*\.?[\s_-]?#?\d+(?:[._-]\d+)*[a-z]?\s*"
)


# `CONV1 (f=5, s=1)`: what is said of the layer stands behind its name.
TOLD = pattern(r"\s*(([A-Za-z]+(?:[ -][A-Za-z]+)*(?:[123][dD])?)([\s_-]?\d+[a-z]?)?)\s*\(([^()]+)\)\s*")

# `1 Convolution`: a number before a layer, of which a table has some where they count its rows.
_AHEAD = pattern(r"\s*(\d{1,3})\s+(?=[A-Za-z])")
_FEWEST = 3

_WORDS = pattern(r"[A-Za-z][\w-]*")
_FIRST = pattern(r"[;+&→]")

_BEHIND = pattern(
    r"\s*(.*?(?<!\dx)(?<!\dX)[A-Za-z]\.?)[\s_#-]*(?<!\dx)(\d+(?:[_.-]\d+|[a-z](?![a-z]))*|(?<= )[IVX]+)?\s*$"
)


def name_of(cell: Cell) -> Cell:
    """Return the name of a row that says its layer, too: `CONV1` of `CONV1 (f=5, s=1)`."""
    told = None if LABEL.search(cell.text) else TOLD.fullmatch(cell.text)
    return cell.part(*told.span(1)) if told else cell


# A window, `conv 3x3`, or a repeat, `conv x2`: neither ends in a number of the row.
_WINDOWED = pattern(r"(?:\d\s*[xX×]|(?<![A-Za-z])[xX])\s*\d+\s*$")


def operator_of(cell: Cell, dashed: bool = True) -> Cell:
    """Read a layer's name as its operator: `fire2`, `conv10` and `inception (3a)` without their numbers.

    Where no column has the windows, the numbers of `conv3-64` may be the layer's, and stay.
    """
    label = LABEL.search(cell.text)
    stop = label.start() if label else len(cell.text)
    told = TOLD.fullmatch(cell.text) if label is None else None
    if told and is_call(cell.text):
        return cell
    if told and _is_told(told[4]):
        word, inside = cell.part(*told.span(2)), cell.part(*told.span(4))
        if is_kind(word.text, inside.text):  # `conv2d (Conv2D)`, `Pool1 (2x2 max)`
            return inside
        comma = Cell(", ", word.span.end, (max(word.span.end - 1, 0),) * 2 + (word.span.end,))
        return joined(joined(word, comma), inside)
    if _WINDOWED.search(cell.text[:stop]):
        return cell.part(0, stop)
    match = _BEHIND.match(cell.text[:stop])
    if match is None or (match[2] and _ends_with_option(match[1])):
        return cell.part(0, stop)
    if match[2] and "-" in match[2] and not dashed:
        return cell.part(0, stop)
    return cell.part(match.start(1), match.end(1))


def _ends_with_option(text: str) -> bool:
    """Return whether the last word of a text is an option, whose value the number behind it is: `conv, stride
    1`."""
    words = _WORDS.findall(text)
    found = longest(words[-1:]) if len(words) > 1 else None
    return found is not None and found[1][0] == "option"


def _is_told(inside: str) -> bool:
    """Return whether parentheses behind a layer's name say something of the layer: `(f=5, s=1)`, `(sigmoid)`,
    and no repeat (`x2`)."""
    words = _WORDS.findall(inside)
    numbers = any(map(str.isdecimal, inside)) and inside.strip()[0] not in "x×"
    return numbers or any((found := longest([word])) and not is_purpose(found[1]) for word in words)


def unlabelled(cell: Cell, known: Container[str]) -> Cell:
    """Take the label off a layer, `inception (3a)`; `rep(64a)` with a parameter `a` has an argument."""
    label = LABEL.search(cell.text)
    letters = [letter for letter in label[0] if letter.isalpha()] if label else []
    return (
        cell.part(0, label.start())
        if label and label.start() > 0 and not any(letter in known for letter in letters)
        else cell
    )


def with_word(cell: Cell, name: Cell) -> Cell:
    """Put the word of a row's name before what has no layer: a number (`fc6 4096`, `dropout1 0.5`), or what a
    dense layer ends with (`fc6 ReLU`)."""
    counted = _is_number(cell.text.lstrip())
    if not name.text.strip() or not (counted or _only_activates(cell.text)):
        return cell
    word = operator_of(name.part(0, len(name.text.rstrip(" :"))))
    op = op_of(kind_of(word.text.split()), ("op", "given"))
    if op is None or op.is_conv or _has_op(cell.text):
        return cell
    if not counted and not op.takes_norm:
        return cell
    return joined(joined(word, Cell(" ", word.span.end, (word.span.end,) * 2)), cell)


def _only_activates(text: str) -> bool:
    """Return whether a text is an activation and nothing else: `ReLU`."""
    words = _WORDS.findall(text)
    count, (kind, _) = (words and longest(words)) or (0, ("", ""))
    return kind == "activation" and count == len(words) and text.strip().endswith(words[-1])


def _is_number(text: str) -> bool:
    """Return whether a text begins with one number, which is no window and no size: `4096, relu`."""
    rest = text.lstrip("0123456789.")
    return text[:1].isdecimal() and rest.lstrip()[:1] not in tuple("x×*^²@")


def _has_op(text: str) -> bool:
    """Return whether the first layer of a cell has a word of its own."""
    words = _WORDS.findall(_FIRST.split(text, maxsplit=1)[0])
    kinds = (kind_of(words[at:]) for at in range(len(words)))
    return any(kind is not None and kind[0] == "op" for kind in kinds)


class Lead(NamedTuple):
    """The layer word and the number that a cell begins with: `Dense 1`, `Conv3_2`; where the number stands in
    the cell."""

    kind: str
    number: tuple[int, ...]
    glued: bool
    start: int
    stop: int


def uncounted(rows: tuple[GridRow, ...]) -> tuple[GridRow, ...]:
    """Take the ordinals off layers that are counted from row to row: `Dense 1 + ReLU`, `Dense 2 + ReLU`."""
    leads = [[_lead(part.structure.text) for part in row.parts] for row in rows]
    every = [
        lead
        for row, own in zip(rows, leads, strict=True)
        for lead in (own if any(own) else [_lead(row.name.text)])
        if lead
    ]
    kinds: dict[str, list[Lead]] = {}
    for lead in every if any(map(any, leads)) else ():
        kinds.setdefault(lead.kind, []).append(lead)
    together = _is_counted(every)
    counted = {kind for kind, own in kinds.items() if together or _is_counted(own)}
    # The only pool beside two convolutions.
    firsts = {kind for kind, own in kinds.items() if [lead.number for lead in own] == [(1,)]}
    counted |= firsts if counted or len(firsts) > 1 else set()
    return (
        tuple(_uncounted(row, own, counted) for row, own in zip(rows, leads, strict=True))
        if counted
        else rows
    )


def unnumbered(rows: tuple[GridRow, ...]) -> tuple[GridRow, ...]:
    """Take off the numbers before layers that count the rows one by one: `1 Convolution`, `2 Average
    Pooling`, `3 Convolution`."""
    found = [_AHEAD.match(row.structure.text) if len(row.parts) == 1 else None for row in rows]
    found = [match if match and _names_layer(match.string[match.end() :]) else None for match in found]
    numbers = [int(match[1]) for match in found if match]
    counted = len(numbers) >= _FEWEST and numbers[0] <= 1
    if not counted or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return rows
    return tuple(_behind(row, match.end()) if match else row for row, match in zip(rows, found, strict=True))


def _names_layer(text: str) -> bool:
    kind = kind_of(_WORDS.findall(text))
    return kind is not None and kind[0] == "op"


def _behind(row: GridRow, start: int) -> GridRow:
    (part,) = row.parts
    return row._replace(
        parts=(part._replace(structure=part.structure.part(start, len(part.structure.text))),)
    )


def _is_counted(leads: list[Lead]) -> bool:
    """Return whether numbers count layers; behind a blank (`fc 2`), which may be one of the layer, they begin
    with one."""
    return is_series([lead.number for lead in leads]) and (
        leads[0].number[0] == 1 or all(lead.glued for lead in leads)
    )


def _uncounted(row: GridRow, leads: list[Lead | None], counted: set[str]) -> GridRow:
    parts = []
    for part, lead in zip(row.parts, leads, strict=True):
        cell = part.structure
        if lead and lead.kind in counted:
            row = row if row.name.text.strip() else row._replace(name=cell.part(0, lead.stop))
            cell = joined(cell.part(0, lead.start), cell.part(lead.stop, len(cell.text)))
        parts.append(part._replace(structure=cell))
    return row._replace(parts=tuple(parts))


@lru_cache(20_000)
def _lead(text: str) -> Lead | None:
    """Find the layer word that a cell begins with and the number behind it, before anything else is said."""
    head = text[: min((at for mark in "+&;,(/→" if (at := text.find(mark)) >= 0), default=len(text))].rstrip()
    words = head.split()
    if not words or not words[0][0].isalpha() or len(words) > LONGEST + 1:
        return None
    if len(words) == 2 and words[1].isdecimal() and number_of(words[0]):  # `Conv1 64`
        head, words = head[: len(head) - len(words[1])].rstrip(), words[:1]
    number = words[-1] if len(words) > 1 and is_ordinal(words[-1]) else number_of(words[-1])
    start = len(head) - len(number)
    kind = layer_kind(head[:start].rstrip("_- ")) if number else ""
    if not kind:
        return None
    glued = not head[start - 1].isspace()
    return Lead(
        kind,
        tuple(int(digits) for digits in re.findall(r"\d+", number)),
        glued,
        len(head[:start].rstrip("_- ")),
        len(head),
    )
